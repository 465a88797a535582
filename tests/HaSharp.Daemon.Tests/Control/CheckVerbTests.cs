using System.Text.Json;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Control;

/// <summary>hasharp check: the files, and what they name on this machine.</summary>
public sealed class CheckVerbTests : IDisposable
{
    private readonly TemporaryDirectory _directory = TemporaryDirectory.ForAgents();
    private readonly string _files;

    public CheckVerbTests()
    {
        _files = _directory.File("files");
        Directory.CreateDirectory(_files);
        SampleFiles.Write(_files);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Good_files_are_accepted_and_the_line_of_a_bad_one_is_named()
    {
        Hasharp.Result good = await Hasharp.Run("check", _files);
        File.AppendAllText(Path.Combine(_files, "ha.cf"), "keepalife 2\n");
        Hasharp.Result bad = await Hasharp.Run("check", "--ha-dir", _files);
        Hasharp.Result json = await Hasharp.Run("check", "--json", _files);

        Assert.Equal((0, 6, 6), (good.ExitCode, bad.ExitCode, json.ExitCode));
        Assert.EndsWith(
            ": good: 2 nodes, 1 link, 0 resource groups; 0 errors, 1 warning\n", good.Output, StringComparison.Ordinal);
        Assert.Contains("ha.cf:8:1: error: unknown directive \"keepalife\"", bad.Output, StringComparison.Ordinal);
        JsonElement problem = JsonDocument.Parse(json.Output).RootElement.GetProperty("problems").EnumerateArray()
            .Single(found => found.GetProperty("severity").GetString() == "error");
        Assert.Equal(8, problem.GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task A_link_on_a_missing_interface_is_told_and_so_is_a_machine_that_is_none_of_the_nodes()
    {
        File.AppendAllText(Path.Combine(_files, "ha.cf"), "bcast eth98\n");
        Hasharp.Result stranger = await Hasharp.Run("check", _files);
        File.WriteAllText(Path.Combine(_files, "nodeinfo"), "alpha\n");
        Hasharp.Result member = await Hasharp.Run("check", _files);

        Assert.Contains("which is none of the nodes (alpha, bravo)", stranger.Output, StringComparison.Ordinal);
        Assert.Contains("ha.cf:8:7: warning: this machine has no interface eth98", member.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_commands_and_interfaces_are_looked_for_also_while_ha_cf_has_errors()
    {
        File.WriteAllText(Path.Combine(_files, "haresources"), "alpha 10.0.0.1/24/eth99 no-such-agent\n");
        File.WriteAllText(Path.Combine(_files, "nodeinfo"), "alpha\n");
        File.AppendAllText(Path.Combine(_files, "ha.cf"), "notify /no/such/program\n");
        Hasharp.Result good = await Hasharp.Run("check", _files);
        File.AppendAllText(Path.Combine(_files, "ha.cf"), "keepalife 2\n");
        Hasharp.Result bad = await Hasharp.Run("check", _files);

        Assert.Equal((0, 6), (good.ExitCode, bad.ExitCode));
        const string Agent = "haresources:1:25: warning: no-such-agent: Cannot locate resource script";
        const string Command = "ha.cf:8:8: warning: there is no program /no/such/program";
        foreach (string output in (string[])[good.Output, bad.Output])
        {
            Assert.Contains(Agent, output, StringComparison.Ordinal);
            Assert.Contains(Command, output, StringComparison.Ordinal);
        }

        Assert.Contains("haresources:1:7: warning: 10.0.0.1/24/eth99: this machine has no interface eth99", good.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interfaces_of_another_machine_are_not_looked_for()
    {
        File.WriteAllText(Path.Combine(_files, "haresources"), "alpha 10.0.0.1/24/eth99\n");

        Assert.DoesNotContain("eth99", (await Hasharp.Run("check", _files)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_are_looked_for_beside_the_files_unless_another_directory_is_named()
    {
        File.WriteAllText(Path.Combine(_files, "haresources"), "alpha site-agent\n");
        _directory.Script("files/resource.d/site-agent", "#!/bin/sh\n");
        string elsewhere = _directory.File("elsewhere");
        Hasharp.Result beside = await Hasharp.Run("check", _files);
        Hasharp.Result other = await Hasharp.Run("check", "--ha-dir", elsewhere, _files);

        Assert.DoesNotContain("site-agent", beside.Output, StringComparison.Ordinal);
        Assert.Contains($"looked in {elsewhere}/resource.d", other.Output, StringComparison.Ordinal);
    }
}
