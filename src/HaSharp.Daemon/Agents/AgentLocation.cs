namespace HaSharp.Daemon.Agents;

/// <summary>What stands behind the name of a resource's agent.</summary>
public abstract record AgentLocation
{
    private AgentLocation()
    {
    }

    /// <summary>The daemon's own code for addresses.</summary>
    public sealed record BuiltIn : AgentLocation;

    /// <summary>Called as: Path argument... start|stop|status.</summary>
    public sealed record Script(string Path) : AgentLocation;

    /// <summary>Called as: Systemctl start|stop|is-active Name.</summary>
    /// <param name="Name">With its suffix, for example mysqld.service.</param>
    public sealed record Unit(string Systemctl, string Name) : AgentLocation;

    /// <param name="Reason">One sentence: where was looked for it.</param>
    public sealed record Missing(string Reason) : AgentLocation;
}
