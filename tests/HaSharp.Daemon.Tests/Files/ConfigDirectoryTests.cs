using System.Diagnostics;
using HaSharp.Core.Config;
using HaSharp.Daemon.Files;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Files;

public sealed class ConfigDirectoryTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryDirectory directory = new();

    public ConfigDirectoryTests()
    {
        Write("ha.cf", "node alpha\nbcast eth0\nauto_failback on\n");
        Write("haresources", "alpha 192.0.2.1\n");
        Write("authkeys", "auth 1\n1 sha1 x\n");
        File.SetUnixFileMode(directory.File("authkeys"), Private);
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Three_good_files_make_a_configuration()
    {
        var sources = Read();
        Assert.Equal(("alpha 192.0.2.1\n", (int)Private), (sources.Haresources, sources.AuthKeysMode));
        Assert.Null(sources.Self);
        Assert.Empty(sources.Problems);
        Assert.NotNull(ConfigReader.Read(sources).Config);
    }

    [Theory]
    [InlineData("Bravo\n", "bravo")]
    [InlineData("bravo", "bravo")]
    [InlineData("  bravo \r\nsecond\n", "bravo")]
    [InlineData("", null)]
    [InlineData("\n", null)]
    public void The_first_line_of_nodeinfo_is_the_nodes_name(string text, string? expected)
    {
        Write("nodeinfo", text);
        Assert.Equal(expected, Read().Self?.Text);
    }

    [Fact]
    public void A_nodeinfo_without_a_name_in_it_is_refused()
    {
        Write("nodeinfo", new string('n', ConfigLimits.NodeNameBytes + 1));
        Assert.Contains("nodeinfo: error: its first line is longer than 99 bytes", Refusals());
    }

    [Fact]
    public void The_mode_of_authkeys_comes_with_its_bytes()
    {
        File.SetUnixFileMode(directory.File("authkeys"), Private | UnixFileMode.GroupRead);
        Assert.Contains("its mode is 0640", Refusals());
        Write("authkeys", "");
        Assert.Equal(Private | UnixFileMode.GroupRead, (UnixFileMode)Read().AuthKeysMode!);
    }

    [Theory]
    [InlineData("ha.cf")]
    [InlineData("haresources")]
    [InlineData("authkeys")]
    public void A_missing_file_is_named_once(string name)
    {
        File.Delete(directory.File(name));
        Assert.StartsWith($"{name}: error: the file is missing; ", Refusals());
    }

    [Fact]
    public void A_file_that_names_programs_and_that_everybody_may_write_is_told()
    {
        File.SetUnixFileMode(directory.File("haresources"), Private | UnixFileMode.OtherWrite);
        var problem = Assert.Single(ConfigReader.Read(Read()).Problems, p => p.Text.Contains("everybody may write it"));
        Assert.Equal(("haresources", ProblemSeverity.Warning), (problem.File, problem.Severity));
    }

    [Fact]
    public void A_missing_directory_is_named()
    {
        var problems = ConfigReader.Read(ConfigDirectory.Read(directory.File("nowhere"))).Problems;
        Assert.Equal(
            $"ha.cf: error: there is no directory {directory.File("nowhere")}; name another one with --ha-dir",
            problems[0].ToString());
        Assert.Equal(3, problems.Count);
    }

    [Fact]
    public void A_directory_in_the_place_of_a_file_is_named()
    {
        File.Delete(directory.File("ha.cf"));
        Directory.CreateDirectory(directory.File("ha.cf"));
        Assert.Contains("is a directory; put a file in its place", Refusals());
    }

    [Fact]
    public void A_file_of_one_mebibyte_is_read_and_one_byte_more_is_refused()
    {
        var line = "#" + new string('x', 1022) + "\n";
        var text = "node alpha\nbcast eth0\nauto_failback on\n";
        text += string.Concat(Enumerable.Repeat(line, (ConfigLimits.FileBytes - text.Length) / line.Length));
        text += "#" + new string('x', ConfigLimits.FileBytes - text.Length - 1);
        Write("ha.cf", text);
        Assert.NotNull(ConfigReader.Read(Read()).Config);
        Write("ha.cf", text + "\n");
        Assert.Contains("is larger than 1048576 bytes", Refusals());
    }

    // A pipe would block the reader, a device would never end: neither is opened.
    [Fact]
    public void A_pipe_or_a_device_is_never_opened()
    {
        File.Delete(directory.File("haresources"));
        Process.Start("mkfifo", directory.File("haresources")).WaitForExit();
        File.Delete(directory.File("ha.cf"));
        File.CreateSymbolicLink(directory.File("ha.cf"), "/dev/zero");
        var sources = Read();
        Assert.Equal(("", ""), (sources.HaCf, sources.Haresources));
    }

    [Fact]
    public void A_symbolic_link_to_a_file_is_followed_and_a_broken_one_is_a_missing_file()
    {
        File.Move(directory.File("authkeys"), directory.File("real"));
        File.CreateSymbolicLink(directory.File("authkeys"), "real");
        Assert.NotNull(ConfigReader.Read(Read()).Config);
        File.Delete(directory.File("real"));
        Assert.StartsWith("authkeys: error: the file is missing", Refusals());
    }

    [Fact]
    public void A_circle_of_symbolic_links_is_a_problem_and_no_exception()
    {
        File.Delete(directory.File("ha.cf"));
        File.CreateSymbolicLink(directory.File("ha.cf"), "ha.cf");
        Assert.StartsWith("ha.cf: error: ", Refusals());
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_accepted_in_remarks()
    {
        File.WriteAllBytes(directory.File("haresources"), [.. "# caf"u8, 0xE9, .. "\nalpha x\n"u8]);
        Assert.NotNull(ConfigReader.Read(Read()).Config);
        File.WriteAllBytes(directory.File("haresources"), [.. "alpha caf"u8, 0xE9]);
        Assert.Contains("haresources:1:10: error: bytes that are not UTF-8", Refusals());
    }

    private ConfigSources Read() => ConfigDirectory.Read(directory.Path);

    private string Refusals()
    {
        var result = ConfigReader.Read(Read());
        Assert.Null(result.Config);
        return Assert.Single(result.Problems, p => p.Severity == ProblemSeverity.Error).ToString();
    }

    private void Write(string name, string text) => File.WriteAllText(directory.File(name), text);
}
