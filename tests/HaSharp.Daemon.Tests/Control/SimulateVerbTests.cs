using System.Text.Json;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Control;

/// <summary>hasharp simulate: the files of a directory, played.</summary>
public sealed class SimulateVerbTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public SimulateVerbTests()
    {
        SampleFiles.Write(_directory.Path);
        File.WriteAllText(_directory.File("haresources"), "alpha IPaddr::10.0.0.100/24/eth0 web\n");
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_a_power_cut_does_is_a_timeline_a_table_and_an_exit_code()
    {
        Hasharp.Result text = await Simulate("--power-cut", "alpha");
        Hasharp.Result json = await Simulate("--power-cut", "alpha", "--json");
        Hasharp.Result split = await Simulate("--cut", "all");

        Assert.Equal((0, 0, 1), (text.ExitCode, json.ExitCode, split.ExitCode));
        Assert.Contains("power-cut alpha", text.Output, StringComparison.Ordinal);
        Assert.Contains("because alpha is dead or has left", text.Output, StringComparison.Ordinal);
        Assert.EndsWith("The cluster survives this.\n", text.Output, StringComparison.Ordinal);
        JsonElement group = JsonDocument.Parse(json.Output).RootElement.GetProperty("groups")[0];
        Assert.Equal("bravo", group.GetProperty("after")[0].GetString());
        Assert.True(group.GetProperty("outageMs").GetInt64() > 0);
        Assert.Contains("runs on alpha, bravo", split.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_of_all_single_faults_has_a_line_for_each()
    {
        Hasharp.Result text = await Simulate("--all-single-faults");
        Hasharp.Result json = await Simulate("--all-single-faults", "--json");

        // The one link is a single fault that nobody without fencing survives.
        Assert.Equal((1, 1), (text.ExitCode, json.ExitCode));
        JsonElement[] all = [.. JsonDocument.Parse(json.Output).RootElement.EnumerateArray()];
        Assert.Equal(all.Length + 2, text.Output.TrimEnd('\n').Split('\n').Length);
        Assert.Contains(all, fault => fault.GetProperty("survives").GetBoolean());
    }

    [Theory]
    [InlineData("--power-cut", "charlie", "no node charlie in these files; there are: alpha, bravo")]
    [InlineData("--crash", "mysql", "no resource mysql in these files; there are: IPaddr::10.0.0.100/24/eth0, web")]
    [InlineData("--agents", "soon", "--agents takes a time such as 300ms or 5s, not 'soon'")]
    public async Task What_the_files_do_not_know_is_told(string option, string word, string expected)
    {
        Hasharp.Result wrong = await Simulate(option, word);

        Assert.Equal(2, wrong.ExitCode);
        Assert.StartsWith(expected, wrong.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_with_errors_and_a_question_without_a_fault_are_refused()
    {
        Assert.Equal(2, (await Simulate()).ExitCode);
        Assert.Equal(2, (await Simulate("--all-single-faults", "--power-cut", "alpha")).ExitCode);
        File.AppendAllText(_directory.File("ha.cf"), "keepalife 2\n");
        Hasharp.Result bad = await Simulate("--power-cut", "alpha");

        Assert.Equal(6, bad.ExitCode);
        Assert.Contains("unknown directive \"keepalife\"", bad.Errors, StringComparison.Ordinal);
    }

    private Task<Hasharp.Result> Simulate(params string[] arguments) =>
        Hasharp.Run(["simulate", .. arguments, "--ha-dir", _directory.Path]);
}
