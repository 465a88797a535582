namespace HaSharp.Cli;

/// <summary>What hasharp ends with; a contract (LSB's status codes where they fit).</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Refused or failed; one sentence on standard error says why.</summary>
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotRunning = 3;
    public const int NotPermitted = 4;

    /// <summary>The time to wait is up; what was asked may still happen.</summary>
    public const int TimedOut = 5;

    /// <summary>The configuration is missing or wrong.</summary>
    public const int NotConfigured = 6;
}
