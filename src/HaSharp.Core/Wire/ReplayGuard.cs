// Whether a signed packet is news: the digest says who made it, not when (spec 7.2).
// The idea: a node counts its starts (generation) and its messages (sequence). Per node the newest of both is kept, and
// a window of the 64 sequences before it, so that packets that overtook one another are each taken once.
// Invariant: no packet is accepted twice, and none from before the newest one that an earlier start of ours kept. Marks
// are kept in the background: what came in about the last second before a crash of ours can be replayed after it.

namespace HaSharp.Core.Wire;

/// <summary>What a packet is, and so what may be done with it.</summary>
public enum PacketVerdict
{
    /// <summary>The newest so far: use all of it.</summary>
    New,

    /// <summary>The same, and the first one of a new generation: the node's daemon was started again.</summary>
    Restarted,

    /// <summary>Accepted once, but a later one was there before: do not use its public state.</summary>
    Late,

    /// <summary>A type NS_ of the current generation: it has no place in the order.</summary>
    Uncounted,

    /// <summary>
    /// Accepted before: it came again, over another link for example. It says that the link works and nothing else;
    /// it must not keep a node alive, because anybody can send it again.
    /// </summary>
    Duplicate,

    /// <summary>Drop: from before what was accepted, in an older start of the node or too far back.</summary>
    Replay,

    /// <summary>Drop: a new generation shows itself with a status first (spec 7.2, K8).</summary>
    Unannounced,

    /// <summary>
    /// Drop, but the next one after it is accepted: the node is alive, and this is a new generation or far ahead of
    /// what it said last. One forged packet would otherwise make replays of all that the node itself says.
    /// </summary>
    Unconfirmed,

    /// <summary>Drop: it has the name of a node that is alive, or its generation, but another UUID.</summary>
    OtherNode,

    /// <summary>Drop: more nodes than a cluster can have.</summary>
    TooManyNodes,
}

/// <summary>Whether something is wrong with who a node says it is. It is not remembered: ask at each packet.</summary>
public enum IdentityTrouble
{
    None,

    /// <summary>
    /// The name had another UUID until now. A reinstalled machine does this once; if the node was alive a moment ago,
    /// two machines use one name.
    /// </summary>
    NameWithOtherUuid,

    /// <summary>Another name has this UUID, too: somebody copied hb_uuid (F20).</summary>
    UuidWithOtherName,
}

public sealed class ReplayGuard
{
    /// <summary>Most nodes that are kept (heartbeat's own limit, spec 18).</summary>
    public const int MaxNodes = 100;

    /// <summary>Sequences before the newest that may still come.</summary>
    public const int Window = 64;

    // In the order in which they were first heard of; a cluster has a handful.
    private readonly List<Origin> _origins = [];

    /// <param name="marks">What earlier starts of ours had accepted; packets up to there are replays.</param>
    public ReplayGuard(IReadOnlyList<ReplayMark> marks)
    {
        foreach (ReplayMark mark in marks)
        {
            if (Find(mark.Node) is null && _origins.Count < MaxNodes)
            {
                _origins.Add(new Origin(mark.Node)
                {
                    Generation = mark.Generation,
                    Newest = mark.Sequence,
                    Floor = mark.Sequence,
                });
            }
        }
    }

    /// <summary>The newest accepted packet of each node, in the order in which they were first heard of.</summary>
    public IReadOnlyList<ReplayMark> Marks => [.. _origins
        .Where(origin => origin.Generation.Number > 0)
        .Select(origin => new ReplayMark(origin.Name, origin.Generation, origin.Newest))];

    /// <summary>Says whose this UUID is (our own, for example), before any packet does.</summary>
    public void Bind(NodeName name, ReadOnlyMemory<byte> uuid)
    {
        Origin? origin = Find(name);
        if (origin is null)
        {
            Invariant.Holds(_origins.Count < MaxNodes, "a cluster has at most 100 nodes");
            origin = new Origin(name);
            _origins.Add(origin);
        }

        origin.Uuid = uuid.ToArray();
    }

    /// <summary>
    /// Judges a packet with a good digest, and remembers it when it is accepted. Not for packets in our own name: those
    /// are our own come back, or another machine that uses it, which the UUID tells.
    /// </summary>
    /// <param name="uuid">16 bytes; empty when the packet carries none.</param>
    /// <param name="sequence">Null for the types NS_.</param>
    /// <param name="alive">
    /// The node is alive: a machine that was installed anew was dead before, so another UUID is another machine, and
    /// a jump of generation or sequence needs a second packet.
    /// </param>
    /// <param name="trouble">Of accepted packets and of PacketVerdict.OtherNode; otherwise none.</param>
    /// <param name="other">The other name with UuidWithOtherName.</param>
    public PacketVerdict Judge(
        NodeName source,
        ReadOnlySpan<byte> uuid,
        Generation generation,
        long? sequence,
        bool isStatus,
        bool alive,
        out IdentityTrouble trouble,
        out NodeName other)
    {
        trouble = IdentityTrouble.None;
        other = default;
        Origin? origin = Find(source);
        if (origin is null && _origins.Count == MaxNodes)
        {
            return PacketVerdict.TooManyNodes;
        }

        origin ??= new Origin(source);
        bool isOtherUuid = origin.Uuid.Length > 0 && uuid.Length > 0 && !uuid.SequenceEqual(origin.Uuid);
        if (isOtherUuid
            && (generation == origin.Generation || (alive && generation > origin.Generation)))
        {
            trouble = IdentityTrouble.NameWithOtherUuid;
            return PacketVerdict.OtherNode;
        }

        if (alive && Jumps(origin, generation, sequence, isStatus))
        {
            return PacketVerdict.Unconfirmed;
        }

        PacketVerdict verdict = Place(origin, generation, sequence, isStatus);
        if (!IsAccepted(verdict))
        {
            return verdict;
        }

        if (isOtherUuid)
        {
            trouble = IdentityTrouble.NameWithOtherUuid;
        }

        Remember(origin, uuid);
        if (trouble == IdentityTrouble.None && SameUuid(origin) is { } namesake)
        {
            trouble = IdentityTrouble.UuidWithOtherName;
            other = namesake.Name;
        }

        return verdict;
    }

