using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Core.Resources;
using HaSharp.Daemon.Agents;
using HaSharp.Daemon.Tests.Host;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

[Collection(ProcessTests.Name)]
public sealed class AgentCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = TemporaryDirectory.ForAgents();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _directory.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public void It_prints_what_the_agent_prints_and_then_what_it_means()
    {
        _directory.Script("resource.d/disk", "#!/bin/sh\necho \"$1: OK\"\necho careful >&2\nexit 0\n");

        Assert.Equal(0, Run("disk", "r0", "status"));
        Assert.Equal("r0: OK\ndisk: running\n", _output.ToString());
        Assert.Equal("careful\n", _errors.ToString());
    }

    [Theory]
    [InlineData("status", 3, "disk: not running\n", "")]
    [InlineData("start", 1, "", "disk start ended with exit code 3\n")]
    public void The_exit_code_says_stopped_or_failed(string action, int code, string output, string errors)
    {
        _directory.Script("resource.d/disk", "#!/bin/sh\nexit 3\n");

        Assert.Equal(code, Run("disk", action));
        Assert.Equal(output, _output.ToString());
        Assert.EndsWith(errors, _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_agent_fails_with_the_place_where_it_should_be()
    {
        Assert.Equal(1, Run("disk", "start"));
        Assert.StartsWith("Cannot locate resource script disk", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_of_haresources_names_the_arguments_too()
    {
        _directory.Script("resource.d/disk", "#!/bin/sh\necho \"$*\"\n");

        Assert.Equal(0, Run("disk::r0::/srv", "start"));
        Assert.Equal("r0 /srv start\ndisk: done\n", _output.ToString());
    }

    [Theory]
    [InlineData("10.0.0.1/24", "kill", "10.0.0.1/24 stop")]
    [InlineData("IPaddr2::10.0.0.1/24/eth0", "status", "10.0.0.1/24/eth0 status")]
    public void An_address_may_be_named_by_its_word(string word, string action, string given)
    {
        Assert.Equal(42, Run(word, action));
        Assert.Equal(given, _output.ToString());
    }

    [Fact]
    public void What_does_not_end_in_time_has_a_code_of_its_own()
    {
        _directory.Script("resource.d/disk", "#!/bin/sh\nexec sleep 1000\n");

        Assert.Equal(5, Run("disk", "monitor"));
        Assert.EndsWith("no end within 2 s\n", _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("disk")]
    [InlineData("disk", "restart")]
    public void Wrong_usage_is_told_from_failure(params string[] words)
    {
        Assert.Equal(2, Run(words));
        Assert.StartsWith("usage: ", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_is_for_the_built_in_code_even_under_its_own_wrapper()
    {
        _directory.Script("resource.d/IPaddr", "#!/bin/sh\nexec hasharp agent IPaddr \"$@\"\n");

        Assert.Equal(42, Run("IPaddr", "10.0.0.1", "monitor"));
        Assert.Equal("10.0.0.1 monitor", _output.ToString());
    }

    private int Run(params string[] words)
    {
        AgentCatalog catalog = new(new AgentDirectories(
            _directory.File("resource.d"), _directory.File("init.d"), [], "/bin/systemctl"));
        return new AgentCommand(catalog, CallOf, Address).Run(words, _output, _errors);
    }

    private static AgentCall CallOf(Resource resource, AgentAction action) =>
        new(new GroupName("g"), resource, action, TimeSpan.FromSeconds(2), ["PATH=/usr/bin:/bin"]);

    private static int Address(IReadOnlyList<string> words, TextWriter output, TextWriter errors)
    {
        output.Write(string.Join(' ', words));
        return 42;
    }
}
