// authkeys: heartbeat-spec 3.1 and what was measured about its secrets.

using System.Text;
using HaSharp.Core.Config;

namespace HaSharp.Core.Tests.Config;

public sealed class AuthKeysTests
{
    private static AuthKeys Keys(string text) => Sources.WithAuthKeys(text).Accepted().Keys;

    private static string Secret(string text) => Encoding.Latin1.GetString(Assert.Single(Keys(text).Keys).Secret.Span);

    // "Mode check: refused when group- or other-readable. Write bits and owner are not checked."
    [Theory]
    [InlineData("600", null)]
    [InlineData("400", null)]
    [InlineData("700", null)]
    [InlineData("200", null)]
    [InlineData("644", "0644")]
    [InlineData("640", "0640")]
    [InlineData("660", "0660")]
    [InlineData("604", "0604")]
    [InlineData("4755", "4755")]
    public void A_file_that_others_can_read_is_refused_with_its_mode_and_the_remedy(string mode, string? named)
    {
        var result = Sources.WithAuthKeys(Sources.AuthKeys, mode);
        if (named is null)
        {
            result.IsClean();
        }
        else
        {
            Assert.StartsWith(
                $"authkeys: error: others can read the keys: its mode is {named}; run \"chmod 600 authkeys\"",
                result.Refused(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("620")]
    [InlineData("602")]
    public void A_file_that_others_can_write_is_warned_of(string mode)
        => Assert.Contains(
            $"others can write the keys: its mode is 0{mode}", Sources.WithAuthKeys(Sources.AuthKeys, mode).Warned(),
            StringComparison.Ordinal);

    [Fact]
    public void A_mode_that_is_not_known_is_not_checked()
        => ConfigReader.Read(Sources.Valid with { AuthKeysMode = null }).IsClean();

    // "blanks skipped; # first = comment"; CR LF is tolerated.
    [Fact]
    public void Remarks_blanks_and_CR_LF_are_passed_over()
    {
        var keys = Keys("# remark\r\n\r\n  \t\n   auth   2\t\r\n\t2  sha1\tsecret\r\n  # 3 sha1 x\n");
        Assert.Equal((2, "key 2 (Sha1)"), (keys.Active, Assert.Single(keys.Keys).ToString()));
        Assert.Equal("secret", Encoding.Latin1.GetString(keys.Keys[0].Secret.Span));
    }

    // "N is 0..15. Methods: crc, md5 and sha1"; sha256 is HaSharp's own.
    [Theory]
    [InlineData("0 md5 x", 0, AuthMethod.Md5)]
    [InlineData("15 sha1 x", 15, AuthMethod.Sha1)]
    [InlineData("7 sha256 x", 7, AuthMethod.Sha256)]
    [InlineData("007 sha256 x", 7, AuthMethod.Sha256)]
    public void A_key_has_a_number_a_method_and_a_secret(string line, int number, AuthMethod method)
    {
        var key = Assert.Single(Keys($"auth {number}\n{line}\n").Keys);
        Assert.Equal((number, method, "x"), (key.Number, key.Method, Encoding.Latin1.GetString(key.Secret.Span)));
    }

    // "crc (a key is an error)"; the seeds' "1 crc  ## no secrecy" is a remark.
    [Theory]
    [InlineData("1 crc")]
    [InlineData("1 crc  ## no secrecy")]
    [InlineData("1 crc #x y z")]
    public void Crc_has_no_secret_and_is_warned_of(string line)
    {
        var result = Sources.WithAuthKeys($"auth 1  \n{line}\n");
        Assert.Equal(0, Assert.Single(result.Accepted().Keys.Keys).Secret.Length);
        Assert.StartsWith("authkeys:2:1: warning: key 1 is crc: no authentication", result.Warned(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_crc_key_that_does_not_sign_is_still_accepted_from_anybody()
        => Assert.Contains(
            "key 2 is crc: packets that name it are accepted from anybody",
            Sources.WithAuthKeys("auth 1\n1 sha1 x\n2 crc\n").Warned(), StringComparison.Ordinal);

    // "the key is one word, further words are ignored; no quoting"; "all of 300 characters count".
    [Theory]
    [InlineData("1 sha1 one", "one")]
    [InlineData("1 sha1 \"quoted\"", "\"quoted\"")]
    [InlineData("1 sha1 a#b", "a#b")]
    [InlineData("1 sha1 a# b", "a#", true)]
    [InlineData("1 sha1 one two", "one", true)]
    [InlineData("1 sha1 one # two", "one")]
    [InlineData("1 sha1 \u00E4\u00FF\u0080", "\u00E4\u00FF\u0080")]
    [InlineData("1 sha1 a\0b", "a\0b")]
    public void A_secret_is_one_word_of_any_bytes(string line, string expected, bool isWarned = false)
    {
        var text = $"auth 1\n{line}\n";
        Assert.Equal(expected, Secret(text));
        Assert.Equal(isWarned ? 1 : 0, Sources.WithAuthKeys(text).Problems.Count);
    }

    [Fact]
    public void A_secret_of_300_characters_counts_in_full()
        => Assert.Equal(300, Secret("auth 1\n1 md5 " + new string('k', 300)).Length);

    // "auth N must stand before the line of key N. FIX: accept any order."
    [Fact]
    public void Auth_may_stand_anywhere()
    {
        var keys = Keys("3 sha1 c\n1 sha1 a\nauth 3\n2 sha1 b\n");
        Assert.Equal(3, keys.Active);
        Assert.Equal([1, 2, 3], keys.Keys.Select(k => k.Number));
    }

    // "a repeated number: the last line wins". HaSharp says so.
    [Fact]
    public void The_last_key_of_a_number_counts_with_a_warning()
    {
        const string Text = "auth 1\n1 sha1 old\n1 sha256 new\n";
        Assert.Equal("new", Secret(Text));
        Assert.Equal(
            "authkeys:3:1: warning: key 1 is given twice, first in line 2; the last one counts",
            Sources.WithAuthKeys(Text).Warned());
    }

    [Fact]
    public void The_last_auth_counts_with_a_warning()
    {
        var result = Sources.WithAuthKeys("auth 1\nauth 2\n1 sha1 x\n2 sha1 y\n");
        Assert.Equal(2, result.Accepted().Keys.Active);
        Assert.Contains("auth is given twice", result.Warned(), StringComparison.Ordinal);
    }

    // "Missing file, bad line, no active key -> start refused."
    [Theory]
    [InlineData("1 sha1 x", "authkeys: error: no line \"auth NUMBER\" says which key signs")]
    [InlineData("auth 2\n1 sha1 x", "authkeys:1:1: error: there is no key 2; add a line \"2 sha256 SECRET\"")]
    [InlineData("auth 1\n1 sha1 x\n16 sha1 x", "authkeys:3:1: error: key number 16 is not from 0 to 15")]
    [InlineData("auth 1\n1 sha1 x\n-1 sha1 x", "authkeys:3:1: error: a line is \"auth NUMBER\" or")]
    [InlineData("auth 1\n1 sha1 x\nabc", "authkeys:3:1: error: a line that begins with a must be \"auth NUMBER\"")]
    [InlineData("auth 1\n1 sha1 x\nauth", "authkeys:3:1: error: a line that begins with a must be")]
    [InlineData("auth 1\n1 sha1 x\nauth 16", "authkeys:3:1: error: a line that begins with a must be")]
    [InlineData("auth 1\n1 sha1 x\nauth 1 2", "authkeys:3:1: error: a line that begins with a must be")]
    [InlineData("auth 1\n1 sha1 x\nAuth 1", "authkeys:3:1: error: a line is")]
    [InlineData("auth 1\n1 sha1 x\n2", "authkeys:3:1: error: key 2 needs a method after its number")]
    [InlineData("auth 1\n1 sha1 x\n2 crc x", "authkeys:3:3: error: key 2: crc has no secret")]
    [InlineData("auth 1\n1 sha1 x\n2 sha1", "authkeys:3:3: error: key 2: sha1 needs a secret")]
    [InlineData(
        "auth 1\n1 sha1 x\n2 md5 #x",
        "authkeys:3:3: error: key 2: md5 needs a secret, one word that does not begin with #")]
    [InlineData("auth 1\n1 sha1 x\n2 SHA1 x", "did you mean \"sha1\"?")]
    [InlineData("auth 1\n1 sha1 x\n2 sha-256 x", "did you mean \"sha256\"?")]
    [InlineData("auth 1\n1 sha1 x\n2 blowfish x", "needs a method after its number: crc, md5, sha1, sha256")]
    public void A_bad_line_is_refused_at_its_place(string text, string expected)
        => Assert.Contains(expected, Sources.WithAuthKeys(text).Refused(), StringComparison.Ordinal);

    [Fact]
    public void The_file_must_exist()
        => Assert.StartsWith(
            "authkeys: error: the file is missing; make it with mode 600",
            ConfigReader.Read(Sources.Valid with { AuthKeys = null }).Refused(), StringComparison.Ordinal);

    // A secret is never shown, wherever it stands and whatever is wrong.
    [Theory]
    [InlineData("1 topsecret")]
    [InlineData("topsecret")]
    [InlineData("a topsecret")]
    [InlineData("auth topsecret")]
    [InlineData("1 crc topsecret")]
    [InlineData("1 sha1 first topsecret")]
    [InlineData("99 sha1 topsecret")]
    [InlineData("1 sha1 topsecret\n1 sha1 topsecret")]
    [InlineData("1 sha257 topsecret")]
    public void A_secret_is_never_quoted(string text)
    {
        var result = Sources.WithAuthKeys(text, "644");
        Assert.NotEmpty(result.Problems);
        Assert.DoesNotContain(result.Problems, p => p.ToString().Contains("topsecret", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "topsecret", Keys("auth 1\n1 sha1 topsecret").Keys[0].ToString(), StringComparison.Ordinal);
    }
}
