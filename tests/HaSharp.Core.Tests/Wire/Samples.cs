using System.Text;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Wire;

/// <summary>The messages and keys of spec 20, and packets made by hand around any bytes.</summary>
internal static class Samples
{
    public static readonly byte[] AlphaUuid = Convert.FromHexString("00112233445566778899aabbccddeeff");
    public static readonly byte[] BravoUuid = Convert.FromHexString("ffeeddccbbaa99887766554433221100");

    /// <summary>Key 1 crc, key 2 sha1 "HI!", key 3 md5 "Hello!", key 4 sha256 "hey".</summary>
    public static Authenticator Keys(int active) => new(new AuthKeys(active, [
        new AuthKey(1, AuthMethod.Crc, default),
        new AuthKey(2, AuthMethod.Sha1, "HI!"u8.ToArray()),
        new AuthKey(3, AuthMethod.Md5, "Hello!"u8.ToArray()),
        new AuthKey(4, AuthMethod.Sha256, "hey"u8.ToArray()),
    ]));

    /// <summary>A message from "a=b;c=d"; srcuuid and destuuid stand for the node named behind them.</summary>
    public static Message Message(string fields)
    {
        var message = new Message();
        foreach (string field in fields.Split(';'))
        {
            int equals = field.IndexOf('=');
            string name = field[..equals];
            string value = field[(equals + 1)..];
            if (name is "srcuuid" or "destuuid")
            {
                message.AddBinary(name, value == "alpha" ? AlphaUuid : BravoUuid);
            }
            else
            {
                message.Add(name, value);
            }
        }

        return message;
    }

    public static Message Status(long sequence = 1, long generation = 0x5f5e1001) => Message(
        "t=status;st=active;dt=1b58;protocol=1;src=alpha;srcuuid=alpha;"
        + FormattableString.Invariant($"seq={sequence:x};hg={generation:x};ts=5f5e1064;")
        + "ld=0.10 0.20 0.30 1/100 4242;ttl=3");

    public static PublicState State(int groups = 4) => new(
        Role.Active,
        true,
        0x0123456789abcdef,
        [new PeerView(new NodeName("node2"), NodeStatus.Active, new Generation(0x6affc2b8))],
        [.. Enumerable.Range(0, groups).Select(number => new GroupView(
            new GroupName($"IPaddr::10.77.0.{number}/24/eth0"),
            new Claim(number + 1, new NodeName("node1"), number == 1),
            GroupState.Started,
            number == 2))]);

    /// <summary>A netstring packet around these fields, as they stand, with a good outer digest.</summary>
    public static byte[] Signed(Authenticator authenticator, params string[] items) =>
        SignedBody(authenticator, string.Concat(items.Select(item => $"{Latin(item).Length}:{item},")));

    /// <summary>The same around any bytes between the markers (Latin-1).</summary>
    public static byte[] SignedBody(Authenticator authenticator, string body)
    {
        byte[] signed = Latin($"###\n{body}%%%\n");
        Span<byte> digest = stackalloc byte[Authenticator.MaxTextLength];
        int length = authenticator.Sign(signed, digest);
        return [.. signed, .. Latin($"{length}:"), .. digest[..length], (byte)','];
    }

    /// <summary>A classic packet around these lines, as they stand, with a good digest as last line.</summary>
    public static byte[] SignedLines(Authenticator authenticator, string lines, string? marker = ">>>\n")
    {
        byte[] signed = Latin(lines);
        Span<byte> digest = stackalloc byte[Authenticator.MaxTextLength];
        int length = authenticator.Sign(signed, digest);
        return [.. Latin(marker + lines + "auth="), .. digest[..length], .. Latin("\n<<<\n")];
    }

    public static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}
