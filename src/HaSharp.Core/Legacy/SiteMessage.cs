// Messages of a site's own, which a script beside the heartbeat peer has injected (spec 6.4).
// The idea: heartbeat hands every type that it does not handle itself to the script of that name in rc.d, and so do we.
// Which scripts there are, and which of them are heartbeat's own, only the daemon knows.
// Invariant: no message that we or heartbeat act on is told as an event.

using HaSharp.Core.Wire;

namespace HaSharp.Core.Legacy;

internal static class SiteMessage
{
    /// <summary>Longer values are left out: they go into a script's environment.</summary>
    private const int LongestValue = 4096;

    private const int MostFields = 64;

    private static readonly string[] Handled =
    [
        "status", "reqnodes", "repnodes", "query-cstatus", "respond-cstatus", "starting", "resource", "ask_resources",
        "hb_takeover", "ip-request", "ip-request-resp", "shutdone", "stonith", "num_ping_nodes", "you_are_dead",
        "abort_giveup", "addnode", "delnode", "setweight", "setsite",
    ];

    /// <summary>Does nothing when it is none.</summary>
    public static void Tell(string type, Message message, List<Effect> effects)
    {
        if (Handled.Contains(type) || type.StartsWith("NS_", StringComparison.Ordinal)
            || type.StartsWith("hbapi-", StringComparison.Ordinal))
        {
            return;
        }

        var fields = new List<(string, string)>();
        foreach (var field in message.Fields)
        {
            var taken = fields.Count < MostFields && !fields.Exists(one => one.Item1 == field.Name);
            if (taken && field.Type == FieldType.Text && field.Value.Length <= LongestValue)
            {
                fields.Add((field.Name, KnownWords.From(field.Value.Span)));
            }
        }

        effects.Add(new Effect.RunEventScript(type, fields));
    }
}
