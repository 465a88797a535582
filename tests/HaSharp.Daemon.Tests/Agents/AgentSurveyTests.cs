using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

/// <summary>What is told of agents when the daemon starts, and what OCF agents say of themselves.</summary>
[Collection(ProcessTests.Name)]
public sealed class AgentSurveyTests : IDisposable
{
    private const string MetaData = """
        <?xml version="1.0"?>
        <!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
        <resource-agent name="disk" version="2.1">
        <version>1.0</version>
        <longdesc lang="en">Mounts &lt;things&gt;.</longdesc>
        <shortdesc lang="en">A disk</shortdesc>
        <parameters>
          <parameter name="device" required="1"><shortdesc lang="en">Block device</shortdesc>
            <content type="string" default=""/></parameter>
          <parameter name="options"><shortdesc lang="en">Mount options</shortdesc>
            <content type="string" default="ro"/></parameter>
        </parameters>
        <actions>
          <action name="start" timeout="60s"/><action name="stop" timeout="2min"/>
          <action name="monitor" depth="10" timeout="99s" interval="99s"/>
          <action name="monitor" role="Promoted" depth="0" timeout="88s" interval="88s"/>
          <action name="monitor" depth="0" timeout="40" interval="1500ms"/>
        </actions>
        </resource-agent>
        """;

