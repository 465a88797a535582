// `hasharp message decode | hasharp message encode`, on the recorded packets and on files that are none.

using System.Text;
using System.Text.Json;
using HaSharp.Cli.Messages;
using HaSharp.Core.Config;
using HaSharp.Core.Wire;

namespace HaSharp.Cluster.Tests.Messages;

public sealed class MessageVerbTests : IDisposable
{
    private static readonly AuthKeys Sha1 = Keys(AuthMethod.Sha1, "HaSharpTestKey1");

    private readonly string folder = Directory.CreateTempSubdirectory("hasharp-message-").FullName;

    public static TheoryData<string> Recordings { get; } =
        [.. Directory.GetDirectories(Raw()).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_recorded_packet_survives_decode_and_encode_with_and_without_keys(string recording)
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(Raw(), recording)).Order(StringComparer.Ordinal)];
        foreach (AuthKeys? keys in (AuthKeys?[])[null, KeysOf(recording)])
        {
            (int exitCode, string lines) = Decode(keys, files);
            Assert.Equal(0, exitCode);
            AssertDigests(lines, keys is null ? "unchecked" : "verified", recording);
            string target = Path.Combine(folder, keys is null ? "without" : "with");
            Assert.Equal((0, ""), Encode(lines, keys, target));
            Assert.Equal(files.Length, Directory.GetFiles(target).Length);
            foreach (string file in files)
            {
                byte[] again = File.ReadAllBytes(Path.Combine(target, Path.GetFileName(file)));
                Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(again), file);
            }
        }
    }

    [Fact]
    public void A_line_says_what_is_in_a_packet()
    {
        string file = Path.Combine(Raw(), "sha1-netstring-bcast-life", "000.bin");
        JsonElement line = Parse(Decode(Sha1, file).Lines);
        Assert.Equal(file, line.GetProperty("file").GetString());
        Assert.Equal("netstring", line.GetProperty("framing").GetString());
        Assert.Equal("verified", line.GetProperty("outer").GetString());
        Assert.Equal("missing", line.GetProperty("inner").GetString());
        JsonElement[] fields = [.. line.GetProperty("fields").EnumerateArray()];
        Assert.Equal("""{"name":"t","type":0,"value":"status"}""", fields[0].GetRawText());
        Assert.Equal("srcuuid", fields[5].GetProperty("name").GetString());
        Assert.Equal(1, fields[5].GetProperty("type").GetInt32());
        Assert.Equal(32, fields[5].GetProperty("value").GetString()!.Length);
        Assert.StartsWith("1 ", line.GetProperty("digest").GetString(), StringComparison.Ordinal);
        Assert.False(line.TryGetProperty("trailing", out _));
        Assert.False(line.TryGetProperty("leading", out _));
    }

    [Fact]
    public void A_wrong_digest_is_shown_and_copied()
    {
        string file = Write("wrong.bin", File.ReadAllBytes(Path.Combine(Raw(), "md5-classic-bcast-life", "000.bin")));
        (int exitCode, string lines) = Decode(Sha1, file);
        Assert.Equal(0, exitCode);
        Assert.Equal("wrong", Parse(lines).GetProperty("outer").GetString());
        Assert.Equal("wrong", Parse(lines).GetProperty("inner").GetString());
        AssertSame(file, Sha1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("###\n0:,%%%\n")]
    [InlineData("###\n11:(0)t=status,%%%\n")]
    [InlineData("###\n11:(0)t=status,%%%\n3:1 x,")]
    [InlineData("###\n11:(0)t=status,%%%\n3:1 x,\0\0rest")]
    [InlineData("###\n11:(0)t=status,%%%\n3:1 \u00ff,")]
    [InlineData("###\n11:(0)t=st\u00fftus,%%%\n")]
    [InlineData("###\n14:(0)t=\"\\\n\u0001\u007f'<&,6:(1)b=\0,21:(2)m=###\n5:(0)c=,%%%\n,5:(3)l=,6:(4)c=\0,%%%\n")]
    [InlineData("###\n9:(0)auth=x,%%%\n")]
    [InlineData("\n\n>>>\nt=status\nauth=1 x\n<<<\n\0")]
    [InlineData(">>>\nt=a=b\nu=\u0013x\n(1)v=AAEC\n<<<\n")]
    [InlineData(">>>\nt=a\nauth=\u00ff\nz=y\n<<<\nmore")]
    public void Whatever_a_file_holds_decode_and_encode_give_the_same_bytes(string text)
    {
        string file = Write("any.bin", Encoding.Latin1.GetBytes(text));
        AssertSame(file, null);
        AssertSame(file, Sha1);
    }

    [Fact]
    public void A_file_without_a_packet_gives_an_error_line_and_exit_code_1_and_the_others_are_decoded()
    {
        string good = Path.Combine(Raw(), "sha1-classic-bcast-life", "000.bin");
        string bad = Write("bad.bin", [.. "nonsense"u8]);
        string large = Write("large.bin", new byte[Packet.MaxDatagram + 1]);
        (int exitCode, string lines) = Decode(null, good, bad, Path.Combine(folder, "none.bin"), folder, large, good);
        Assert.Equal(1, exitCode);
        JsonElement[] all = [.. lines.TrimEnd('\n').Split('\n').Select(Parse)];
        Assert.Equal(6, all.Length);
        Assert.True(all[0].TryGetProperty("fields", out _) && all[5].TryGetProperty("fields", out _));
        Assert.All(all[1..5], line => Assert.False(string.IsNullOrEmpty(line.GetProperty("error").GetString())));
        Assert.Equal("6e6f6e73656e7365", all[1].GetProperty("raw").GetString());
    }

    [Fact]
    public void An_edited_line_is_signed_again_with_the_key_that_it_names()
    {
        string file = Path.Combine(Raw(), "sha1-classic-bcast-life", "000.bin");
        string edited = Decode(Sha1, file).Lines.Replace("\"init\"", "\"active\"", StringComparison.Ordinal);
        Assert.Equal((0, ""), Encode(edited, Sha1, folder));
        string again = Decode(Sha1, Path.Combine(folder, "000.bin")).Lines;
        Assert.Equal("verified", Parse(again).GetProperty("outer").GetString());
        Assert.Equal("verified", Parse(again).GetProperty("inner").GetString());
        Assert.Contains("\"active\"", again, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_with_the_documented_members_alone_is_signed_with_the_active_key()
    {
        string line = """
            {"file":"x/a.bin","framing":"netstring","outer":"verified","inner":"verified",
            "fields":[{"name":"t","type":0,"value":"status"}]}
            """.ReplaceLineEndings("");
        Assert.Equal((0, ""), Encode(line, Sha1, folder));
        JsonElement again = Parse(Decode(Sha1, Path.Combine(folder, "a.bin")).Lines);
        Assert.Equal("verified", again.GetProperty("outer").GetString());
        Assert.Equal("verified", again.GetProperty("inner").GetString());
        (int exitCode, string errors) = Encode(line, null, folder);
        Assert.Equal(1, exitCode);
        Assert.Equal("line 1: the line has no digest, and without --authkeys none can be made\n", errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"file":1}""")]
    [InlineData("""{"file":"a","error":"gone"}""")]
    [InlineData("""{"file":"a","framing":"net","outer":"missing","inner":"missing","fields":[]}""")]
    [InlineData("""{"file":"a","framing":"netstring","outer":"7","inner":"missing","fields":[]}""")]
    [InlineData("""{"file":"a","framing":"netstring","outer":"missing","inner":"missing","fields":[],"leading":-1}""")]
    [InlineData("""{"file":"..","framing":"netstring","outer":"missing","inner":"missing","fields":[]}""")]
    public void A_line_that_is_none_gives_a_sentence_and_exit_code_1_and_the_others_are_encoded(string line)
    {
        string good = Decode(null, Path.Combine(Raw(), "sha1-classic-bcast-life", "000.bin")).Lines;
        (int exitCode, string errors) = Encode(line + "\n" + good, null, folder);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("line 1: ", errors, StringComparison.Ordinal);
        Assert.Equal(1, errors.Count(character => character == '\n'));
        Assert.True(File.Exists(Path.Combine(folder, "000.bin")));
    }

    [Theory]
    [InlineData("""{"name":"","type":0,"value":""}""")]
    [InlineData("""{"name":"a","type":5,"value":""}""")]
    [InlineData("""{"name":"a","type":1,"value":"x"}""")]
    [InlineData("""{"name":"a","type":0,"value":"\u0000"}""")]
    [InlineData("""{"name":"a","type":0}""")]
    public void A_field_that_is_none_gives_a_sentence_and_exit_code_1(string field)
    {
        string line = $$"""
            {"file":"a","framing":"netstring","outer":"missing","inner":"missing","fields":[{{field}}]}
            """;
        (int exitCode, string errors) = Encode(line, null, folder);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("line 1: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_files_of_one_name_do_not_replace_one_another()
    {
        string lines = Decode(
            null,
            Path.Combine(Raw(), "sha1-classic-bcast-life", "000.bin"),
            Path.Combine(Raw(), "md5-classic-bcast-life", "000.bin")).Lines;
        (int exitCode, string errors) = Encode(lines, null, folder);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("line 2: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_directory_the_packets_follow_one_another_on_the_output()
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(Raw(), "crc-classic-bcast-life")).Take(3)];
        var lines = new StringReader(Decode(null, files).Lines);
        var output = new MemoryStream();
        int exitCode = MessageEncoding.Run(lines, null, null, output, TextWriter.Null);
        Assert.Equal(0, exitCode);
        Assert.Equal(files.SelectMany(File.ReadAllBytes), output.ToArray());
    }

    private static void AssertDigests(string lines, string outer, string recording)
    {
        string inner = recording.Contains("classic", StringComparison.Ordinal) ? outer : "missing";
        foreach (JsonElement line in lines.TrimEnd('\n').Split('\n').Select(Parse))
        {
            Assert.Equal(outer, line.GetProperty("outer").GetString());
            Assert.Equal(inner, line.GetProperty("inner").GetString());
        }
    }

    private void AssertSame(string file, AuthKeys? keys)
    {
        string target = Path.Combine(folder, "again");
        Assert.Equal((0, ""), Encode(Decode(keys, file).Lines, keys, target));
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(target, Path.GetFileName(file))));
    }

    private static (int ExitCode, string Lines) Decode(AuthKeys? keys, params string[] files)
    {
        var output = new StringWriter();
        return (MessageDecoding.Run(files, keys, output), output.ToString());
    }

    private static (int ExitCode, string Errors) Encode(string lines, AuthKeys? keys, string target)
    {
        var errors = new StringWriter();
        return (MessageEncoding.Run(new StringReader(lines), keys, target, Stream.Null, errors), errors.ToString());
    }

    private string Write(string name, byte[] bytes)
    {
        string file = Path.Combine(folder, name);
        File.WriteAllBytes(file, bytes);
        return file;
    }

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    private static AuthKeys KeysOf(string recording)
    {
        AuthMethod method = Enum.Parse<AuthMethod>(recording.Split('-')[0], ignoreCase: true);
        return Keys(method, method == AuthMethod.Crc ? "" : "HaSharpTestKey1");
    }

    private static AuthKeys Keys(AuthMethod method, string secret) =>
        new(1, [new AuthKey(1, method, Encoding.ASCII.GetBytes(secret))]);

    private static string Raw()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "HaSharp.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        return Path.Combine(
            root ?? throw new InvalidOperationException("The tests run outside the repository."),
            "tests", "HaSharp.Core.Tests", "Data", "captures", "raw");
    }
}
