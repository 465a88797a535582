// What other threads have for the node: the only way to its thread.
// The idea: requests are refused when too many wait, results never are. An operator can ask again; a result that got
// lost would leave a resource group waiting for an agent for ever. Results are bounded by what was asked for: one per
// agent run, one per change of a link.
// Invariant: nobody ever waits here, neither those who post nor the node's thread.

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using HaSharp.Core;
using HaSharp.Daemon.Links;
using HaSharp.Daemon.Native;

namespace HaSharp.Daemon.NodeLoop;

public sealed class Inbox : IDisposable
{
    /// <summary>Requests are refused while this many letters wait.</summary>
    public const int Capacity = 1024;

    private readonly ConcurrentQueue<Letter> _letters = new();
    private readonly WakeUp _wakeUp = new();
    private int _waiting;

    internal int Descriptor => _wakeUp.Descriptor;

    /// <summary>A request (a command). False: too much is waiting; nothing was taken.</summary>
    public bool TryPost(Input request)
    {
        if (Volatile.Read(ref _waiting) >= Capacity)
        {
            return false;
        }

        Post(request);
        return true;
    }

    /// <summary>A result of what was asked for, or what happens once (a reload, the end): always taken.</summary>
    public void Post(Input result) => Add(new Letter.ForNode(result));

    /// <summary>The node's thread owns the link from now on.</summary>
    public void LinkOpened(OpenLink link) => Add(new Letter.LinkOpened(link));

    /// <summary>The link cannot be used, and why.</summary>
    public void LinkTroubled(LinkName link, string reason) => Add(new Letter.LinkTroubled(link, reason));

    /// <summary>The link is not in the configuration any more; the node knows that already.</summary>
    public void LinkRemoved(LinkName link) => Add(new Letter.LinkRemoved(link));

    public void Dispose() => _wakeUp.Dispose();

    /// <summary>By the node's thread before it takes letters.</summary>
    internal void ClearWakeUp() => _wakeUp.Clear();

    /// <summary>Wakes the node's thread although nothing new was posted.</summary>
    internal void WakeUp() => _wakeUp.Raise();

    internal bool TryTake([NotNullWhen(true)] out Letter? letter)
    {
        if (!_letters.TryDequeue(out letter))
        {
            return false;
        }

        Interlocked.Decrement(ref _waiting);
        return true;
    }

    private void Add(Letter letter)
    {
        Interlocked.Increment(ref _waiting);
        _letters.Enqueue(letter);
        _wakeUp.Raise();
    }
}

/// <summary>What lies in the inbox: an input as it is, or news of a link that the loop must know first.</summary>
internal abstract record Letter
{
    private Letter()
    {
    }

    public sealed record ForNode(Input Input) : Letter;

    public sealed record LinkOpened(OpenLink Link) : Letter;

    public sealed record LinkTroubled(LinkName Link, string Reason) : Letter;

    public sealed record LinkRemoved(LinkName Link) : Letter;
}
