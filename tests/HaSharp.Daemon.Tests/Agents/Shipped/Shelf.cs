using HaSharp.Cli.Demo;
using HaSharp.Daemon.Tests.Host;

namespace HaSharp.Daemon.Tests.Agents.Shipped;

/// <summary>What a test of Filesystem needs: a mount namespace, a directory to mount on, and devices.</summary>
internal sealed class Shelf : IDisposable
{
    private readonly List<Keeper> _keepers = [];

    public Shelf()
    {
        Namespace = Keeper.OfMounts();
        Agent = new ShippedAgent("Filesystem", Directory, Namespace.Inside);
        Mount = Directory.File("mnt");
    }

    public TemporaryDirectory Directory { get; } = new();

    public Keeper Namespace { get; }

    public ShippedAgent Agent { get; }

    /// <summary>The mount point; not there before the first start.</summary>
    public string Mount { get; }

    /// <summary>A new file system on a loop device.</summary>
    /// <param name="make">The program that makes it, with its options.</param>
    public string Device(params string[] make)
    {
        string image = Image($"disk{_keepers.Count}");
        Tool.Demand([.. make, image]);
        return Attach(image);
    }

    public string Image(string name)
    {
        string image = Directory.File(name);
        using (FileStream file = File.Create(image))
        {
            file.SetLength(32 << 20);
        }

        return image;
    }

    public string Attach(string image, string options = "")
    {
        _keepers.Add(Keeper.OfLoopDevice(image, options));
        return _keepers[^1].Said;
    }

    public string Ext4() => Device("mkfs.ext4", "-q", "-F");

    /// <summary>A process that uses a file; it goes with the test, if the agent does not end it.</summary>
    public Keeper User(string script)
    {
        _keepers.Add(Keeper.OfUse(Namespace, script));
        return _keepers[^1];
    }

    public Keeper Copy()
    {
        _keepers.Add(Keeper.OfCopies(Namespace));
        return _keepers[^1];
    }

    /// <summary>Runs a shell command where the mounts are.</summary>
    public string Sh(string script) => Tool.Demand([.. Namespace.Inside, "sh", "-c", script]);

    public string Mounts() => Sh("cat /proc/self/mountinfo");

    public void Dispose()
    {
        foreach (Keeper keeper in Enumerable.Reverse(_keepers))
        {
            keeper.Dispose();
        }

        Namespace.Dispose();
        Directory.Dispose();
    }
}
