// A thread that lives in a machine's network namespace: what it opens there stays there.
// It never touches the thread pool nor asynchronous sockets: a pool thread born from it would inherit the namespace.

namespace HaSharp.Cli.Demo;

public sealed class NetworkThread : IDisposable
{
    private const int MeasuringPriority = 2;
    private readonly Thread _thread;
    private volatile bool _ending;

    private NetworkThread(Machine machine, string name, bool realtime, Action<NetworkThread> body)
    {
        _thread = new Thread(() =>
        {
            if (Native.SetNamespace(machine.Network, Native.CloneNewNet) != 0)
            {
                Trouble = $"cannot enter the network of {machine.Name}";
                return;
            }

            if (realtime)
            {
                RealtimeThread.Raise(MeasuringPriority);
            }

            body(this);
        })
        {
            IsBackground = true,
            Name = name,
        };
    }

    /// <summary>True from Dispose on: the body returns soon.</summary>
    public bool Ending => _ending;

    public string? Trouble { get; private set; }

    /// <summary>Starts body in the machine's network.</summary>
    /// <param name="realtime">Round robin, lowest priority but one, if permitted: for measuring.</param>
    public static NetworkThread Start(Machine machine, string name, bool realtime, Action<NetworkThread> body)
    {
        var thread = new NetworkThread(machine, name, realtime, body);
        thread._thread.Start();
        return thread;
    }

    public void Dispose()
    {
        _ending = true;
        _thread.Join();
    }
}
