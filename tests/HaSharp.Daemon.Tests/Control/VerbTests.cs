using System.Text.Json;
using HaSharp.Core;
using HaSharp.Core.Control;
using HaSharp.Daemon.Control;
using HaSharp.Daemon.Tests.Host;
using Microsoft.Extensions.Logging.Abstractions;

namespace HaSharp.Daemon.Tests.Control;

/// <summary>Exit codes and words of the executable's verbs; a test answers in the place of the daemon.</summary>
public sealed class VerbTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private Func<Command, IEnumerable<CommandResult>> _node = _ => [];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task The_version_is_printed(string word)
    {
        Hasharp.Result result = await Hasharp.Run(word);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("hasharp 0.", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("dance")]
    [InlineData("status", "--jsn")]
    [InlineData("standby", "--wait", "soon")]
    [InlineData("standby", "--wait", "-1")]
    [InlineData("standby", "--wait", "nan")]
    [InlineData("standby", "--wait", "infinity")]
    [InlineData("standby", "--wait=-infinity")]
    [InlineData("message", "decode")]
    public async Task A_wrong_command_line_is_exit_code_2_with_a_sentence(params string[] words)
    {
        Hasharp.Result result = await Hasharp.Run(words);

        Assert.Equal(2, result.ExitCode);
        Assert.NotEmpty(result.Errors.Trim());
    }

    [Theory]
    [InlineData("status")]
    [InlineData("stop")]
    [InlineData("reload")]
    [InlineData("standby")]
    [InlineData("takeover")]
    [InlineData("maintenance", "off")]
    [InlineData("resource", "status", "web")]
    [InlineData("group", "list")]
    public async Task Without_a_daemon_the_exit_code_is_3_and_all_directories_are_accepted(params string[] words)
    {
        Hasharp.Result result = await Hasharp.Run(
            [.. words, "--ha-dir", "/a", "--state-dir", "/b", "--run-dir", _directory.Path]);

        Assert.Equal(3, result.ExitCode);
        Assert.Equal($"hasharp is not running (no control socket in {_directory.Path})\n", result.Errors);
    }

    [RootFact]
    public async Task Somebody_else_is_not_permitted_and_the_exit_code_is_4()
    {
        using ControlServer server = Serve();
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_101_101);

        Hasharp.Result atTheSocket = await Hasharp.RunAsNobody("status", "--run-dir", _directory.Path);
        File.SetUnixFileMode(Path.Combine(_directory.Path, "control"), (UnixFileMode)0b110_110_110);
        Hasharp.Result byTheDaemon = await Hasharp.RunAsNobody("status", "--run-dir", _directory.Path);

        Assert.Equal((4, 4), (atTheSocket.ExitCode, byTheDaemon.ExitCode));
        Assert.Contains("haclient", atTheSocket.Errors, StringComparison.Ordinal);
        Assert.Contains("haclient", byTheDaemon.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_is_a_table_for_people_and_an_object_for_programs()
    {
        _node = _ => [new CommandResult.Report(SampleStatus.Report)];
        using ControlServer server = Serve();

        Hasharp.Result table = await Hasharp.Run("status", "--run-dir", _directory.Path);
        Hasharp.Result json = await Hasharp.Run("status", "--json", "--run-dir", _directory.Path);

        Assert.Equal((0, 0), (table.ExitCode, json.ExitCode));
        Assert.Equal(SampleStatus.Table, table.Output);
        JsonElement root = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal("foreign", root.GetProperty("holdings").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("groups")[1].GetProperty("owner").ValueKind);
        Assert.Equal(80, root.GetProperty("nodes")[1].GetProperty("links")[0].GetProperty("lastHeardMs").GetInt32());
    }

    [Theory]
    [InlineData("refused", "60", 1)]
    [InlineData("accepted done", "60", 0)]
    [InlineData("accepted refused", "60", 1)]
    [InlineData("accepted late", "60", 5)]
    [InlineData("accepted", "0", 0)]
    [InlineData("accepted", "0.3", 5)]
    public async Task A_move_ends_with_the_exit_code_of_its_end(string answers, string wait, int exitCode)
    {
        _node = _ => answers.Split(' ').Select<string, CommandResult>(word => word switch
        {
            "accepted" => new CommandResult.Accepted("it has begun"),
            "done" => new CommandResult.Done("it is done"),
            "late" => new CommandResult.Late("it is not done yet"),
            _ => new CommandResult.Refused("it cannot be done"),
        });
        using ControlServer server = Serve();

        Hasharp.Result result = await Hasharp.Run("standby", "all", "--wait", wait, "--run-dir", _directory.Path);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.NotEmpty(exitCode == 0 ? result.Output : result.Errors);
    }

    [Fact]
    public async Task Who_waits_longer_than_two_seconds_is_told_for_what()
    {
        _node = _ => [new CommandResult.Accepted("moving everything")];
        using ControlServer server = Serve();

        Hasharp.Result result = await Hasharp.Run("takeover", "--wait", "2.5", "--run-dir", _directory.Path);

        Assert.Equal(5, result.ExitCode);
        Assert.Contains("waiting: moving everything", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("done", 0, "standby", "all")]
    [InlineData("refused", 1, "takeover", "web")]
    [InlineData("late", 5, "maintenance", "on")]
    [InlineData("done", 0, "resource", "stop", "web")]
    [InlineData("refused", 1, "group", "restart", "web")]
    [InlineData("refused", 1, "stop")]
    [InlineData("invalid", 6, "reload")]
    public async Task With_json_every_answer_is_one_line_on_standard_output(
        string end, int exitCode, params string[] words)
    {
        _node = _ => [end switch
        {
            "done" => new CommandResult.Done("it is done"),
            "late" => new CommandResult.Late("it is not done yet"),
            _ => new CommandResult.Refused("it cannot be done"),
        }];
        using ControlServer server = Serve();

        Hasharp.Result result = await Hasharp.Run([.. words, "--json", "--run-dir", _directory.Path]);

        Assert.Equal((exitCode, ""), (result.ExitCode, result.Errors));
        JsonElement root = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(end, root.GetProperty("result").GetString());
        Assert.NotEmpty(root.GetProperty("text").GetString()!);
        Assert.Equal(end == "invalid", root.TryGetProperty("problems", out _));
    }

    [Fact]
    public async Task A_resource_of_two_groups_is_shown_in_both_unless_its_group_is_named()
    {
        GroupReport Group(string name, string state) => new(
            name, "alpha", "alpha", "started", "", 1,
            [new ResourceReport(name, "started", ""), new ResourceReport("nginx", state, "")]);
        _node = _ => [new CommandResult.Report(SampleStatus.Report with
        {
            Groups = [Group("10.0.0.1/24", "started"), Group("10.0.0.2", "stopped")],
        })];
        using ControlServer server = Serve();

        Hasharp.Result both = await Hasharp.Run("resource", "status", "nginx", "--run-dir", _directory.Path);
        Hasharp.Result one = await Hasharp.Run(
            "resource", "status", "10.0.0.1/24/nginx", "--json", "--run-dir", _directory.Path);

        Assert.Equal((3, 0), (both.ExitCode, one.ExitCode));
        string[] rows = [.. both.Output.Split('\n').Where(line => line.StartsWith("nginx", StringComparison.Ordinal))];
        Assert.Equal(2, rows.Length);
        JsonElement only = Assert.Single(JsonDocument.Parse(one.Output).RootElement.EnumerateArray());
        Assert.Equal("10.0.0.1/24", only.GetProperty("name").GetString());
        Assert.Equal(1, only.GetProperty("resources").GetArrayLength());
    }

    [Fact]
    public async Task Wrong_usage_names_the_help_that_helps()
    {
        Assert.EndsWith(
            "see: hasharp resource stop --help\n", (await Hasharp.Run("resource", "stop")).Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_verbs_holds_whole_sentences()
    {
        string[] verbs = [.. (await Hasharp.Run("--help")).Output.Split("Commands:")[1].Trim().Split('\n')];

        Assert.All(verbs, line => Assert.Matches("\\.( \\[default: all\\])?$", line));
    }

    [Fact]
    public async Task A_refused_reload_prints_every_problem()
    {
        using ControlServer server = Serve();

        Hasharp.Result result = await Hasharp.Run("reload", "--run-dir", _directory.Path);

        Assert.Equal(6, result.ExitCode);
        Assert.Contains("ha.cf:3:1: error: one", result.Errors, StringComparison.Ordinal);
        Assert.Contains("haresources:4:1: error: two", result.Errors, StringComparison.Ordinal);
    }

    private ControlServer Serve()
    {
        ControlServer? server = null;
        server = new ControlServer(
            _directory.Path,
            ControlAccess.Here(),
            new ControlPorts(Submit, client => server!.Answer(client, new ControlAnswer(ControlAnswer.Invalid, "no")
            {
                Problems = ["ha.cf:3:1: error: one", "haresources:4:1: error: two"],
            })),
            NullLogger.Instance);
        return server;

        bool Submit(ClientId client, Command command)
        {
            foreach (CommandResult result in _node(command))
            {
                server!.Answer(client, result);
            }

            return true;
        }
    }
}
