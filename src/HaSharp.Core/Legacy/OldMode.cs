// auto_failback legacy: heartbeat's first way to share resource groups (spec 9.9).
// The idea: nobody says what he holds. A node that comes up asks for its own groups by name; whoever runs one releases
// it and answers. So a peer runs what it was seen to take, and what it ran when we came.
// Invariant: a group is answered for only after it has been released here.

using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Legacy;

public static class OldMode
{
    private const string Key = "ipaddr";

    /// <summary>Takes in what a peer said; also what it said to itself, which shows what it takes.</summary>
    public static void Take(
        in Received heard, HeartbeatPeer peer, NodeName self, bool joined, GroupSet groups, List<Effect> effects)
    {
        var node = heard.Peer;
        if (heard.IsBeat && node.Status == NodeStatus.Active && !peer.Known)
        {
            peer.BeThere();
            if (!joined)
            {
                groups.Concede(
                    Share.All, node.Name, pinned: false, $"{node.Name} was there first and may run it", effects);
                peer.AskAt = Instant.Never;
            }
        }

        var group = groups.Find(heard.Message.Text(Key));
        switch (heard.Header.Type)
        {
            case "ip-request" when group is not null:
                peer.AskedFor[group.Config.Name.Text] = group.State.Holds();
                if (group.Claim.Epoch == 0 || group.Claim.Owner != self)
                {
                    GroupSet.Concede(group, node.Name, pinned: false, $"{node.Name} asks for it", effects);
                }

                break;
            case "ip-request-resp" when group is not null && heard.Message.Is("ok", "OK"u8):
                if (heard.Header.Destination == self)
                {
                    GroupSet.Concede(group, self, pinned: true, $"{node.Name} has released it", effects);
                }
                else if (heard.Header.Destination == node.Name)
                {
                    GroupSet.Concede(group, node.Name, pinned: false, $"{node.Name} takes it", effects);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The group that a request names and that we do not know; null: none.</summary>
    public static GroupName? Unknown(in Received heard, GroupSet groups) =>
        heard.Header.Type == "ip-request" && heard.Message.Text(Key) is { Length: > 0 and < 1024 } name
            && groups.Find(name) is null
            ? new GroupName(name)
            : null;

    public static Message Request(GroupName group) =>
        new Message().Add(FieldNames.Type, "ip-request").Add(Key, group.Text);

    public static Message Answer(NodeName asker, GroupName group, bool held) =>
        new Message()
            .Add(FieldNames.Type, "ip-request-resp")
            .Add(FieldNames.Destination, asker.Text)
            .Add(Key, group.Text)
            .Add("weown", held ? "yes" : "no")
            .Add("ok", "OK");
}
