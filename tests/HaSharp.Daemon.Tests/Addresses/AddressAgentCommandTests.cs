using System.Diagnostics;
using HaSharp.Daemon.Addresses;
using HaSharp.Daemon.Tests.Links;

namespace HaSharp.Daemon.Tests.Addresses;

/// <summary>The agent as a program: texts and exit codes (spec 4.6 and 17).</summary>
public sealed class AddressAgentCommandTests : IDisposable
{
    private const string Usage =
        "usage: IPaddr address[/mask[/interface[/broadcast]]] start|stop|status|monitor|usage\n";

    private readonly TwoNodes nodes = new();

    public void Dispose() => nodes.Dispose();

    [RootFact]
    public void An_address_is_started_asked_for_and_stopped()
    {
        nodes.Connect();
        using Witness witness = nodes.B.Run(() => new Witness(Witness.Arp));
        Assert.Equal((3, "INFO:  Resource is stopped\n", ""), Run("10.9.0.50/24/eth0", "status"));
        Assert.Equal((0, "INFO:  Success\n", ""), Run("10.9.0.50/24/eth0", "start"));
        Assert.Equal(8, witness.Take().Count);
        Assert.Equal((0, "INFO:  Running OK\n", ""), Run("10.9.0.50/24/eth0", "status"));
        Assert.Equal((0, "INFO:  Running OK\n", ""), Run("10.9.0.50/24/eth0", "monitor"));
        Assert.Equal((0, "INFO:  Success\n", ""), Run("10.9.0.50/24/eth0", "stop"));
        Assert.Equal((0, "INFO:  Success\n", ""), Run("10.9.0.50/24/eth0", "stop"));
        Assert.Equal((3, "INFO:  Resource is stopped\n", ""), Run("10.9.0.50/24/eth0", "monitor"));
    }

    [RootFact]
    public void A_failure_is_explained()
    {
        Assert.Equal((1, "", "ERROR:  interface eth7 does not exist\n"), Run("10.9.0.50/24/eth7", "start"));
        Assert.Equal((1, "", "ERROR:  web is not an IP address\n"), Run("web", "start"));
        Assert.Equal((1, "", "ERROR:  the address is missing: address[/mask[/interface[/broadcast]]]\n"), Run("stop"));
    }

    [RootFact]
    public void Wrong_usage_is_explained()
    {
        Assert.Equal((0, Usage, ""), Run("usage"));
        Assert.Equal((2, "", Usage), Run());
        Assert.Equal((2, "", Usage), Run("10.9.0.50/24/eth0", "restart"));
    }

    [Theory]
    [InlineData("IPaddr")]
    [InlineData("IPaddr2")]
    [InlineData("IPv6addr")]
    public void The_script_runs_hasharp_with_its_arguments(string script)
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "HaSharp.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        Assert.Equal(
            (0, "agent IPaddr 10.9.0.50/24 status\n"),
            RunScript(Path.Combine(root, "resource-agents", script), "/bin/echo"));
        Assert.Equal((5, ""), RunScript(Path.Combine(root, "resource-agents", script), "/no/such/file"));
    }

    private (int ExitCode, string Output, string Error) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = nodes.A.Run(() => AddressAgentCommand.Run(args, output, error));
        return (code, output.ToString(), error.ToString());
    }

    private static (int ExitCode, string Output) RunScript(string script, string executable)
    {
        var start = new ProcessStartInfo(script, ["10.9.0.50/24", "status"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HASHARP"] = executable;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
