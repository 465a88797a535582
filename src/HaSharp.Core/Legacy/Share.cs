// Heartbeat's way to speak of resource groups: never of one, always of all groups that prefer a node.
// The idea: in a cluster of two nodes the groups fall into two shares, ours and the peer's; heartbeat's words local and
// foreign are relative to who says them (spec 9.1), these are not.
// Invariant: a group belongs to exactly one share, by the node that its haresources line begins with.

using HaSharp.Core.Config;

namespace HaSharp.Core.Legacy;

[Flags]
public enum Share
{
    None = 0,

    /// <summary>The groups that prefer this node.</summary>
    Ours = 1,

    /// <summary>The groups that prefer the peer.</summary>
    Theirs = 2,

    All = Ours | Theirs,
}

public static class Shares
{
    public static Share Of(GroupConfig group, NodeName self) => group.Preferred == self ? Share.Ours : Share.Theirs;

    /// <summary>The word for a share in the field rsc_hold.</summary>
    /// <param name="byPeer">The words are the peer's point of view.</param>
    public static string Word(Share share, bool byPeer) => share switch
    {
        Share.None => "none",
        Share.All => "all",
        _ => share == Share.Ours == byPeer ? "foreign" : "local",
    };

    /// <summary>What a received word means; null when it is none of heartbeat's four.</summary>
    public static Share? Read(string? word, bool byPeer) => word switch
    {
        "none" => Share.None,
        "all" => Share.All,
        "local" => byPeer ? Share.Theirs : Share.Ours,
        "foreign" => byPeer ? Share.Ours : Share.Theirs,
        _ => null,
    };
}
