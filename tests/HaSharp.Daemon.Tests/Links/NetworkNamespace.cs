using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace HaSharp.Daemon.Tests.Links;

/// <summary>
/// A network of its own: a thread that lives in a nameless network namespace. What runs there, and every thread and
/// process started from there, sees only this network. The kernel removes it when the thread and all its sockets are
/// gone, so that nothing is left behind even when the test run is killed.
/// </summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000;

    private readonly BlockingCollection<Action> work = [];
    private readonly Thread thread;
    private int threadId;

    public NetworkNamespace()
    {
        thread = new Thread(Work) { IsBackground = true, Name = "network namespace" };
        thread.Start();
        Run(() =>
        {
            if (Unshare(NewNetwork) != 0)
            {
                throw new InvalidOperationException($"unshare: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            threadId = GetThreadId();
        });
        Ip("link set lo up");
    }

    /// <summary>Null when namespaces can be made here.</summary>
    public static string? WhyImpossible =>
        GetEffectiveUserId() == 0 ? null : "needs root, to make a network namespace of its own";

    /// <summary>Lays a cable between two networks, with the interface eth0 up at both ends.</summary>
    public static void Connect(NetworkNamespace one, NetworkNamespace other)
    {
        one.Ip($"link add eth0 type veth peer name eth0 netns {other.threadId}");
        one.Ip("link set eth0 up");
        other.Ip("link set eth0 up");
    }

    public void Run(Action action)
    {
        using var done = new ManualResetEventSlim();
        ExceptionDispatchInfo? thrown = null;
        work.Add(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
        thrown?.Throw();
    }

    public T Run<T>(Func<T> function)
    {
        T result = default!;
        Run(() => { result = function(); });
        return result;
    }

    /// <summary>Runs the command ip; several commands are separated by semicolons.</summary>
    public string Ip(string commands) => string.Concat(commands.Split(';').Select(command => Run(() =>
    {
        using Process ip = Process.Start(new ProcessStartInfo("ip", command.Trim())
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output = ip.StandardOutput.ReadToEnd();
        string error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        return ip.ExitCode == 0 ? output : throw new InvalidOperationException($"ip {command}: {error}");
    })));

    public void Dispose()
    {
        work.CompleteAdding();
        thread.Join();
        work.Dispose();
    }

    private void Work()
    {
        foreach (Action action in work.GetConsumingEnumerable())
        {
            action();
        }
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();
}
