// The words of the protocol: field names and the usual values.
// The idea: received bytes are looked up here before a string is made of them. Nearly every packet consists of these
// words and a few numbers, and a node reads hundreds of thousands of packets a day.
// Invariant: the table is filled once and never changes, so nothing received can make it grow.

using System.Text;

namespace HaSharp.Core.Wire;

internal static class KnownWords
{
    private const int Slots = 256;
    private const int Longest = 24;

    // A slot is computed from length, first and last byte; a word whose slot is taken is in the next free one.
    private static readonly string?[] Table = Fill(
        "t", "st", "dt", "protocol", "src", "srcuuid", "dest", "destuuid", "seq", "hg", "ts", "ld", "ttl", "auth",
        "info", "rsc_hold", "rtype", "isstable", "ackseq", "firstseq", "lastseq", "nodelist", "delnodelist",
        "hasharp", "node", "result", "ipaddr", "weown", "ok", "from_id", "to_id", "client_gen", "num_ping",
        "weight", "site", "_compressed_payload", "_compression_algorithm", "status", "init", "up", "active", "dead",
        "ping", "NS_ackmsg", "NS_rexmit", "NS_nak_rexmit", "NS_st", "reqnodes", "repnodes", "starting", "resource",
        "ask_resources", "hb_takeover", "ip-request", "ip-request-resp", "stonith", "shutdone", "hbapi-clstat",
        "none", "local", "foreign", "all", "full", "me", "other", "done", "standby", "shutdown", "mach_down",
        "zlib", "0", "1", "joining", "leaving", "left", "unknown", "stopped", "started", "stopping", "failed",
        "stop-failed", "-");

    /// <summary>The bytes as a string, the known one if there is one. What is no UTF-8 becomes U+FFFD.</summary>
    public static string From(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > Longest)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        for (int slot = Slot(bytes.Length, bytes[0], bytes[^1]); Table[slot] is { } word; slot = (slot + 1) % Slots)
        {
            if (Ascii.Equals(bytes, word))
            {
                return word;
            }
        }

        return Encoding.UTF8.GetString(bytes);
    }

    private static int Slot(int length, int first, int last) => ((length * 31) + (first * 7) + (last * 3)) % Slots;

    private static string?[] Fill(params ReadOnlySpan<string> words)
    {
        var table = new string?[Slots];
        foreach (string word in words)
        {
            int slot = Slot(word.Length, word[0], word[^1]);
            while (table[slot] is not null)
            {
                slot = (slot + 1) % Slots;
            }

            table[slot] = word;
        }

        return table;
    }
}
