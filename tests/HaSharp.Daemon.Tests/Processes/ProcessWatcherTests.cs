using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using HaSharp.Daemon.Host;
using HaSharp.Daemon.Processes;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Processes;

[Collection(ProcessTests.Name)]
public sealed partial class ProcessWatcherTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly ProcessWatcher _watcher = new();
    private readonly TemporaryDirectory _directory = new();

    public void Dispose()
    {
        _watcher.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    public void The_exit_code_arrives(int code) =>
        Assert.Equal(new ProcessEnd.Exited(code), Shell($"exit {code}").End);

    [Fact]
    public void A_foreign_signal_is_told_from_an_exit_code() =>
        Assert.Equal(new ProcessEnd.Killed(9), Shell("kill -9 $$").End);

    [Fact]
    public void Output_and_errors_arrive_apart()
    {
        ProcessResult result = Shell("echo out; echo err >&2; printf 'end\\303\\244'");

        Assert.Equal("out\nendä", result.Output);
        Assert.Equal("err\n", result.Errors);
    }

    [Fact]
    public void Arguments_arrive_as_they_are()
    {
        ProcessResult result = Run("/usr/bin/printf", ["[%s]", "a b", "", "$HOME ü", "*"], Long);

        Assert.Equal("[a b][][$HOME ü][*]", result.Output);
    }

    [Fact]
    public void The_environment_is_what_was_given_and_nothing_else()
    {
        Environment.SetEnvironmentVariable("HASHARP_TEST_SECRET", "of the daemon");

        ProcessResult result = Run("/usr/bin/env", [], Long, ["A=1", "B=zwei ü"]);

        Assert.Equal("A=1\nB=zwei ü\n", result.Output);
    }

    [Fact]
    public void A_program_starts_in_the_root_directory_with_an_empty_standard_input() =>
        Assert.Equal("/\n0\n", Shell("pwd; wc -c").Output);

    [Fact]
    public void A_program_leads_a_session_of_its_own()
    {
        string[] words = Shell("cut -d' ' -f1,5,6 /proc/self/stat; echo $$").Output.Split([' ', '\n']);

        Assert.Equal(words[3], words[1]);
        Assert.Equal(words[3], words[2]);
    }

    [Fact]
    public void Only_three_descriptors_are_inherited()
    {
        // A descriptor without close-on-exec, such as a careless library leaves one.
        int leak = dup(2);
        Assert.True(leak > 2);

        string script = $"for i in 0 1 2 3 4 5 6 7 8 9 {leak}; do test -e /proc/$$/fd/$i && echo $i; done";
        Assert.Equal("0\n1\n2\n", Shell(script).Output);
        Assert.Equal(0, close(leak));
    }

    [Fact]
    public void Signals_are_neither_ignored_nor_blocked()
    {
        // The runtime ignores SIGPIPE; a program that inherits that writes on for ever. 32 and 33 are glibc's own.
        string[] lines = Shell("cat /proc/self/status").Output.Split('\n');

        Assert.Equal(0, Mask("SigIgn:") & ~0x1_8000_0000);
        Assert.Equal(0, Mask("SigBlk:"));

        long Mask(string name) => long.Parse(
            Assert.Single(lines, line => line.StartsWith(name, StringComparison.Ordinal)).AsSpan(name.Length + 1),
            NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    [RealTimeFact]
    public void Children_of_a_real_time_thread_are_scheduled_normally()
    {
        using ProcessWatcher watcher = new();
        watcher.Post(() => Assert.True(RealTime.RaiseThisThread(10)));

        string policies = Policies(watcher);

        Assert.Equal("watcher 2, child 0", policies);
    }

    [Fact]
    public void A_missing_program_is_an_answer_and_no_exception()
    {
        ProcessEnd end = Run("/nonexistent/agent", [], Long).End;

        Assert.Equal("cannot run /nonexistent/agent: No such file or directory", Trouble(end));
    }

    [Fact]
    public void A_file_that_is_not_executable_is_an_answer()
    {
        File.WriteAllText(_directory.File("agent"), "#!/bin/sh\n");

        string trouble = Trouble(Run(_directory.File("agent"), [], Long).End);

        Assert.Contains("Permission denied", trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_without_an_interpreter_line_is_run_by_the_shell()
    {
        string script = _directory.Script("agent", "echo \"$1 $2\"\n");

        Assert.Equal("10.0.0.1 start\n", Run(script, ["10.0.0.1", "start"], Long).Output);
    }

    [Fact]
    public void At_the_deadline_the_whole_group_ends()
    {
        Stopwatch watch = Stopwatch.StartNew();

        ProcessResult result = Shell("sleep 1000 & echo $!; wait", TimeSpan.FromMilliseconds(300));

        Assert.Equal(new ProcessEnd.TimedOut(), result.End);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.25, 10);
        AssertGone(int.Parse(result.Output, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void What_ignores_TERM_is_killed_after_the_grace()
    {
        ProcessResult result = Shell(
            "trap '' TERM; (trap '' TERM; exec sleep 1000) & echo $!; while :; do sleep 1; done",
            TimeSpan.FromMilliseconds(400));

        Assert.Equal(new ProcessEnd.TimedOut(), result.End);
        AssertGone(int.Parse(result.Output, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_leader_that_obeys_TERM_leaves_nobody_behind_who_does_not()
    {
        ProcessResult result = Shell("(trap '' TERM; exec sleep 1000) & echo $!; wait", TimeSpan.FromMilliseconds(300));

        Assert.Equal(new ProcessEnd.TimedOut(), result.End);
        AssertGone(int.Parse(result.Output, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("setsid sleep 1000 & echo $!")]
    [InlineData("sleep 1000 & echo $!")]
    public void A_service_that_keeps_the_pipe_does_not_hold_up_the_run_and_lives_on(string script)
    {
        ProcessResult result = Shell(script);
        using Process service = Process.GetProcessById(int.Parse(result.Output, CultureInfo.InvariantCulture));

        Assert.Equal(new ProcessEnd.Exited(0), result.End);
        Assert.False(service.HasExited);
        service.Kill();
    }

    [Fact]
    public void A_service_may_go_on_writing_into_the_pipe_of_its_start_script()
    {
        string proof = _directory.File("alive");
        string gate = _directory.File("gate");
        Assert.Equal(0, RunMakeFifo(gate));

        // The service writes only after its start script has been answered; SIGPIPE would end it there. It writes more
        // than a pipe holds, so somebody has to read.
        ProcessResult result = Shell($"(read line < {gate}; head -c 300000 /dev/zero && echo yes > {proof}) & exit 0");
        Assert.Equal(new ProcessEnd.Exited(0), result.End);
        File.WriteAllText(gate, "go\n");

        Assert.True(SpinWait.SpinUntil(() => File.Exists(proof), Long));
    }

    [Fact]
    public void The_pipes_that_services_keep_have_a_bound()
    {
        int before = PipesAndPidFds();
        string pids = string.Concat(Enumerable.Range(0, 60).Select(_ => Shell("sleep 1000 & echo $!").Output));
        int after = PipesAndPidFds();
        Shell($"kill {pids.ReplaceLineEndings(" ")}");

        Assert.InRange(after - before, ProcessWatcher.OrphanLimit - 10, ProcessWatcher.OrphanLimit + 10);
        Assert.True(SpinWait.SpinUntil(() => PipesAndPidFds() <= before + 10, Long));
    }

    [Fact]
    public void Endless_output_costs_little_and_keeps_both_ends()
    {
        ProcessResult result = Shell("echo first; head -c 20000000 /dev/zero | tr '\\0' x; echo last");

        Assert.StartsWith("first\n", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("xlast\n", result.Output, StringComparison.Ordinal);
        Assert.Contains(" bytes left out]", result.Output, StringComparison.Ordinal);
        Assert.InRange(result.Output.Length, 8192, 8292);
    }

    [Fact]
    public void Two_hundred_runs_at_once_all_end_and_at_most_64_run_together()
    {
        using CountdownEvent all = new(200);
        int wrong = 0;
        string log = _directory.File("log");
        string script = $"echo + >> {log}; sleep 0.05; echo - >> {log}; exit 7";
        for (int i = 0; i < 200; i++)
        {
            _watcher.Run(new ProcessRequest("/bin/sh", ["-c", script], ["PATH=/usr/bin:/bin"], Long), result =>
            {
                wrong += result.End == new ProcessEnd.Exited(7) ? 0 : 1;
                all.Signal();
            });
        }

        Assert.True(all.Wait(Long));
        Assert.Equal(0, wrong);
        int running = 0;
        int most = 0;
        foreach (string line in File.ReadLines(log))
        {
            running += line == "+" ? 1 : -1;
            most = Math.Max(most, running);
        }

        Assert.InRange(most, 2, ProcessWatcher.RunningLimit);
        Assert.Equal(0, running);
    }

    [Fact]
    public void A_run_that_never_gets_a_place_is_answered_at_its_deadline()
    {
        for (int i = 0; i < ProcessWatcher.RunningLimit; i++)
        {
            _watcher.Run(new ProcessRequest("/bin/sleep", ["1000"], [], Long), _ => { });
        }

        ProcessResult result = Shell("echo ran", TimeSpan.FromMilliseconds(200));

        Assert.Equal(new ProcessEnd.TimedOut(), result.End);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public void No_zombie_and_no_descriptor_remains()
    {
        Shell("exit 0");
        int before = PipesAndPidFds();
        List<int> pids = [];
        for (int i = 0; i < 50; i++)
        {
            pids.Add(int.Parse(Shell("echo $$").Output, CultureInfo.InvariantCulture));
            Run("/nonexistent", [], Long);
        }

        Assert.All(pids, pid => Assert.False(Directory.Exists($"/proc/{pid}")));

        // Other tests of this process may open a few pipes meanwhile; 50 runs that leak would be at least 50.
        Assert.InRange(PipesAndPidFds(), 0, before + 20);
    }

    [Fact]
    public void The_end_of_the_watcher_ends_what_runs_and_answers_it()
    {
        List<ProcessEnd> ends = [];
        using (ProcessWatcher watcher = new())
        {
            watcher.Run(new ProcessRequest("/bin/sleep", ["1000"], [], Long), result => ends.Add(result.End));
            watcher.Run(new ProcessRequest("/bin/sleep", ["1000"], [], Long), result => ends.Add(result.End));
        }

        Assert.Equal(2, ends.Count);
    }

    [LibraryImport("libc")]
    private static partial int dup(int fd);

    [LibraryImport("libc")]
    private static partial int close(int fd);

    private static string Policies(ProcessWatcher watcher)
    {
        using ManualResetEventSlim answered = new();
        string policies = "";
        watcher.Run(new ProcessRequest("/bin/cat", ["/proc/self/stat"], [], Long), result =>
        {
            policies = $"watcher {Policy(File.ReadAllText("/proc/thread-self/stat"))}, child {Policy(result.Output)}";
            answered.Set();
        });
        Assert.True(answered.Wait(Long));
        return policies;
    }

    /// <summary>Field 41 of proc(5)'s stat, counted from the end of the name, which may hold blanks.</summary>
    private static string Policy(string stat) => stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[38];

    private static void AssertGone(int pid) => Assert.True(SpinWait.SpinUntil(
        () => !File.Exists($"/proc/{pid}/stat") || State(pid) is 'Z' or 'X', TimeSpan.FromSeconds(10)));

    /// <summary>An orphan's zombie is for init to collect.</summary>
    private static char State(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return 'X';
        }
    }

    private static int PipesAndPidFds() => Directory.EnumerateFiles("/proc/self/fd")
        .Select(file => new FileInfo(file).LinkTarget)
        .Count(target => target is not null
            && (target.StartsWith("pipe:", StringComparison.Ordinal)
                || target.Contains("[pidfd]", StringComparison.Ordinal)));

    private static string Trouble(ProcessEnd end) => Assert.IsType<ProcessEnd.NotStarted>(end).Trouble;

    private int RunMakeFifo(string path) =>
        Assert.IsType<ProcessEnd.Exited>(Run("/usr/bin/mkfifo", [path], Long).End).Code;

    private ProcessResult Shell(string script, TimeSpan? deadline = null) =>
        Run("/bin/sh", ["-c", script], deadline ?? Long);

    private ProcessResult Run(
        string path, IReadOnlyList<string> arguments, TimeSpan deadline, IReadOnlyList<string>? environment = null)
    {
        using ManualResetEventSlim answered = new();
        ProcessResult? answer = null;
        _watcher.Run(
            new ProcessRequest(path, arguments, environment ?? ["PATH=/usr/bin:/bin"], deadline),
            result =>
            {
                answer = result;
                answered.Set();
            });
        Assert.True(answered.Wait(TimeSpan.FromSeconds(90)), "no answer");
        return answer!;
    }
}
