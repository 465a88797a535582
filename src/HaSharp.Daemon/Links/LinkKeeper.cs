// Keeps the configured links open: an interface that is missing at start, comes late, disappears or changes its
// address is never fatal; its link is opened as soon as that can be done.

using HaSharp.Core;
using HaSharp.Core.Config;

namespace HaSharp.Daemon.Links;

/// <summary>
/// Opens every link in the background and opens it again whenever it is lost. It does not close a link that it handed
/// over: the owner does, on Lost or when trouble is reported or another OpenLink of that name arrives.
/// </summary>
public sealed class LinkKeeper : IDisposable
{
    private readonly Dictionary<LinkName, KeptLink> links;
    private readonly NetworkWatch watch;

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
        var peers = new UcastPeers();
        links = configs.ToDictionary(config => config.Name, config => new KeptLink(config, peers, opened, trouble));
        watch = new NetworkWatch(LookAgain);
        foreach (LinkConfig config in configs)
        {
            links[config.Name].Start();
        }
    }

    /// <summary>Says that an open link does not work any more; it is opened anew. Does not block.</summary>
    public void Lost(LinkName link, string reason) => links[link].Lost(reason);

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
