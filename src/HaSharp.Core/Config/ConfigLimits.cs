// The limits of the three files, in one place. Each is reached by a test.
// The idea: what is read is bounded before it is understood, so that no file can make the reader slow or large.
// Invariant: a configuration that ConfigReader gives out is within all of them.

using HaSharp.Core.Wire;

namespace HaSharp.Core.Config;

public static class ConfigLimits
{
    /// <summary>A file of /etc/ha.d, in bytes. HaSharp's own limit.</summary>
    public const int FileBytes = 1 << 20;

    /// <summary>One physical line without its end, in bytes (spec 2.1).</summary>
    public const int LineBytes = 5120;

    /// <summary>Cluster nodes. heartbeat's table holds 100; HaSharp decides for up to 16.</summary>
    public const int Nodes = 16;

    /// <summary>Cluster nodes and ping nodes together (spec 2.2).</summary>
    public const int NodesAndPingNodes = 100;

    /// <summary>The name of a node, in bytes (spec 2.2).</summary>
    public const int NodeNameBytes = 99;

    /// <summary>Media (spec 18).</summary>
    public const int Links = 64;

    /// <summary>The name of an interface, in bytes: Linux allows 15.</summary>
    public const int InterfaceBytes = 15;

    /// <summary>Lines of haresources that have resources.</summary>
    public const int Groups = 128;

    /// <summary>Resources of one line.</summary>
    public const int ResourcesPerGroup = 256;

    /// <summary>A word of haresources, in bytes.</summary>
    public const int WordBytes = 255;

    /// <summary>Variables that env sets.</summary>
    public const int Variables = 128;

    /// <summary>Lines notify, addresses of mailto and of webhook: so many of each.</summary>
    public const int Receivers = 16;

    /// <summary>The highest number of a key (spec 3.1).</summary>
    public const int KeyNumber = 15;

    /// <summary>Problems that are listed for one file; of further ones only the number is said.</summary>
    public const int ProblemsPerFile = 100;

    /// <summary>A public state in its longest words, in bytes: a datagram has 65,507 for it and all else.</summary>
    public const int StateBytes = PublicStateCodec.MaxBytes;

    /// <summary>A deadtime, our own or one that another node announces; a longer one is taken for damage.</summary>
    public static readonly TimeSpan Deadtime = TimeSpan.FromDays(1);

    /// <summary>Any time: about 24 days, milliseconds that fit 31 bits.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromMilliseconds(int.MaxValue);
}
