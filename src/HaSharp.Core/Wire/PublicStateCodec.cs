// The public state as the text of one field, hasharp, in every status of a HaSharp node:
//
//   v=1 role=active stable=1 config=00c0ffee00c0ffee peer=node2,active,6affc2b8 group=IPaddr::10.0.0.1,started,3,node1
//
// The idea: words for people, separated by blanks, because it is read in packet dumps at three in the morning. A word
// that is not known is skipped, and so is what follows the known parts of a word, so that a later version can say more.
// Invariant: reading is total and bounded: any bytes give a state or null. docs/reference/wire.md has the grammar.

using System.Buffers.Text;
using HaSharp.Core.Resources;

namespace HaSharp.Core.Wire;

public static class PublicStateCodec
{
    /// <summary>Most peers in a state: the nodes of a cluster.</summary>
    public const int MaxPeers = 16;

    /// <summary>Most groups in a state.</summary>
    public const int MaxGroups = 128;

    /// <summary>Most failing checks that a state names; it may name fewer, they are for people only.</summary>
    public const int MaxChecks = 64;

    /// <summary>Longest text: with the other fields and the digest it has to fit a datagram.</summary>
    public const int MaxBytes = 60_000;

    // Longest part of a word without the names in it: for a peer and all else, and for a group, which is
    // group=,stop-failed,0123456789abcdef,,pinned,wanted,unfit,orders=ffffffff.ffffffff.1000. and a blank.
    private const int WordRoom = 64;
    private const int GroupRoom = 92;

    /// <summary>Appends the state as the field hasharp.</summary>
    public static Message Add(Message message, PublicState state) =>
        message.Add(FieldNames.PublicState, FieldType.Text, Encode(state));

    /// <summary>
    /// The state in the field hasharp; null when there is none (<see cref="Message.Has"/> tells) or it is no state.
    /// </summary>
    public static PublicState? Read(Message message) =>
        message.Find(FieldNames.PublicState, FieldType.Text, out var text) ? Decode(text.Span) : null;

    /// <summary>What a state with these names can become at most, whatever happens to the groups.</summary>
    public static int MostBytes(IEnumerable<string> nodes, IEnumerable<string> groups)
    {
        int[] names = [.. nodes.Select(StateText.Bytes)];
        int owner = names.DefaultIfEmpty().Max();
        return WordRoom + names.Sum(name => WordRoom + name)
            + groups.Sum(group => GroupRoom + StateText.Bytes(group) + (2 * owner));
    }

    /// <summary>
    /// The state as UTF-8 text of version 1, to be raised when a word changes its meaning. Groups beyond the longest
    /// text are left out: only what a reload has removed can stand there.
    /// </summary>
    public static byte[] Encode(PublicState state)
    {
        Invariant.Holds(state.Peers.Count <= MaxPeers, "a state names at most 16 peers");
        Invariant.Holds(state.Groups.Count <= MaxGroups, "a state names at most 128 groups");
        int room = Room(state);
        var text = new StateText(room <= 2048 ? stackalloc byte[room] : new byte[room]);
        text.Put("v=1 role="u8);
        text.Put(StateWords.Of(state.Role));
        text.Put(state.Stable ? " stable=1 config="u8 : " stable=0 config="u8);
        text.PutDigest(state.ConfigDigest);
        for (int index = 0; index < state.Peers.Count; index++)
        {
            PutPeer(ref text, state.Peers[index]);
        }

        for (int index = 0; index < state.Groups.Count; index++)
        {
            if (room > MaxBytes && text.Written.Length + Room(state.Groups[index]) > MaxBytes)
            {
                break;
            }

            PutGroup(ref text, state.Groups[index]);
        }

        foreach (string check in state.FailingChecks.Take(MaxChecks))
        {
            if (text.Written.Length + WordRoom + StateText.Bytes(check) <= MaxBytes)
            {
                text.Put(" check="u8);
                text.PutName(check);
            }
        }

        return text.Written.ToArray();
    }

