using System.Text;
using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Core.Tests.Wire;

/// <summary>Spec 3.2 to 3.4, with the published vectors of each method.</summary>
public sealed class DigestTests
{
    [Theory]
    [InlineData("123456789", "765e7680")]
    [InlineData("", "ffffffff")]
    public void Crc_has_the_check_value_of_the_specification(string text, string digest) =>
        Assert.Equal("0 " + digest, Sign(new AuthKey(0, AuthMethod.Crc, default), Samples.Latin(text)));

    [Fact]
    public void Crc_is_not_padded_with_zeros()
    {
        var lengths = new HashSet<int>();
        for (int number = 0; number < 1000; number++)
        {
            byte[] bytes = BitConverter.GetBytes(number);
            string digest = Sign(new AuthKey(0, AuthMethod.Crc, default), bytes)[2..];
            Assert.Equal($"{SlowCrc(bytes):x}", digest);
            lengths.Add(digest.Length);
        }

        Assert.Contains(7, lengths);
    }

    [Fact]
    public void Crc_is_the_same_for_every_length_as_bit_by_bit()
    {
        byte[] bytes = [.. Enumerable.Range(0, 70).Select(number => (byte)(number * 37))];
        for (int length = 0; length <= bytes.Length; length++)
        {
            string digest = Sign(new AuthKey(0, AuthMethod.Crc, default), bytes[..length])[2..];
            Assert.Equal($"{SlowCrc(bytes[..length]):x}", digest);
        }
    }

    [Fact]
    public void Crc_ignores_a_secret()
    {
        byte[] bytes = Samples.Latin("123456789");
        Assert.Equal("5 765e7680", Sign(new AuthKey(5, AuthMethod.Crc, "secret"u8.ToArray()), bytes));
    }

    // RFC 2202, test cases 1, 2 and 6; RFC 4231, the same.
    [Theory]
    [InlineData(AuthMethod.Md5, 16, "9294727a3638bb1c13f48ef8158bfc9d")]
    [InlineData(AuthMethod.Sha1, 20, "b617318655057264e28bc0b6fb378c8ef146be00")]
    [InlineData(AuthMethod.Sha256, 20, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    public void Hmac_gives_the_first_vector_of_its_rfc(AuthMethod method, int secretLength, string digest)
    {
        byte[] secret = [.. Enumerable.Repeat((byte)0x0b, secretLength)];
        Assert.Equal("1 " + digest, Sign(new AuthKey(1, method, secret), "Hi There"u8.ToArray()));
    }

    [Theory]
    [InlineData(AuthMethod.Md5, "750c783e6ab0b503eaa86e310a5db738")]
    [InlineData(AuthMethod.Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData(AuthMethod.Sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    public void Hmac_gives_the_second_vector_of_its_rfc(AuthMethod method, string digest) => Assert.Equal(
        "15 " + digest,
        Sign(new AuthKey(15, method, "Jefe"u8.ToArray()), "what do ya want for nothing?"u8.ToArray()));

    [Theory]
    [InlineData(AuthMethod.Md5, 80, "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd")]
    [InlineData(AuthMethod.Sha1, 80, "aa4ae5e15272d00e95705637ce8a3b55ed402112")]
    [InlineData(AuthMethod.Sha256, 131, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")]
    public void A_secret_longer_than_a_block_is_hashed_first(AuthMethod method, int secretLength, string digest)
    {
        byte[] secret = [.. Enumerable.Repeat((byte)0xaa, secretLength)];
        byte[] text = "Test Using Larger Than Block-Size Key - Hash Key First"u8.ToArray();
        Assert.Equal("1 " + digest, Sign(new AuthKey(1, method, secret), text));
    }

    [Fact]
    public void The_key_that_the_digest_names_verifies_it_and_not_the_active_one()
    {
        byte[] bytes = "anything"u8.ToArray();
        Span<byte> text = stackalloc byte[Authenticator.MaxTextLength];
        for (int number = 1; number <= 4; number++)
        {
            int length = Samples.Keys(active: number).Sign(bytes, text);
            Assert.Equal(DigestCheck.Verified, Samples.Keys(active: (number % 4) + 1).Check(bytes, text[..length]));
        }
    }

    [Theory]
    [InlineData("5 3da2c2ed3418ffd9562f8b75adb001aea0b65ad7")]
    [InlineData("02 0000")]
    [InlineData("-1 0000")]
    [InlineData("16 0000")]
    [InlineData("2147483649 0000")]
    [InlineData("2")]
    [InlineData(" ")]
    [InlineData("2 ")]
    [InlineData("x 765e7680")]
    [InlineData("1 765E7680")]
    [InlineData("1 765e7680 ")]
    [InlineData("1 0765e7680")]
    [InlineData("1  765e7680")]
    public void Any_other_text_is_wrong(string text) => Assert.Equal(
        DigestCheck.Wrong, Samples.Keys(active: 1).Check("123456789"u8, Samples.Latin(text)));

    [Fact]
    public void No_text_is_a_missing_digest() =>
        Assert.Equal(DigestCheck.Missing, Samples.Keys(active: 1).Check("123456789"u8, default));

    [Fact]
    public void A_key_never_shows_its_secret() =>
        Assert.Equal("key 2 (Sha1)", new AuthKey(2, AuthMethod.Sha1, "HI!"u8.ToArray()).ToString());

    private static string Sign(AuthKey key, byte[] bytes)
    {
        Span<byte> text = stackalloc byte[Authenticator.MaxTextLength];
        int length = new Authenticator(new AuthKeys(key.Number, [key])).Sign(bytes, text);
        return Encoding.ASCII.GetString(text[..length]);
    }

    private static uint SlowCrc(byte[] bytes)
    {
        uint crc = 0;
        foreach (byte value in bytes)
        {
            crc ^= (uint)value << 24;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x80000000) != 0 ? (crc << 1) ^ 0x04C11DB7 : crc << 1;
            }
        }

        return ~crc;
    }
}
