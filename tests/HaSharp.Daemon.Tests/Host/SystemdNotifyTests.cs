using System.Globalization;
using System.Net.Sockets;
using System.Text;
using HaSharp.Daemon.Host;

namespace HaSharp.Daemon.Tests.Host;

public sealed class SystemdNotifyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_speaks_to_a_socket_in_the_file_system()
    {
        using Socket systemd = Listen(_directory.File("notify"));
        using SystemdNotify notify = new(_directory.File("notify"), null, null);

        notify.Ready("node1: standby");
        notify.Reloading();
        notify.Stopping();

        Assert.Equal("READY=1\nSTATUS=node1: standby", Receive(systemd));
        Assert.Matches("^RELOADING=1\nMONOTONIC_USEC=[0-9]+$", Receive(systemd));
        Assert.Equal("STOPPING=1", Receive(systemd));
    }

    [Fact]
    public void It_speaks_to_an_abstract_socket()
    {
        string name = $"hasharp-test-{Guid.NewGuid()}";
        using Socket systemd = Listen("\0" + name);
        using SystemdNotify notify = new("@" + name, null, null);

        notify.Watchdog();

        Assert.Equal("WATCHDOG=1", Receive(systemd));
    }

    [Fact]
    public void The_watchdog_is_fed_at_half_its_limit()
    {
        using SystemdNotify notify = new("/run/nothing", "3000000", null);

        Assert.Equal(TimeSpan.FromSeconds(1.5), notify.WatchdogInterval);
    }

    [Theory]
    [InlineData(null, "1")]
    [InlineData("rubbish", null)]
    [InlineData("0", null)]
    [InlineData("3000000", "1")]
    public void A_watchdog_that_is_absent_or_meant_for_another_process_is_not_fed(string? limit, string? process)
    {
        using SystemdNotify notify = new("/run/nothing", limit, process);

        Assert.Null(notify.WatchdogInterval);
    }

    [Fact]
    public void A_watchdog_meant_for_this_process_is_fed()
    {
        string self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using SystemdNotify notify = new("/run/nothing", "3000000", self);

        Assert.NotNull(notify.WatchdogInterval);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vsock:2:1")]
    [InlineData("/nonexistent/notify")]
    public void Without_systemd_every_word_is_lost_in_silence(string? socket)
    {
        using SystemdNotify notify = new(socket, null, null);

        Assert.Null(Record.Exception(() => notify.Ready("")));
        Assert.Null(Record.Exception(notify.Watchdog));
    }

    [Fact]
    public void A_full_queue_neither_blocks_nor_fails()
    {
        using Socket systemd = Listen(_directory.File("notify"));
        using SystemdNotify notify = new(_directory.File("notify"), null, null);

        Assert.Null(Record.Exception(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                notify.Watchdog();
            }
        }));
    }

    private static Socket Listen(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static string Receive(Socket socket)
    {
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
