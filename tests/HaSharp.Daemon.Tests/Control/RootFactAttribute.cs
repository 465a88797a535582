namespace HaSharp.Daemon.Tests.Control;

/// <summary>A test that becomes another user; skipped for whom that is not permitted.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "needs root, to become another user";
}
