namespace HaSharp.Simulator.Heartbeats;

/// <summary>Which groups a node means to hold, as it sees them (spec 9.1). An intention, not what runs.</summary>
[Flags]
internal enum Hold
{
    None = 0,

    /// <summary>The groups that name the node.</summary>
    Local = 1,

    /// <summary>The groups that name the other node.</summary>
    Foreign = 2,

    All = Local | Foreign,
}

/// <summary>The state of a node's resources as a whole (spec 9.1).</summary>
internal enum ResourceState
{
    /// <summary>Communication is not up: nothing about resources is understood yet.</summary>
    Init,
    Starting,
    BothStarting,

    /// <summary>RSCRCVD: a resource report was seen; within 10 s the node takes its own groups.</summary>
    Received,
    Stable,
    Shutdown,
}

internal static class HoldWords
{
    public static string Word(this Hold hold) => hold switch
    {
        Hold.None => "none",
        Hold.Local => "local",
        Hold.Foreign => "foreign",
        _ => "all",
    };

    /// <summary>A missing word counts as all (9.6.1).</summary>
    public static Hold Read(string? word) => word switch
    {
        "none" => Hold.None,
        "local" => Hold.Local,
        "foreign" => Hold.Foreign,
        _ => Hold.All,
    };

    /// <summary>The same groups, seen from the other node.</summary>
    public static Hold FromTheOtherSide(this Hold hold) => hold switch
    {
        Hold.Local => Hold.Foreign,
        Hold.Foreign => Hold.Local,
        _ => hold,
    };
}