    /// <summary>The state that the text describes; null when it describes none.</summary>
    public static PublicState? Decode(ReadOnlySpan<byte> text)
    {
        var draft = new Draft();
        bool isFirst = true;
        while (!text.IsEmpty)
        {
            ReadOnlySpan<byte> word = Cut(ref text, (byte)' ');
            if (!(isFirst ? IsVersion(word) : TakeWord(word, ref draft)))
            {
                return null;
            }

            isFirst = false;
        }

        return draft is { Role: { } role, Stable: { } stable, Config: { } config }
            ? new PublicState(role, stable, config, draft.Peers ?? [], draft.Groups ?? [])
            {
                FailingChecks = draft.Checks ?? [],
            }
            : null;
    }

    private static void PutPeer(ref StateText text, in PeerView peer)
    {
        text.Put(" peer="u8);
        text.PutName(peer.Name.Text);
        text.Put(","u8);
        text.Put(StateWords.Of(peer.Status));
        text.Put(","u8);
        text.PutHex(peer.Heard.Number);
    }

    private static void PutGroup(ref StateText text, in GroupView group)
    {
        text.Put(" group="u8);
        text.PutName(group.Name.Text);
        text.Put(","u8);
        text.Put(StateWords.Of(group.State));
        text.Put(","u8);
        text.PutHex(group.Claim.Epoch);
        text.Put(","u8);
        text.PutName(group.Claim.Epoch == 0 ? "-" : group.Claim.Owner.Text);
        text.Put(group.Claim.Pinned ? ",pinned"u8 : default);
        text.Put(group.Wanted ? ",wanted"u8 : default);
        text.Put(group.Unfit ? ",unfit"u8 : default);
        if (group.Orders is { Version: > 0 } orders)
        {
            text.Put(",orders="u8);
            text.PutHex(orders.Version);
            text.Put("."u8);
            text.PutHex(orders.MaintainedUntil);
            text.Put("."u8);
            text.PutHex(orders.Runs);
            if (orders.KeptBy is { } keeper)
            {
                text.Put("."u8);
                text.PutName(keeper.Text);
            }
        }
    }

    private static int Room(PublicState state)
    {
        int room = WordRoom;
        for (int index = 0; index < state.Peers.Count; index++)
        {
            room += WordRoom + StateText.Room(state.Peers[index].Name.Text);
        }

        for (int index = 0; index < state.Groups.Count; index++)
        {
            GroupView group = state.Groups[index];
            room += GroupRoom + StateText.Room(group.Name.Text) + StateText.Room(group.Claim.Owner.Text)
                + StateText.Room(group.Orders.KeptBy?.Text ?? "");
        }

        return room + state.FailingChecks.Take(MaxChecks).Sum(check => WordRoom + StateText.Room(check));
    }

    private static int Room(in GroupView group) =>
        GroupRoom + StateText.Bytes(group.Name.Text) + StateText.Bytes(group.Claim.Owner.Text)
            + StateText.Bytes(group.Orders.KeptBy?.Text ?? "");

    // A later version is read as far as we know its words.
    private static bool IsVersion(ReadOnlySpan<byte> word) =>
        word.StartsWith("v="u8) && Numbers.TryDecimal(word[2..], out long version) && version >= 1;

    // False: the word is one of ours and makes no sense, or says something a second time.
    private static bool TakeWord(ReadOnlySpan<byte> word, ref Draft draft)
    {
        int equals = word.IndexOf((byte)'=');
        ReadOnlySpan<byte> name = word[..Math.Max(equals, 0)];
        ReadOnlySpan<byte> value = word[(equals + 1)..];
        if (name.SequenceEqual("group"u8))
        {
            return TakeGroup(value, ref draft);
        }

        if (name.SequenceEqual("peer"u8))
        {
            return TakePeer(value, ref draft);
        }

        if (name.SequenceEqual("check"u8))
        {
            return TakeCheck(value, ref draft);
        }

        if (name.SequenceEqual("role"u8))
        {
            bool isFirst = draft.Role is null;
            draft.Role = StateWords.Role(value);
            return isFirst && draft.Role is not null;
        }

        if (name.SequenceEqual("stable"u8))
        {
            bool isFirst = draft.Stable is null;
            draft.Stable = value.SequenceEqual("1"u8);
            return isFirst && (draft.Stable is true || value.SequenceEqual("0"u8));
        }

        return !name.SequenceEqual("config"u8) || TakeConfig(value, ref draft);
    }

