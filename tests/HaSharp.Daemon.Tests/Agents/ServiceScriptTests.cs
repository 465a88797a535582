using HaSharp.Daemon.Processes;
using HaSharp.Daemon.Tests.Host;
using HaSharp.Daemon.Tests.Processes;

namespace HaSharp.Daemon.Tests.Agents;

/// <summary>resource-agents/service, with a stand-in for systemctl.</summary>
[Collection(ProcessTests.Name)]
public sealed class ServiceScriptTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ProcessWatcher _watcher = new();

    public void Dispose()
    {
        _watcher.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("active", 0, "web is running (active)\n")]
    [InlineData("reloading", 0, "web is running (reloading)\n")]
    [InlineData("inactive", 3, "web is not running (inactive)\n")]
    [InlineData("failed", 3, "web is not running (failed)\n")]
    [InlineData("", 4, "")]
    public void A_units_state_becomes_heartbeats_words(string state, int code, string output)
    {
        Systemd(state);

        Assert.Equal((code, output), Run("web", "status"));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    public void A_unit_is_started_and_stopped_by_systemctl_whose_exit_code_counts(string action)
    {
        Systemd("inactive");

        Assert.Equal((17, $"{action} web.service\n"), Run("web", action));
    }

    [Fact]
    public void Kill_ends_a_unit_that_is_being_stopped_so_that_systemd_does_not_start_it_again()
    {
        Systemd("deactivating");

        Assert.Equal(
            (17, "--no-block stop web.service\nkill --signal=KILL web.service\nstop web.service\n"),
            Run("web", "kill"));
        Assert.Equal((0, ""), Run("legacy", "kill"));
    }

    [Fact]
    public void Without_a_unit_the_init_script_is_used_with_its_own_words_and_code()
    {
        Systemd("inactive");
        _directory.Script("init.d/legacy", "#!/bin/sh\necho \"legacy $1\"\nexit 9\n");

        Assert.Equal((9, "legacy start\n"), Run("legacy", "start"));
        Assert.Equal((9, "legacy status\n"), Run("legacy", "status"));
    }

    [Fact]
    public void Without_systemd_the_init_script_is_used()
    {
        _directory.Script("init.d/web", "#!/bin/sh\necho \"init $1\"\n");

        Assert.Equal((0, "init stop\n"), Run("web", "stop"));
    }

    [Fact]
    public void What_is_not_installed_does_not_run_and_cannot_be_started()
    {
        Assert.Equal((3, "nothing is not running (not installed)\n"), Run("nothing", "status"));
        Assert.Equal((0, ""), Run("nothing", "stop"));
        Assert.Equal((5, ""), Run("nothing", "start"));
    }

    [Theory]
    [InlineData("web")]
    [InlineData("web", "restart")]
    [InlineData("web", "extra", "start")]
    [InlineData("web*", "stop")]
    public void Wrong_usage_exits_with_2(params string[] words) => Assert.Equal((2, ""), Run(words));

    private void Systemd(string state)
    {
        Directory.CreateDirectory(_directory.File("systemd"));
        _directory.Script(
            "bin/systemctl",
            $"""
            #!/bin/sh
            case $1 in
                show) [ "$3" = web.service ] && echo LoadState=loaded || echo LoadState=not-found;;
                is-active) echo "{state}"; exit 3;;
                *) echo "$*"; exit 17;;
            esac
            """);
    }

    private (int Code, string Output) Run(params string[] words)
    {
        using ManualResetEventSlim ended = new();
        ProcessResult? result = null;
        string[] environment =
        [
            $"PATH={_directory.File("bin")}:/usr/bin:/bin",
            $"SERVICE_INIT_DIR={_directory.File("init.d")}",
            $"SERVICE_SYSTEMD_RUNS={_directory.File("systemd")}",
        ];
        _watcher.Run(new ProcessRequest(Shipped("service"), words, environment, TimeSpan.FromSeconds(60)), given =>
        {
            result = given;
            ended.Set();
        });
        Assert.True(ended.Wait(TimeSpan.FromSeconds(90)), "no answer");
        return (Assert.IsType<ProcessEnd.Exited>(result!.End).Code, result.Output);
    }

    /// <summary>The path of an agent in the repository.</summary>
    internal static string Shipped(string agent)
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "HaSharp.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return Path.Combine(directory!, "resource-agents", agent);
    }
}
