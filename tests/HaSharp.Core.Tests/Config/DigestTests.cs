// The digest of what must be equal on all nodes.

using System.Text;
using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class DigestTests
{
    private const string Haresources = "alpha a::1 b\nbravo c\n";

    private static ulong Digest(string? haCf = null, string? haresources = null, string? authKeys = null)
        => ConfigReader.Read(Sources.Valid with
        {
            HaCf = haCf ?? Sources.HaCf,
            Haresources = haresources ?? Haresources,
            AuthKeys = Encoding.Latin1.GetBytes(authKeys ?? Sources.AuthKeys),
        }).Accepted().Digest;

    [Theory]
    [InlineData("node bravo alpha\nbcast eth0\nauto_failback on\n", null)]
    [InlineData("node alpha bravo charlie\nbcast eth0\nauto_failback on\n", null)]
    [InlineData("node alpha bravo\nbcast eth0\nauto_failback off\n", null)]
    [InlineData(null, "bravo a::1 b\nbravo c\n")]
    [InlineData(null, "bravo c\nalpha a::1 b\n")]
    [InlineData(null, "alpha a::1\nbravo c\n")]
    [InlineData(null, "alpha b a::1\nbravo c\n")]
    public void It_changes_with_what_must_be_equal_on_all_nodes(string? haCf, string? haresources)
        => Assert.NotEqual(Digest(), Digest(haCf, haresources));

    [Theory]
    [InlineData("# remark\nauto_failback yes\nbcast eth7 eth8\nkeepalive 2\nNODE", null, null)]
    [InlineData(null, "# remark\nALPHA   a::1 \\\n b # more\nbravo c\nbravo\n", null)]
    [InlineData(null, null, "auth 2\n2 md5 other\n")]
    public void It_does_not_change_with_anything_else(string? haCf, string? haresources, string? authKeys)
        => Assert.Equal(
            Digest(),
            Digest(haCf?.Replace("NODE", "node ALPHA,bravo", StringComparison.Ordinal), haresources, authKeys));

    // FNV-1a, 64 bits, so that another implementation can compute it: the empty string gives the offset basis.
    [Fact]
    public void It_is_FNV_1a_of_a_plain_text()
    {
        var hash = 14695981039346656037UL;
        foreach (var b in "node alpha\nnode bravo\nauto_failback On\ngroup alpha a::1 b\ngroup bravo c\n"u8)
        {
            hash = unchecked((hash ^ b) * 1099511628211UL);
        }

        Assert.Equal(hash, Digest());
    }
}
