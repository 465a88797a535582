// Knows which addresses this node has, and tells at once when something happens to one of them: deleted by hand or by
// another program, its interface down, gone or without carrier.
// The idea: the kernel's message only says that it is time to look; what counts is what is there then. So a burst of a
// thousand changes, or messages that were lost (ENOBUFS), cost one look, and nothing can be missed.
// It also asks the neighbours whether another machine has an address: of one that has just been taken, beside the
// takeover, which does not wait for an answer, and of one that the core asks about before it takes it.
// Invariant: a trouble is told once while it lasts; what the daemon itself does to an address is never one.

using System.Net;
using HaSharp.Core;
using HaSharp.Core.Config;
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

    /// <summary>The neighbours are asked when the address is here, and this much later once more.</summary>
    private const int AskAgainMs = 100;

    /// <summary>A rival who goes on is told of again after this time.</summary>
    private const int ContestedEveryMs = 10_000;

    /// <summary>The same for an address that was asked about; and for so long answers to a question are read.</summary>
    private const int AnsweredEveryMs = 500;

    private const int AnswersMs = 2_000;

    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(1);

    private readonly AddressAgent agent;
    private readonly Action<Input> tell;
    private readonly Rtnetlink network = new();
    private readonly NetlinkSocket changes = new(
        NetlinkSocket.GroupLink | NetlinkSocket.GroupIpv4Address | NetlinkSocket.GroupIpv6Address);

    private readonly WakeUp wakeUp = new();
    private readonly Lock gate = new();
    private readonly List<Held> held = [];

    // The watch's thread only.
    private readonly Rivals rivals = new();
    private readonly Dictionary<IPAddress, long> contested = [];
    private PollEntry[] waitFor = [];
    private readonly Thread thread;
    private volatile bool ended;

    /// <param name="agent">Outlives the watch.</param>
    /// <param name="tell">
    /// Gets Input.ResourceSuspected and Input.AddressContested, on the watch's thread; must not block.
    /// </param>
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

    /// <summary>From any thread; never waits. Answers are told as Input.AddressContested.</summary>
    public void Ask(Effect.AskNeighbours question)
    {
        long until = Environment.TickCount64 + AnswersMs;
        lock (gate)
        {
            foreach (Resource resource in question.Addresses)
            {
                if (AskedAddress.Read(resource) is { } address)
                {
                    held.RemoveAll(known => known.Is(question.Group, resource.Text));
                    held.Add(new Held(question.Group, resource.Text, address) { SoughtUntil = until });
                }
            }
        }

        wakeUp.Raise();
    }

    /// <summary>
    /// As AddressAgent.Warm: the first look after a takeover must not hold up the next address while it is compiled.
    /// </summary>
    public void Warm()
    {
        agent.Warm();
        Rivals.Warm();
        const string Lo = "127.0.0.1/8/lo";
        var run = new Effect.RunAgent(
            default, new GroupName("none"), new Resource(Lo, "IPaddr", [Lo]), AgentAction.Status, TimeSpan.Zero);
        if (Run(run).Verdict == AgentVerdict.Ok)
        {
            SpinWait.SpinUntil(() => Array.Exists(All(), one => one.Is(run) && one.Place is not null), LongestWarmUp);
        }

        Release(run);
    }

    public void Dispose()
    {
        ended = true;
        wakeUp.Raise();
        thread.Join();
        rivals.Dispose();
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
            if (run.Action != AgentAction.Start
                && held.Exists(known => known.Is(run) && known.SoughtUntil is null))
            {
                // A monitor says that it runs: what was told of it, such as a lost carrier, is told. One that was only
                // asked about is another matter: it is forgotten soon, and must be watched from now on.
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
        Span<byte> ignored = stackalloc byte[8192];
        WaitFor();
        while (true)
        {
            Kernel.Wait(waitFor, MsToNextQuestion());
            if (ended)
            {
                return;
            }

            bool look = waitFor[0].Readable || waitFor[1].Readable | ForgetSought();
            wakeUp.Clear();
            while (Libc.Receive(changes.Handle, ref ignored[0], ignored.Length, Linux.MsgDontWait) > 0)
            {
            }

            if (look)
            {
                Look();
            }

            Ask();
            TellAsked();
            rivals.Read(Contest);
            Thread.Sleep(PauseMs);
        }
    }

    private void WaitFor() => waitFor =
    [
        new PollEntry((int)changes.Handle.DangerousGetHandle(), Kernel.PollIn),
        new PollEntry(wakeUp.Descriptor, Kernel.PollIn),
        .. rivals.Descriptors.Select(descriptor => new PollEntry(descriptor, Kernel.PollIn)),
    ];

    private bool ForgetSought()
    {
        long now = Environment.TickCount64;
        lock (gate)
        {
            return held.RemoveAll(one => one.SoughtUntil <= now) > 0;
        }
    }

    private Held[] All()
    {
        lock (gate)
        {
            return [.. held];
        }
    }

    private void Look()
    {
        Held[] all = All();
        try
        {
            NetworkTables tables = NetworkTables.Empty;
            IReadOnlyList<Sighting> seen = all.Length == 0
                ? []
                : agent.Look(network, [.. all.Select(one => one.Address)], out tables);
            for (int i = 0; i < all.Length; i++)
            {
                all[i].Place = seen[i].Place;
                all[i].WasLookedFor = true;
                if (all[i].SoughtUntil is not null)
                {
                    all[i].Place ??= Placement.Choose(network, all[i].Address, tables.Addresses, out _);
                }
                else
                {
                    Judge(all[i], seen[i]);
                }
            }

            if (rivals.Watch(tables.Interfaces, all.Where(one => one.Place is not null)
                .Select(one => (one.Place!, one.Address.Address))))
            {
                WaitFor();
            }
        }
        catch (IOException)
        {
            // The tables change too fast to be read: once more after the pause.
            wakeUp.Raise();
        }
    }

    private int MsToNextQuestion() => (int)All()
        .Select(one => one.QuestionsLeft > 0 && one.Place is not null ? one.AskAt : one.SoughtUntil)
        .OfType<long>()
        .Select(at => Math.Max(0, at - Environment.TickCount64))
        .DefaultIfEmpty(Timeout.Infinite).Min();

    private void Ask()
    {
        long now = Environment.TickCount64;
        foreach (Held one in All())
        {
            if (one.QuestionsLeft > 0 && one.AskAt <= now && one.Place is { } place)
            {
                one.QuestionsLeft--;
                one.AskAt = now + AskAgainMs;
                rivals.Ask(place, one.Address.Address);
            }
        }
    }

    private void TellAsked()
    {
        foreach (Held one in All())
        {
            if (one is { SoughtUntil: not null, WasLookedFor: true, IsToldAsked: false })
            {
                one.IsToldAsked = true;
                tell(new Input.NeighboursAsked(one.Group));
            }
        }
    }

    private void Contest(Rival rival)
    {
        long now = Environment.TickCount64;
        Held? one = Array.Find(All(), known => known.Address.Address.Equals(rival.Address));
        int pause = one?.SoughtUntil is null ? ContestedEveryMs : AnsweredEveryMs;
        if (one is not null && !(contested.TryGetValue(rival.Address, out long last) && now - last < pause))
        {
            contested[rival.Address] = now;
            tell(new Input.AddressContested(one.Group, one.Resource, rival.HardwareAddress));
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

        /// <summary>It is not here, but was asked about: answers are awaited until then. Null: it is here.</summary>
        public long? SoughtUntil { get; init; }

        // All that follows: the watch's thread only.

        /// <summary>What was told last.</summary>
        public string? Trouble { get; set; }

        /// <summary>The interface that has it; null: none, or not yet looked at.</summary>
        public NetworkInterface? Place { get; set; }

        public bool WasLookedFor { get; set; }

        public bool IsToldAsked { get; set; }

        public int QuestionsLeft { get; set; } = 2;

        public long AskAt { get; set; }

        public bool Is(Effect.RunAgent run) => Is(run.Group, run.Resource.Text);

        public bool Is(GroupName itsGroup, string itsResource) => itsGroup == group && itsResource == resource;
    }
}
