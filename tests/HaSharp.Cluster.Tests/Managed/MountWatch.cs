// The judge of a shared disk: reads what every node has mounted, a hundred times a second, and asks nobody else.

using HaSharp.Cli.Demo;

namespace HaSharp.Cluster.Tests.Managed;

internal sealed class MountWatch : IDisposable
{
    private const int PauseMs = 10;

    private readonly Lab _lab;
    private readonly string _device;
    private readonly Thread _thread;
    private volatile bool _ending;
    private volatile int _most;

    public MountWatch(Lab lab, string device)
    {
        _lab = lab;
        _device = $" {device} ";
        _thread = new Thread(Watch) { IsBackground = true, Name = "mount watch" };
        _thread.Start();
    }

    /// <summary>The most nodes that had it mounted at once.</summary>
    public int Most => _most;

    public void Dispose()
    {
        _ending = true;
        _thread.Join();
    }

    public bool IsMounted(LabNode node)
    {
        try
        {
            return node.Machine is { IsOn: true } machine && File.ReadAllText(
                FormattableString.Invariant($"/proc/{machine.ProcessId}/mountinfo")).Contains(
                    _device, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // Its power has gone.
            return false;
        }
    }

    private void Watch()
    {
        while (!_ending)
        {
            var first = _lab.Nodes.Where(IsMounted).ToList();

            // The nodes were not read at one instant: two looks agree, or not.
            var count = first.Count > 1 ? first.Count(IsMounted) : first.Count;
            _most = Math.Max(_most, count);
            Thread.Sleep(PauseMs);
        }
    }
}
