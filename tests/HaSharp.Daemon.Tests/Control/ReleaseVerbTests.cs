using System.Text.Json;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Control;

/// <summary>hasharp release, with agents that say whether their file is there.</summary>
public sealed class ReleaseVerbTests : IDisposable
{
    private const string Agent = """
        #!/bin/sh
        # hasharp: actions start stop status
        here=$(dirname "$0")/../runs-$1
        case $2 in
            status) [ -e "$here" ] && echo running || { echo stopped; exit 3; } ;;
            stop) rm -f "$here" ;;
        esac
        """;

    /// <summary>The status of mute hangs, the stop of the others; and stuck survives being killed.</summary>
    private const string Bad = """
        #!/bin/sh
        # hasharp: actions start stop status kill
        here=$(dirname "$0")/../runs-$1
        case $1-$2 in
            mute-status | deaf-stop | stuck-stop) exec sleep 1000 ;;
            *-status) [ -e "$here" ] && echo running || { echo stopped; exit 3; } ;;
            stuck-kill) exit 1 ;;
            *) rm -f "$here" ;;
        esac
        """;

    private readonly TemporaryDirectory _directory = TemporaryDirectory.ForAgents();
    private readonly string _files;

    public ReleaseVerbTests()
    {
        _files = _directory.File("files");
        Directory.CreateDirectory(_files);
        Directory.CreateDirectory(_directory.File("state"));
        SampleFiles.Write(_files);
        File.WriteAllText(Path.Combine(_files, "haresources"), "alpha unit::a unit::b\nalpha unit::c\nalpha unit::d\n");
        _directory.Script("files/resource.d/unit", Agent);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_runs_is_stopped_right_to_left_and_a_second_time_there_is_nothing_to_do()
    {
        Run("a", "b", "d");
        Hasharp.Result first = await Release();
        Hasharp.Result second = await Release();

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Equal(
            ["stopping unit::d", "stopping unit::b", "stopping unit::a", "3 resources are stopped"],
            first.Output.Split('\n').Where(line => line.Contains("stop", StringComparison.Ordinal)));
        Assert.Equal("nothing to do: nothing of haresources runs here\n", second.Output);
        Assert.Empty(Running());
    }

    [Fact]
    public async Task What_was_kept_on_purpose_is_stopped_when_that_is_asked_for_and_maintenance_never()
    {
        Run("a", "c", "d");
        long later = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600;
        File.WriteAllText(
            _directory.File("state/kept"), $"orders 2 0 4096 alpha unit::a\norders 1 {later} 4096 - unit::c\n");
        Hasharp.Result first = await Release();
        Assert.Equal(["runs-a", "runs-c"], Running());
        Hasharp.Result second = await Release("--kept", "--json");

        Assert.Contains(
            "unit::a was kept on alpha by stop --keep (release --kept stops it): left alone", first.Output,
            StringComparison.Ordinal);
        Assert.Contains("unit::c is in maintenance: left alone", first.Output, StringComparison.Ordinal);
        Assert.Equal(["runs-c"], Running());
        JsonElement report = JsonDocument.Parse(second.Output).RootElement;
        Assert.Equal("unit::a", Assert.Single(report.GetProperty("stopped").EnumerateArray()).GetString());
        JsonElement left = Assert.Single(report.GetProperty("left").EnumerateArray());
        Assert.Equal("unit::c", left.GetProperty("name").GetString());
        Assert.Empty(report.GetProperty("failed").EnumerateArray());
    }

    [Fact]
    public async Task What_hangs_is_killed_or_named_and_never_keeps_what_stands_left_of_it()
    {
        _directory.Script("files/resource.d/bad", Bad);
        File.WriteAllText(
            Path.Combine(_files, "haresources"), "alpha unit::a bad::mute bad::deaf bad::stuck\nalpha unit::c\n");
        File.AppendAllText(Path.Combine(_files, "ha.cf"), """
            resource bad::mute timeout=1
            resource bad::deaf stop_timeout=1
            resource bad::stuck stop_timeout=1

            """);
        Run("a", "mute", "deaf", "stuck", "c");
        Hasharp.Result result = await Release("--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(["runs-stuck"], Running());
        JsonElement report = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(
            ["unit::c", "bad::deaf", "bad::mute", "unit::a"],
            report.GetProperty("stopped").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal("bad::stuck", Assert.Single(report.GetProperty("failed").EnumerateArray()).GetString());
        string agent = Path.Combine(_files, "resource.d", "bad");
        Assert.Contains(
            $"bad::deaf was not stopped, what is left of it is killed: {agent} deaf stop: no end within 1 s\n",
            result.Errors, StringComparison.Ordinal);
        Assert.Contains("bad::stuck could not be stopped: it still runs\n", result.Errors, StringComparison.Ordinal);
    }

    private void Run(params string[] names)
    {
        foreach (string name in names)
        {
            File.WriteAllText(Path.Combine(_files, "runs-" + name), "");
        }
    }

    private string[] Running() =>
        [.. Directory.GetFiles(_files, "runs-*").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    private Task<Hasharp.Result> Release(params string[] options) => Hasharp.Run(
    [
        "release", .. options, "--ha-dir", _files, "--run-dir", _directory.File("run"),
        "--state-dir", _directory.File("state"),
    ]);
}
