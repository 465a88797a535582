// Tells what happens while it happens, one line per event with the time since the beginning.
// It has a thread of its own: a slow terminal must not hold up those who measure.

using System.Collections.Concurrent;
using System.Globalization;

namespace HaSharp.Cli.Demo;

internal sealed class Narrator : IDisposable
{
    private readonly TextWriter _output;
    private readonly TimeSpan _begun = Clock.Now;
    private readonly BlockingCollection<(TimeSpan At, string Text)> _lines = [];
    private readonly Thread _thread;

    public Narrator(TextWriter output)
    {
        _output = output;
        _thread = new Thread(Tell) { IsBackground = true, Name = "narrator" };
        _thread.Start();
    }

    public void Say(string text) => _lines.Add((Clock.Now, text));

    /// <summary>Of something that has been noticed later than it happened.</summary>
    public void Say(TimeSpan at, string text) => _lines.Add((at, text));

    /// <summary>Ends when everything is told.</summary>
    public void Dispose()
    {
        if (!_lines.IsAddingCompleted)
        {
            _lines.CompleteAdding();
            _thread.Join();
        }
    }

    private void Tell()
    {
        foreach (var (at, text) in _lines.GetConsumingEnumerable())
        {
            _output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{(at - _begun).TotalSeconds,8:F3} s  {text}"));
        }
    }
}
