namespace HaSharp.Daemon.Agents;

/// <summary>What stands behind the name of a resource's agent.</summary>
public abstract record AgentLocation
{
    private AgentLocation()
    {
    }

    /// <summary>One word for lists: built-in, script, init, systemd, ocf, refused or missing.</summary>
    public abstract string Kind { get; }

    /// <summary>The daemon's own code for addresses.</summary>
    public sealed record BuiltIn : AgentLocation
    {
        public override string Kind => "built-in";
    }

    /// <summary>heartbeat's convention: Path argument... start|stop|status.</summary>
    public sealed record Script(string Path) : AgentLocation
    {
        public override string Kind => "script";
    }

    /// <summary>LSB's convention: Path start|stop|status.</summary>
    /// <param name="Twin">
    /// The unit of that name, to which the scripts of some distributions pass everything on; null: none.
    /// </param>
    public sealed record Init(string Path, Unit? Twin = null) : AgentLocation
    {
        public override string Kind => "init";
    }

    /// <summary>Called as: Systemctl start|stop|show Name.</summary>
    /// <param name="Name">With its suffix, for example mysqld.service.</param>
    public sealed record Unit(string Systemctl, string Name) : AgentLocation
    {
        public override string Kind => "systemd";
    }

    /// <summary>OCF's convention: Path start|stop|monitor, arguments in the environment.</summary>
    /// <param name="Root">For OCF_ROOT.</param>
    public sealed record Ocf(string Path, string Root, string Provider, string Type) : AgentLocation
    {
        public override string Kind => "ocf";
    }

    /// <param name="Reason">One sentence: where was looked for it.</param>
    public sealed record Missing(string Reason) : AgentLocation
    {
        public override string Kind => "missing";
    }

    /// <summary>It is there, but root does not run it.</summary>
    /// <param name="Reason">One sentence with path and mode.</param>
    public sealed record Refused(string Reason) : AgentLocation
    {
        public override string Kind => "refused";
    }
}
