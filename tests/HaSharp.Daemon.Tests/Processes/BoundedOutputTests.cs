using System.Text;
using HaSharp.Daemon.Processes;

namespace HaSharp.Daemon.Tests.Processes;

public sealed class BoundedOutputTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(8192)]
    public void Up_to_8_KiB_arrive_unchanged_however_they_are_cut(int length)
    {
        string text = Numbers(length);

        foreach (int piece in (int[])[1, 7, 4096, 10_000])
        {
            Assert.Equal(text, Through(text, piece));
        }
    }

    [Theory]
    [InlineData(8193)]
    [InlineData(12_288)]
    [InlineData(100_001)]
    public void Beyond_that_the_first_and_the_last_4_KiB_remain(int length)
    {
        string text = Numbers(length);
        string expected = $"{text[..4096]}\n[{length - 8192} bytes left out]\n{text[^4096..]}";

        foreach (int piece in (int[])[1, 7, 4096, 10_000])
        {
            Assert.Equal(expected, Through(text, piece));
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_do_no_harm()
    {
        BoundedOutput output = new();

        output.Append([0x61, 0xff, 0xfe, 0x62]);

        Assert.Equal("a\ufffd\ufffdb", output.ToString());
    }

    private static string Numbers(int length) =>
        string.Concat(Enumerable.Range(0, (length / 6) + 1).Select(i => $"{i:d5}\n"))[..length];

    private static string Through(string text, int piece)
    {
        BoundedOutput output = new();
        foreach (byte[] chunk in Encoding.ASCII.GetBytes(text).Chunk(piece))
        {
            output.Append(chunk);
        }

        return output.ToString();
    }
}
