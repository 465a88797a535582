// From the cluster's events to everybody who wants to know: programs, mail, web servers (ha.cf: notify, mailto, smtp,
// webhook).
// The idea: each receiver has a queue of its own, so that a mail server that hangs holds up no program; a reload
// keeps the queues of receivers that are still there.
// Invariant: Tell returns at once, and the end waits two seconds for all of them together, not longer.

using HaSharp.Core;
using HaSharp.Core.Config;
using HaSharp.Daemon.Processes;
using Microsoft.Extensions.Logging;

namespace HaSharp.Daemon.Notices;

public sealed partial class NoticeBoard : IDisposable
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CommandDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MailTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WebhookTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private const int MailRetries = 8;
    private const int WebhookRetries = 5;

    private readonly NodeName _self;
    private readonly ProcessWatcher _processes;
    private readonly Func<string, string?> _objection;
    private readonly ILogger _log;
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    private volatile Setting _setting;
    private volatile bool _leaving;

    /// <param name="processes">Outlives this.</param>
    /// <param name="environment">Of the agents, for the programs.</param>
    /// <param name="objection">Why the program of this path must not be run; null: it may be.</param>
    public NoticeBoard(
        NoticeConfig config,
        NodeName self,
        ProcessWatcher processes,
        IReadOnlyList<string> environment,
        Func<string, string?> objection,
        ILogger<NoticeBoard> log)
    {
        _self = self;
        _processes = processes;
        _objection = objection;
        _log = log;
        _setting = Open(config, environment, new SortedDictionary<string, NoticeQueue>(StringComparer.Ordinal));
    }

    /// <summary>After a reload; one caller at a time. What waits for a receiver that is gone is forgotten.</summary>
    public void Use(NoticeConfig config, IReadOnlyList<string> environment)
    {
        Setting before = _setting;
        _setting = Open(config, environment, before.Queues);
        foreach (NoticeQueue gone in before.Queues.Values.Except(_setting.Queues.Values))
        {
            gone.Dispose();
        }
    }

    /// <summary>From the node's thread; never waits.</summary>
    public void Tell(ClusterEvent happened)
    {
        if (happened is ClusterEvent.ShutdownBegun)
        {
            _leaving = true;
        }

        Setting setting = _setting;
        if (setting.Queues.Count > 0
            && Notice.Of(happened, _self, _leaving, DateTimeOffset.UtcNow) is { } notice)
        {
            foreach (NoticeQueue queue in setting.Queues.Values)
            {
                queue.Add(notice);
            }
        }
    }

    /// <summary>Delivers what waits, for at most two seconds.</summary>
    public void Dispose()
    {
        NoticeQueue[] queues = [.. _setting.Queues.Values];
        Array.ForEach(queues, queue => queue.Close());
        Task.WaitAll([.. queues.Select(queue => queue.Ended)], LongestEnd);
        Array.ForEach(queues, queue => queue.Dispose());
        _http.Dispose();
    }

    /// <summary>What made a receiver is its key: lists, which records do not compare, are joined in it.</summary>
    private Setting Open(
        NoticeConfig config, IReadOnlyList<string> environment, SortedDictionary<string, NoticeQueue> before)
    {
        SortedDictionary<string, NoticeQueue> queues = new(StringComparer.Ordinal);
        void Add(string key, Func<INoticeReceiver> make)
        {
            if (!queues.ContainsKey(key))
            {
                queues.Add(key, before.GetValueOrDefault(key) ?? new NoticeQueue(make(), _log));
            }
        }

        string variables = string.Join('\0', environment);
        foreach (NoticeCommand command in config.Commands)
        {
            if (File.Exists(command.Path) && _objection(command.Path) is { } reason)
            {
                LogObjection(_log, command.Path, reason);
            }

            Add(
                $"notify {command.Path}\0{string.Join('\0', command.Arguments)}\0\0{variables}",
                () => new CommandReceiver(command, _processes, environment, _objection, CommandDeadline));
        }

        foreach (string address in config.MailTo)
        {
            Add(
                $"mail {config.SmtpHost}\0{config.SmtpPort}\0{config.MailFrom}\0{address}",
                () => new MailReceiver(config, address, _self.Text, Attempts.Of(MailTimeout, MailRetries, FirstPause)));
        }

        foreach (NoticeUrl url in config.Webhooks)
        {
            Add(
                $"webhook {url.Url}",
                () => new WebhookReceiver(url, _http, Attempts.Of(WebhookTimeout, WebhookRetries, FirstPause)));
        }

        return new Setting(queues);
    }

    [LoggerMessage(9403, LogLevel.Warning, "notify {Path} will not be run: {Reason}")]
    private static partial void LogObjection(ILogger log, string path, string reason);

    private sealed record Setting(SortedDictionary<string, NoticeQueue> Queues);
}
