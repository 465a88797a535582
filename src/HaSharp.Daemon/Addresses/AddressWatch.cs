// Knows which addresses this node has, and tells at once when something happens to one of them: deleted by hand or by
// another program, its interface down, gone or without carrier.
// The idea: the kernel's message only says that it is time to look; what counts is what is there then. So a burst of a
// thousand changes, or messages that were lost (ENOBUFS), cost one look, and nothing can be missed.
// Invariant: a trouble is told once while it lasts; what the daemon itself does to an address is never one.

using HaSharp.Core;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.Addresses;

/// <summary>
/// The agent for addresses, and a thread that keeps an eye on what it started or found, in the network namespace of
/// the creator.
/// </summary>
public sealed class AddressWatch : IDisposable
{
    private const int StackBytes = 256 * 1024;

    /// <summary>From the end of one look to the next: bounds what a storm of changes may cost.</summary>
    private const int PauseMs = 10;

    private readonly AddressAgent agent;
    private readonly Action<Input> tell;
    private readonly Rtnetlink network = new();
    private readonly NetlinkSocket changes = new(
        NetlinkSocket.GroupLink | NetlinkSocket.GroupIpv4Address | NetlinkSocket.GroupIpv6Address);

    private readonly WakeUp wakeUp = new();
    private readonly Lock gate = new();
    private readonly List<Held> held = [];
    private readonly Thread thread;
    private volatile bool ended;

    /// <param name="agent">Outlives the watch.</param>
    /// <param name="tell">Gets Input.ResourceSuspected, on the watch's thread; must not block.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public AddressWatch(AddressAgent agent, Action<Input> tell)
    {
        this.agent = agent;
        this.tell = tell;
        thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "address watch" };
        thread.Start();
    }

    /// <summary>As AddressAgent.Run; what runs afterwards is watched until it is told to stop.</summary>
    public AgentOutcome Run(Effect.RunAgent run)
    {
        bool ends = run.Action is AgentAction.Stop or AgentAction.Kill;
        if (ends)
        {
            Release(run);
        }

        AgentOutcome outcome = agent.Run(run.Action, run.Resource.Arguments);
        if (!ends && outcome.Verdict == AgentVerdict.Ok)
        {
            Hold(run);
        }

        return outcome;
    }

    public void Dispose()
    {
        ended = true;
        wakeUp.Raise();
        thread.Join();
        changes.Dispose();
        network.Dispose();
        wakeUp.Dispose();
    }

    private void Hold(Effect.RunAgent run)
    {
        if (!VirtualAddress.TryParse(run.Resource.Arguments, out VirtualAddress? address, out _))
        {
            return;
        }

        lock (gate)
        {
            if (run.Action != AgentAction.Start && held.Exists(known => known.Is(run)))
            {
                // A monitor says that it runs: what was told of it, such as a lost carrier, is told.
                return;
            }

            held.RemoveAll(known => known.Is(run));
            held.Add(new Held(run.Group, run.Resource.Text, address));
        }

        // What happened to it between its start and now, nobody has looked at.
        wakeUp.Raise();
    }

    private void Release(Effect.RunAgent run)
    {
        lock (gate)
        {
            held.RemoveAll(known => known.Is(run));
        }
    }

    private void Run()
    {
        Span<PollEntry> entries =
        [
            new((int)changes.Handle.DangerousGetHandle(), Kernel.PollIn),
            new(wakeUp.Descriptor, Kernel.PollIn),
        ];
        Span<byte> ignored = stackalloc byte[8192];
        while (true)
        {
            Kernel.Wait(entries, -1);
            if (ended)
            {
                return;
            }

            wakeUp.Clear();
            while (Libc.Receive(changes.Handle, ref ignored[0], ignored.Length, Linux.MsgDontWait) > 0)
            {
            }

            Look();
            Thread.Sleep(PauseMs);
        }
    }

    private void Look()
    {
        Held[] all;
        lock (gate)
        {
            all = [.. held];
        }

        if (all.Length == 0)
        {
            return;
        }

        try
        {
            IReadOnlyList<Sighting> seen = agent.Look(network, [.. all.Select(one => one.Address)], out _);
            for (int i = 0; i < all.Length; i++)
            {
                Judge(all[i], seen[i]);
            }
        }
        catch (IOException)
        {
            // The tables change too fast to be read: once more after the pause.
            wakeUp.Raise();
        }
    }

    private void Judge(Held one, Sighting seen)
    {
        lock (gate)
        {
            // Stopped or started again since the look began: what was seen is no news of it.
            if (!held.Contains(one) || one.Trouble == seen.Trouble)
            {
                return;
            }

            one.Trouble = seen.Trouble;
        }

        if (seen.Trouble is not null)
        {
            tell(new Input.ResourceSuspected(one.Group, one.Resource, $"{one.Address.Address} {seen.Trouble}"));
        }
    }

    private sealed class Held(GroupName group, string resource, VirtualAddress address)
    {
        public GroupName Group => group;

        public string Resource => resource;

        public VirtualAddress Address => address;

        /// <summary>What was told last; the watch's thread only.</summary>
        public string? Trouble { get; set; }

        public bool Is(Effect.RunAgent run) => run.Group == group && run.Resource.Text == resource;
    }
}
