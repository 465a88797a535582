using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Wire;

public sealed class RecordedPacketTests
{
    [Fact]
    public void The_recordings_are_all_there() => Assert.Equal(1176, Captures.All.Count);

    [Fact]
    public void Every_recorded_packet_is_verified_and_read()
    {
        foreach (Recorded packet in Captures.All)
        {
            Opened opened = Packet.Open(packet.Bytes, new Authenticator(packet.Keys));
            Assert.True(opened.Message is not null, $"{packet.File}: {opened.Refusal}");
            Assert.Equal(Framing.Netstring, opened.Framing);
            Assert.Equal(packet.Type, opened.Message.Text(FieldNames.Type));
            Assert.Equal(packet.Node, opened.Message.Text(FieldNames.Source));
            Assert.Equal(packet.Seq, opened.Message.Text(FieldNames.Sequence));
        }
    }

    [Fact]
    public void Every_recorded_packet_is_sealed_again_with_the_same_bytes()
    {
        foreach (Recorded packet in Captures.All)
        {
            var authenticator = new Authenticator(packet.Keys);
            Message message = Packet.Open(packet.Bytes, authenticator).Message!;
            byte[] sealedAgain = Packet.Seal(WithoutAuth(message), authenticator, packet.Format);
            Assert.Equal(packet.Bytes, sealedAgain);
        }
    }

    [Fact]
    public void No_recorded_packet_is_taken_with_another_key()
    {
        foreach (Recorded packet in Captures.All)
        {
            var other = new Authenticator(new AuthKeys(1, [new AuthKey(1, AuthMethod.Sha1, "Another"u8.ToArray())]));
            Assert.Equal(Refusal.WrongDigest, Packet.Open(packet.Bytes, other).Refusal);
        }
    }

    private static Message WithoutAuth(Message message)
    {
        var rest = new Message();
        foreach (Field field in message.Fields)
        {
            if (field.Name != FieldNames.Auth)
            {
                rest.Add(field.Name, field.Type, field.Value);
            }
        }

        return rest;
    }
}
