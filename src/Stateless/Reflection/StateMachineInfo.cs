// What a graph formatter may know about a machine. The package shows much more; only what the formatter needs is here.

namespace Stateless.Reflection;

/// <summary>A machine's states and transitions as text, in the order of their configuration.</summary>
public sealed class StateMachineInfo
{
    internal StateMachineInfo(string initialState, IReadOnlyList<StateInfo> states)
    {
        InitialState = initialState;
        States = states;
    }

    internal string InitialState { get; }

    internal IReadOnlyList<StateInfo> States { get; }
}

internal sealed record StateInfo(
    string Name, bool IsOutermost, IReadOnlyList<StateInfo> Substates, IReadOnlyList<TransitionInfo> Transitions);

/// <param name="Destination">Null when it is chosen at run time.</param>
internal sealed record TransitionInfo(string Trigger, string? Destination, string? GuardDescription);