    private static bool TakeConfig(ReadOnlySpan<byte> value, ref Draft draft)
    {
        bool isDigest = Utf8Parser.TryParse(value, out ulong digest, out int length, 'x')
            && value.Length == 16 && length == 16 && draft.Config is null;
        draft.Config = digest;
        return isDigest;
    }

    private static bool TakePeer(ReadOnlySpan<byte> value, ref Draft draft)
    {
        string? name = StateText.Name(Cut(ref value, (byte)','));
        NodeStatus? status = StateWords.Status(Cut(ref value, (byte)','));
        bool isNumber = Numbers.TryHex(Cut(ref value, (byte)','), out long heard);
        draft.Peers ??= [];
        if (name is null || status is null || !isNumber || draft.Peers.Count == MaxPeers)
        {
            return false;
        }

        var node = new NodeName(name);
        foreach (PeerView peer in draft.Peers)
        {
            if (peer.Name == node)
            {
                return false;
            }
        }

        draft.Peers.Add(new PeerView(node, status.Value, new Generation(heard)));
        return true;
    }

    private static bool TakeCheck(ReadOnlySpan<byte> value, ref Draft draft)
    {
        string? name = StateText.Name(Cut(ref value, (byte)','));
        draft.Checks ??= [];
        if (name is null || draft.Checks.Count == MaxChecks || draft.Checks.Contains(name))
        {
            return false;
        }

        draft.Checks.Add(name);
        return true;
    }

    private static bool TakeGroup(ReadOnlySpan<byte> value, ref Draft draft)
    {
        string? name = StateText.Name(Cut(ref value, (byte)','));
        GroupState state = StateWords.State(Cut(ref value, (byte)','));
        bool isNumber = Numbers.TryHex(Cut(ref value, (byte)','), out long epoch);
        string? owner = StateText.Name(Cut(ref value, (byte)','));
        draft.Groups ??= [];
        if (name is null || !isNumber || owner is null || draft.Groups.Count == MaxGroups)
        {
            return false;
        }

        foreach (GroupView other in draft.Groups)
        {
            if (other.Name.Text == name)
            {
                return false;
            }
        }

        bool pinned = false;
        bool wanted = false;
        bool unfit = false;
        Orders orders = Orders.None;
        while (!value.IsEmpty)
        {
            ReadOnlySpan<byte> mark = Cut(ref value, (byte)',');
            pinned |= mark.SequenceEqual("pinned"u8);
            wanted |= mark.SequenceEqual("wanted"u8);
            unfit |= mark.SequenceEqual("unfit"u8);
            if (mark.StartsWith("orders="u8) && !TryOrders(mark["orders=".Length..], out orders))
            {
                return false;
            }
        }

        var claim = new Claim(epoch, epoch == 0 ? default : new NodeName(owner), pinned);
        draft.Groups.Add(new GroupView(new GroupName(name), claim, state, wanted) { Orders = orders, Unfit = unfit });
        return true;
    }

    private static bool TryOrders(ReadOnlySpan<byte> text, out Orders orders)
    {
        bool isVersion = Numbers.TryHex(Cut(ref text, (byte)'.'), out long version);
        bool isUntil = Numbers.TryHex(Cut(ref text, (byte)'.'), out long until);
        bool isRuns = Numbers.TryHex(Cut(ref text, (byte)'.'), out long runs);
        string? keeper = text.IsEmpty ? null : StateText.Name(text);
        bool isValid = isVersion && isUntil && isRuns
            && version is > 0 and <= uint.MaxValue && until <= uint.MaxValue && runs <= Orders.AllRun;
        NodeName? keptBy = keeper is null ? null : new NodeName(keeper);
        orders = isValid ? new Orders(version, until, (int)runs, keptBy) : Orders.None;
        return isValid;
    }

    // What stands before the separator; the rest is what stands after it.
    private static ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> rest, byte separator)
    {
        int end = rest.IndexOf(separator);
        ReadOnlySpan<byte> part = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return part;
    }

    private struct Draft
    {
        public Role? Role;
        public bool? Stable;
        public ulong? Config;
        public List<PeerView>? Peers;
        public List<GroupView>? Groups;
        public List<string>? Checks;
    }
}