    private readonly AgentBench _bench = new();
    private readonly List<string> _warnings = [];
    private readonly Dictionary<string, AgentTimes> _described = [];

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_times_of_an_OCF_agent_are_told_for_each_of_its_resources()
    {
        Ocf("echo $1 >> calls; [ $1 = meta-data ] && cat meta");

        await Look("ocf:test:disk::device=/dev/sda1", "ocf:test:disk::device=/dev/sdb1");

        AgentTimes times = new(Seconds(1.5), Seconds(40), Seconds(60), Seconds(120));
        Assert.Equal(times, _described["ocf:test:disk::device=/dev/sda1"]);
        Assert.Equal(times, _described["ocf:test:disk::device=/dev/sdb1"]);
        Assert.Equal(["meta-data"], _bench.Lines("calls"));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Parameters_that_the_agent_does_not_know_and_those_that_it_misses_are_told()
    {
        Ocf("cat meta");

        await Look("ocf:test:disk::devise=/dev/sda1::fish=1::OCF_CHECK_LEVEL=10");

        Assert.Equal(
            [
                "ocf:test:disk::devise=/dev/sda1::fish=1::OCF_CHECK_LEVEL=10: the agent knows no parameter "
                    + "devise (did you mean device?), fish",
                "ocf:test:disk::devise=/dev/sda1::fish=1::OCF_CHECK_LEVEL=10: the agent requires device",
            ],
            _warnings);
        Assert.Single(_described);
    }

    [Theory]
    [InlineData("exit 1", "its meta-data is no XML: ")]
    [InlineData("echo '<html/>'", "its meta-data begins with html instead of resource-agent")]
    [InlineData("exec cat /dev/urandom", "its meta-data is no XML: ")]
    [InlineData("printf '<a><b>'", "its meta-data is no XML: ")]
    [InlineData("echo '<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>'", "its meta-data is no XML")]
    public async Task Meta_data_that_cannot_be_read_are_told_once_and_no_more_comes_of_it(string script, string why)
    {
        Ocf("timeout 2 sh -c '" + script.Replace("'", "'\\''", StringComparison.Ordinal) + "'");

        await Look("ocf:test:disk::device=a", "ocf:test:disk::device=b");

        Assert.StartsWith($"ocf:test:disk: {why}", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Empty(_described);
    }

    [Fact]
    public async Task Every_agent_that_is_missing_or_refused_is_told_once()
    {
        string open = _bench.Files.Script("resource.d/open", "#!/bin/sh\n");
        File.SetUnixFileMode(open, (UnixFileMode)Convert.ToInt32("777", 8));
        _bench.Files.Script("resource.d/good", "#!/bin/sh\n");

        await Look("good", "IPaddr::10.0.0.1", "open::a", "nothing", "nothing");

        Assert.Equal(2, _warnings.Count);
        Assert.StartsWith($"open::a: refused: {open} has mode 0777", _warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("nothing: Cannot locate", _warnings[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LoadState=masked", "web: web.service is masked (systemctl unmask)")]
    [InlineData("LoadState=not-found", "web: web.service is unknown to systemd")]
    [InlineData("UnitFileState=enabled", "web: web.service is enabled, so that systemd starts it on every node")]
    public async Task A_unit_that_cannot_be_started_or_that_starts_by_itself_is_told(string state, string warning)
    {
        Directory.CreateDirectory(_bench.Files.File("units"));
        File.WriteAllText(_bench.Files.File("units/web.service"), "");
        _bench.Files.Script("systemctl", $"#!/bin/sh\necho {state}\n");

        await Look("web");
        Assert.StartsWith(warning, Assert.Single(_warnings), StringComparison.Ordinal);

        _warnings.Clear();
        _bench.Files.Script("init.d/web", "#!/bin/sh\n");
        await Look("web");
        Assert.StartsWith(warning, Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_can_be_described_to_people()
    {
        Ocf("cat meta");
        _bench.Files.Script(
            "resource.d/site",
            "#!/bin/sh\n#\n# site NAME\n# hasharp: actions start stop\n#  Starts it.\n\n# Twice.\nexit 0\n");
        var describer = new AgentDescriber(new AgentCatalog(_bench.Directories), _bench.Watcher, _bench.Environment);

        AgentDescription disk = (await describer.Describe("ocf:test:disk::device=x")).Description!;
        Assert.Equal(("ocf", "Mounts <things>.", "2.1"), (disk.Kind, disk.Help, disk.MetaData!.Version));
        Assert.Equal(
            new OcfParameter("options", false, "string", "ro", "Mount options", ""), disk.MetaData.Parameters[1]);

        AgentDescription site = (await describer.Describe("site::a")).Description!;
        Assert.Equal(("script", "site NAME\n Starts it.\n\nTwice."), (site.Kind, site.Help));

        Assert.Equal("built-in", (await describer.Describe("10.0.0.1")).Description!.Kind);
        Assert.StartsWith("Cannot locate", (await describer.Describe("nope")).Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void All_agents_are_listed_in_the_order_in_which_they_are_looked_for()
    {
        Ocf("exit 0");
        foreach (string file in (string[])["resource.d/b", "resource.d/a", "init.d/c", "init.d/a"])
        {
            _bench.Files.Script(file, "#!/bin/sh\n");
        }

        Directory.CreateDirectory(_bench.Files.File("units"));
        File.WriteAllText(_bench.Files.File("units/d.service"), "");
        File.WriteAllText(_bench.Files.File("units/c.service"), "");
        File.WriteAllText(_bench.Files.File("init.d/README"), "");

        IEnumerable<string> lines = AgentListing.Of(new AgentCatalog(_bench.Directories), _bench.Directories)
            .Select(entry => $"{entry.Name} {entry.Location.Kind}");

        Assert.Equal(
            [
                "IPaddr built-in", "IPaddr2 built-in", "IPv6addr built-in", "a script", "b script", "c init",
                "ocf:test:disk ocf", "d systemd",
            ],
            lines);
    }

    [Fact]
    public void What_the_files_name_and_the_machine_has_not_is_told_with_its_place()
    {
        string open = _bench.Files.Script("resource.d/look", "#!/bin/sh\n");
        File.SetUnixFileMode(open, (UnixFileMode)Convert.ToInt32("777", 8));
        string text = _bench.Files.File("text");
        File.WriteAllText(text, "");
        Mention[] mentions =
        [
            new Mention.OfProgram(3, 8, "/usr/bin/true"),
            new Mention.OfProgram(4, 8, "/nothing/there"),
            new Mention.OfProgram(5, 8, text),
            new Mention.OfProgram(6, 8, open),
            new Mention.OfResource(1, 7, Resource.Parse("10.0.0.1/24/eth9")),
            new Mention.OfResource(1, 30, Resource.Parse("IPaddr::10.0.0.2/24/eth0:1")),
            new Mention.OfResource(1, 60, Resource.Parse("nothing")),
        ];
        var catalog = new AgentCatalog(_bench.Directories);

        string[] told = [.. AgentSurvey.Faults(catalog, mentions, ["lo", "eth0"]).Select(fault => fault.ToString())];

        Assert.Equal(
            [
                "ha.cf:4:8: warning: there is no program /nothing/there",
                $"ha.cf:5:8: warning: {text} is not executable (chmod +x)",
            ],
            told[..2]);
        Assert.StartsWith(
            $"ha.cf:6:8: warning: {open} is not run: {open} has mode 0777", told[2], StringComparison.Ordinal);
        Assert.Equal(
            "haresources:1:7: warning: 10.0.0.1/24/eth9: this machine has no interface eth9 (did you mean eth0?)",
            told[3]);
        Assert.StartsWith("haresources:1:60: warning: nothing: Cannot locate", told[4], StringComparison.Ordinal);
        Assert.Equal(4, AgentSurvey.Faults(catalog, mentions, interfaces: null).Count);
    }

    [Fact]
    public void An_address_of_an_OCF_agent_that_nobody_can_be_asked_about_is_told()
    {
        Ocf("exit 0");
        _bench.Files.Script("ocf/resource.d/test/IPaddr2", "#!/bin/sh\nexit 0\n");
        string[] words = ["ocf:test:IPaddr2::ip=10.0.0.1", "ocf:test:IPaddr2::addr=10.0.0.2", "ocf:test:disk::ip=x"];
        Mention[] mentions = [.. words.Select(word => new Mention.OfResource(1, 1, Resource.Parse(word)))];

        ConfigProblem told = Assert.Single(
            AgentSurvey.Faults(new AgentCatalog(_bench.Directories), mentions, interfaces: null));

        Assert.StartsWith($"{words[1]}: which address this is", told.Text, StringComparison.Ordinal);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private async Task Look(params string[] words)
    {
        Mention[] mentions = [.. words.Select(word => new Mention.OfResource(1, 1, Resource.Parse(word)))];
        var catalog = new AgentCatalog(_bench.Directories);
        _warnings.AddRange(AgentSurvey.Faults(catalog, mentions, ["eth0"]).Select(fault => fault.Text));
        await new AgentSurvey(catalog, _bench.Watcher, _bench.Environment)
            .Ask(mentions, _described.Add, problem => _warnings.Add(problem.Text));
    }

    /// <summary>An agent that runs in the directory of the bench, where the file "meta" is.</summary>
    private void Ocf(string script)
    {
        File.WriteAllText(_bench.Files.File("meta"), MetaData);
        _bench.Files.Script("ocf/resource.d/test/disk", $"#!/bin/sh\ncd {_bench.Files.Path}\n{script}\n");
    }
}