    /// <summary>The same without asking for identity trouble.</summary>
    public PacketVerdict Judge(
        NodeName source, ReadOnlySpan<byte> uuid, Generation generation, long? sequence, bool isStatus) =>
        Judge(source, uuid, generation, sequence, isStatus, alive: false, out _, out _);

    /// <summary>Whether the packet's contents may be used at all.</summary>
    public static bool IsAccepted(PacketVerdict verdict) =>
        verdict is PacketVerdict.New or PacketVerdict.Restarted or PacketVerdict.Late or PacketVerdict.Uncounted;

    /// <summary>
    /// Whether a packet is the first one after a jump. Two that follow one another, without one from before the jump
    /// between them, are a node that goes on there.
    /// </summary>
    private static bool Jumps(Origin origin, Generation generation, long? sequence, bool isStatus)
    {
        if (sequence is not { } number || generation < origin.Generation)
        {
            return false;
        }

        bool isRestart = generation > origin.Generation;
        if (!isRestart && number <= origin.Newest + Window)
        {
            origin.JumpGeneration = number > origin.Newest ? default : origin.JumpGeneration;
            return false;
        }

        if (isRestart && !isStatus)
        {
            return false;
        }

        long step = number - origin.JumpSequence;
        bool isConfirmed = generation == origin.JumpGeneration && step is > 0 and <= Window;
        (origin.JumpGeneration, origin.JumpSequence) = isConfirmed ? default : (generation, number);
        return !isConfirmed;
    }

    private static PacketVerdict Place(Origin origin, Generation generation, long? sequence, bool isStatus)
    {
        if (generation > origin.Generation)
        {
            return sequence is { } first && isStatus ? Begin(origin, generation, first) : PacketVerdict.Unannounced;
        }

        if (generation < origin.Generation || generation.Number <= 0 || sequence <= origin.Floor)
        {
            return PacketVerdict.Replay;
        }

        return sequence is { } number ? Place(origin, number) : PacketVerdict.Uncounted;
    }

    private static PacketVerdict Begin(Origin origin, Generation generation, long sequence)
    {
        bool isFirstEver = origin.Generation.Number == 0;
        origin.Generation = generation;
        origin.Newest = sequence;
        origin.Floor = 0;
        origin.Seen = 0;
        return isFirstEver ? PacketVerdict.New : PacketVerdict.Restarted;
    }

    // Bit n of Seen: Newest - 1 - n was accepted.
    private static PacketVerdict Place(Origin origin, long sequence)
    {
        if (sequence > origin.Newest)
        {
            long step = sequence - origin.Newest;
            origin.Seen = step < Window ? origin.Seen << (int)step : 0;
            origin.Seen |= step <= Window ? 1UL << (int)(step - 1) : 0;
            origin.Newest = sequence;
            return PacketVerdict.New;
        }

        long back = origin.Newest - sequence - 1;
        if (back >= Window)
        {
            return PacketVerdict.Replay;
        }

        ulong bit = back < 0 ? 0 : 1UL << (int)back;
        if (back < 0 || (origin.Seen & bit) != 0)
        {
            return PacketVerdict.Duplicate;
        }

        origin.Seen |= bit;
        return PacketVerdict.Late;
    }

    private void Remember(Origin origin, ReadOnlySpan<byte> uuid)
    {
        if (uuid.Length > 0 && !uuid.SequenceEqual(origin.Uuid))
        {
            origin.Uuid = uuid.ToArray();
        }

        if (Find(origin.Name) is null)
        {
            _origins.Add(origin);
        }
    }

    private Origin? SameUuid(Origin origin)
    {
        foreach (Origin other in _origins)
        {
            if (other != origin && origin.Uuid.Length > 0 && other.Uuid.AsSpan().SequenceEqual(origin.Uuid))
            {
                return other;
            }
        }

        return null;
    }

    private Origin? Find(NodeName name)
    {
        foreach (Origin origin in _origins)
        {
            if (origin.Name == name)
            {
                return origin;
            }
        }

        return null;
    }

    private sealed class Origin(NodeName name)
    {
        public readonly NodeName Name = name;
        public byte[] Uuid = [];
        public Generation Generation;
        public long Newest;
        public long Floor;
        public ulong Seen;

        // The last unconfirmed packet.
        public Generation JumpGeneration;
        public long JumpSequence;
    }
}
