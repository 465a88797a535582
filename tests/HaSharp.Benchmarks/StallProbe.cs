// Tells stalls of the machine from those of the daemon: for what a thread of priority 99 suffers, nobody is to blame.
// The probe is C (stall-probe.c), so that it shares nothing with what it judges; without a compiler a thread of ours
// per CPU does the same, and the report says so.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using HaSharp.Cli.Demo;

namespace HaSharp.Benchmarks;

/// <summary>The machine stood still for Length until End.</summary>
internal readonly record struct Stall(int Cpu, DateTime End, TimeSpan Length)
{
    public DateTime Begin => End - Length;
}

internal sealed class StallProbe : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Worth = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentQueue<Stall> _stalls = new();
    private readonly Process? _native;
    private volatile bool _ending;

    /// <param name="directory">Where the compiled probe is put.</param>
    public StallProbe(string directory)
    {
        var program = Path.Combine(directory, "stall-probe");
        var source = Path.Combine(AppContext.BaseDirectory, "stall-probe.c");
        if (Tool.Run(["cc", "-O2", "-pthread", "-o", program, source]).ExitCode == 0)
        {
            _native = Tool.Start([program]);
        }

        if (_native is { } native)
        {
            new Thread(() => Read(native)) { IsBackground = true, Name = "stall reader" }.Start();
            return;
        }

        for (var cpu = 0; cpu < Environment.ProcessorCount; cpu++)
        {
            var mine = cpu;
            new Thread(() => Watch(mine)) { IsBackground = true, Name = "stall watch" }.Start();
        }
    }

    public bool IsNative => _native is not null;

    public IReadOnlyList<Stall> Stalls => [.. _stalls];

    public void Dispose()
    {
        _ending = true;
        if (_native is not null)
        {
            _native.StandardInput.Close();
            _native.WaitForExit();
            _native.Dispose();
        }
    }

    private void Read(Process native)
    {
        while (native.StandardOutput.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            var end = double.Parse(words[1], CultureInfo.InvariantCulture);
            var length = double.Parse(words[2], CultureInfo.InvariantCulture);
            _stalls.Enqueue(new Stall(
                int.Parse(words[0], CultureInfo.InvariantCulture), DateTime.UnixEpoch.AddSeconds(end).ToLocalTime(),
                TimeSpan.FromMilliseconds(length)));
        }
    }

    private void Watch(int cpu)
    {
        RealtimeThread.Pin(cpu);
        RealtimeThread.Raise(RealtimeThread.Highest);
        var last = Clock.Now;
        while (!_ending)
        {
            Thread.Sleep(Step);
            var now = Clock.Now;
            if (now - last > Worth + Step)
            {
                _stalls.Enqueue(new Stall(cpu, DateTime.Now, now - last - Step));
            }

            last = now;
        }
    }
}
