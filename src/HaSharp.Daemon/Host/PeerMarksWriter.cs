using System.Text;
using HaSharp.Core.Wire;

namespace HaSharp.Daemon.Host;

/// <summary>Writes replay marks in the background, at most once a second (see <see cref="BackgroundFile"/>).</summary>
public sealed class PeerMarksWriter : IDisposable
{
    private readonly BackgroundFile _file;

    /// <param name="report">Gets one sentence, on the writer's thread.</param>
    public PeerMarksWriter(string file, Action<string> report) => _file = new BackgroundFile(
        file, TimeSpan.FromSeconds(1), "a replay after our next start may go unnoticed", report);

    /// <summary>Never waits. The list must not change afterwards.</summary>
    public void Remember(IReadOnlyList<ReplayMark> marks) =>
        _file.Put(() => Encoding.UTF8.GetBytes(PeerMarks.Format(marks)));

    /// <summary>Writes what is still to be written.</summary>
    public void Dispose() => _file.Dispose();
}
