// Keeps the configured links open: an interface that is missing at start, comes late, disappears or changes its
// address is never fatal; its link is opened as soon as that can be done.

using HaSharp.Core;
using HaSharp.Core.Config;

namespace HaSharp.Daemon.Links;

/// <summary>
/// Opens every link in the background and opens it again whenever it is lost. It does not close a link that it handed
/// over: the owner does, when trouble is reported or another OpenLink of that name arrives. An old socket left open
/// would take a part of what is meant for the new one.
/// </summary>
public sealed class LinkKeeper : IDisposable
{
    private readonly UcastPeers peers = new();
    private readonly Action<LinkConfig, OpenLink> opened;
    private readonly Action<LinkName, string> trouble;
    private readonly NetworkWatch watch;

    // Replaced as a whole, so that the heartbeat thread and the watch read it without a lock.
    private volatile Dictionary<LinkName, KeptLink> links = [];

    /// <summary>Starts at once, in the network namespace of the calling thread.</summary>
    /// <param name="opened">A link is open; the receiver now owns it.</param>
    /// <param name="trouble">
    /// A link is not open, and why: once when it is lost or could not be opened, again when the reason changes.
    /// </param>
    /// <remarks>Both are called on the keeper's threads, one at a time for one link, and must not block.</remarks>
    /// <exception cref="IOException">The kernel's network tables cannot be watched.</exception>
    public LinkKeeper(
        IReadOnlyList<LinkConfig> configs, Action<LinkConfig, OpenLink> opened, Action<LinkName, string> trouble)
    {
        this.opened = opened;
        this.trouble = trouble;
        watch = new NetworkWatch(LookAgain);
        Configure(configs);
    }

    /// <summary>
    /// Keeps these links from now on. A link that is configured as before is left alone; one that is configured
    /// otherwise is opened anew. The owner closes those whose name is not among them any more. By one thread at a time.
    /// </summary>
    public void Configure(IReadOnlyList<LinkConfig> configs)
    {
        Dictionary<LinkName, KeptLink> before = links;
        var after = new Dictionary<LinkName, KeptLink>();
        var fresh = new List<KeptLink>();
        foreach (LinkConfig config in configs)
        {
            if (before.TryGetValue(config.Name, out KeptLink? kept) && kept.Config == config)
            {
                after[config.Name] = kept;
                continue;
            }

            after[config.Name] = new KeptLink(config, peers, opened, trouble);
            fresh.Add(after[config.Name]);
        }

        links = after;
        foreach (KeptLink link in before.Values.Except(after.Values))
        {
            link.Dispose();
            peers.Remove(link.Config.Name);
        }

        fresh.ForEach(link => link.Start());
    }

    /// <summary>Says that an open link does not work any more; it is opened anew. Does not block.</summary>
    public void Lost(LinkName link, string reason)
    {
        if (links.TryGetValue(link, out KeptLink? kept))
        {
            kept.Lost(reason);
        }
    }

    /// <summary>Ends all threads; no callback comes afterwards. Open links stay with their owners.</summary>
    public void Dispose()
    {
        watch.Dispose();
        foreach (KeptLink link in links.Values)
        {
            link.Dispose();
        }
    }

    private void LookAgain()
    {
        foreach (KeptLink link in links.Values)
        {
            link.LookAgain();
        }
    }
}
