// The open links, as the node's thread uses them: send on all, receive from each, give up the broken ones.
// Invariant: only the node's thread comes here; nothing blocks; nothing is allocated while all is well.

using HaSharp.Core;
using HaSharp.Daemon.Host;
using HaSharp.Daemon.Links;
using Microsoft.Extensions.Logging;

namespace HaSharp.Daemon.NodeLoop;

/// <param name="lost">Told of a link whose socket is of no use any more; it is closed already.</param>
internal sealed partial class LinkSet(EventLog log, Action<LinkName, string> lost) : IDisposable
{
    public const int Again = 11;

    private const int NoSuchAddressOrDevice = 6;
    private const int BadDescriptor = 9;
    private const int NoSuchDevice = 19;
    private const int NetworkDown = 100;

    private static readonly TimeSpan ReportEvery = TimeSpan.FromMinutes(1);

    private readonly List<Entry> _entries = [];

    /// <summary>Links came or went since <see cref="ToArray"/>.</summary>
    public bool Changed { get; private set; } = true;

    public bool IsEmpty => _entries.Count == 0;

    public OpenLink[] ToArray()
    {
        Changed = false;
        return [.. _entries.Select(entry => entry.Link)];
    }

    /// <summary>Takes the place of an open link of the same name.</summary>
    public void Add(OpenLink link)
    {
        Remove(link.Name);
        _entries.Add(new Entry(link));
        Changed = true;
    }

    public void Remove(LinkName name)
    {
        int index = _entries.FindIndex(entry => entry.Link.Name == name);
        if (index >= 0)
        {
            _entries[index].Link.Dispose();
            _entries.RemoveAt(index);
            Changed = true;
        }
    }

    /// <summary>One datagram on every link. A failure on one does not touch the others.</summary>
    public void Send(ReadOnlySpan<byte> datagram)
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            int errno = _entries[i].Link.Send(datagram);
            if (errno != 0)
            {
                Failed(_entries[i], errno);
            }
        }
    }

    /// <summary>A send or a receive has failed; a passing trouble is counted, a lasting one ends the link.</summary>
    public void Failed(OpenLink link, int errno) => Failed(_entries.Find(entry => entry.Link == link)!, errno);

    public void Dispose()
    {
        _entries.ForEach(entry => entry.Link.Dispose());
        _entries.Clear();
    }

    private void Failed(Entry entry, int errno)
    {
        LinkName name = entry.Link.Name;
        string reason = System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno);
        if (errno is NoSuchAddressOrDevice or BadDescriptor or NoSuchDevice or NetworkDown)
        {
            Remove(name);
            lost(name, reason);
            return;
        }

        entry.Failures++;
        Instant now = BootClock.Now;
        if (now >= entry.NextReport)
        {
            entry.NextReport = now + ReportEvery;
            long failures = entry.Failures;
            log.Note(to => LogFailures(to, name, failures, reason));
        }
    }

    [LoggerMessage(9011, LogLevel.Warning, "link {Link}: {Count} datagrams failed so far, the last one: {Reason}")]
    private static partial void LogFailures(ILogger log, LinkName link, long count, string reason);

    private sealed class Entry(OpenLink link)
    {
        public OpenLink Link { get; } = link;

        public long Failures { get; set; }

        public Instant NextReport { get; set; }
    }
}
