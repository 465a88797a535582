// A machine as a Mermaid state diagram, which code forges draw in Markdown. Entry and exit actions are not shown.

using System.Text;
using Stateless.Reflection;

namespace Stateless.Graph;

public static class MermaidGraph
{
    /// <summary>
    /// The machine as the text of a Mermaid state diagram, without a final line break.
    /// States must not have spaces in their names.
    /// </summary>
    public static string Format(StateMachineInfo machineInfo)
    {
        var text = new StringBuilder("stateDiagram-v2");
        foreach (var state in machineInfo.States.Where(state => state.IsOutermost && state.Substates.Count > 0))
        {
            DrawState(text, state, 1);
        }

        var arrows = machineInfo.States.SelectMany(state => state.Transitions.Select(to => (state.Name, to))).ToList();
        for (var i = 1; i <= arrows.Count(arrow => arrow.to.Destination is null); i++)
        {
            Line(text, 1, $"state Decision{i} <<choice>>");
        }

        var decisions = 0;
        foreach (var (from, to) in arrows)
        {
            var guard = to.GuardDescription is { } description ? $" [{description}]" : "";
            Line(text, 1, $"{from} --> {to.Destination ?? $"Decision{++decisions}"} : {to.Trigger}{guard}");
        }

        Line(text, 0, $"[*] --> {machineInfo.InitialState}");
        return text.ToString();
    }

    private static void DrawState(StringBuilder text, StateInfo state, int depth)
    {
        if (state.Substates.Count == 0)
        {
            Line(text, depth, state.Name);
            return;
        }

        Line(text, depth, $"state {state.Name} {{");
        foreach (var substate in state.Substates)
        {
            DrawState(text, substate, depth + 1);
        }

        Line(text, depth, "}");
    }

    private static void Line(StringBuilder text, int depth, string line) =>
        text.AppendLine().Append('\t', depth).Append(line);
}
