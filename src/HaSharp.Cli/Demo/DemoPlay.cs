// Plays the scenarios one after the other and judges each by three witnesses that know nothing of each other: the
// interfaces of the nodes, the client, and what the daemons say.

using System.Globalization;

namespace HaSharp.Cli.Demo;

internal sealed class DemoPlay : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    /// <summary>More than any machine with a web server stands still for.</summary>
    private static readonly TimeSpan LongSilence = TimeSpan.FromSeconds(1);

    private readonly Lab _lab;
    private readonly Narrator _narrator;
    private readonly AddressWatch _watch;
    private readonly HttpProbe _client;
    private TimeSpan _toldUntil;

    public DemoPlay(Lab lab, Narrator narrator)
    {
        _lab = lab;
        _narrator = narrator;
        _watch = new AddressWatch(
            lab, DemoCluster.Address,
            holding => narrator.Say(
                holding.At, $"interfaces: {DemoCluster.Address} is on {AddressWatch.NameOf(holding.Holders)}"));
        _client = new HttpProbe(lab.Switch, DemoCluster.Address);
    }

    /// <summary>Each scenario begins where the one before has ended, so the first failure is the last word.</summary>
    public IReadOnlyList<DemoResult> RunAll()
    {
        var results = new List<DemoResult>();
        foreach (var scenario in DemoScenarios.All)
        {
            var failed = results.Any(result => result.Trouble is not null);
            results.Add(failed ? NotPlayed(scenario) : Play(scenario));
        }

        return results;
    }

    public void Dispose()
    {
        _client.Dispose();
        _watch.Dispose();
    }

    private DemoResult Play(DemoScenario scenario)
    {
        var before = _watch.Owner;
        _narrator.Say($"== {scenario.Name}: {scenario.What}");
        var begun = Clock.Now;
        var trouble = scenario.Act(_lab);
        trouble ??= WaitUntilGood(scenario, begun);
        if (trouble is null)
        {
            Watch(until: Clock.Now + scenario.Calm);
            trouble = Flaw(scenario, begun, before);
        }

        var answers = _client.Log.Since(begun);
        var result = new DemoResult(
            scenario.Name, scenario.What, GapOf(scenario, answers, begun), SilenceIn(answers), scenario.FromNothing,
            before, _watch.Owner, trouble);
        _narrator.Say(trouble is null ? "   as it should be" : $"   FAILED: {trouble}");
        return result;
    }

    private static DemoResult NotPlayed(DemoScenario scenario) =>
        new(scenario.Name, scenario.What, null, null, false, "-", "-", "not played, because one before it has failed");

    private string? WaitUntilGood(DemoScenario scenario, TimeSpan begun)
    {
        var wrong = "";
        while (Clock.Now - begun < scenario.Limit)
        {
            TellAnswers();
            wrong = WhatIsNotYetGood(scenario);
            if (wrong.Length == 0)
            {
                return null;
            }

            Thread.Sleep(Pause);
        }

        return string.Create(
            CultureInfo.InvariantCulture, $"after {scenario.Limit.TotalSeconds:0} s {wrong}");
    }

    private string WhatIsNotYetGood(DemoScenario scenario)
    {
        if (_watch.Owner != scenario.Owner)
        {
            return $"{_watch.Owner} holds the address instead of {scenario.Owner}";
        }

        if (_client.Log.Latest is not { } latest || latest.Who != scenario.Owner || Clock.Now - latest.At > Fresh)
        {
            return $"{scenario.Owner} does not answer the client";
        }

        // Only now: a program start costs more than the whole move does.
        return _lab.Nodes.Where(node => node.DaemonProcessId != 0)
            .Select(node => WhatStatusLacks(node, scenario))
            .FirstOrDefault(lack => lack is not null) ?? "";
    }

    private static string? WhatStatusLacks(LabNode node, DemoScenario scenario)
    {
        if (node.Status() is not { } status)
        {
            return $"`hasharp status` on {node.Name} does not work";
        }

        var group = status.Groups.FirstOrDefault(group => group.Name == DemoCluster.Group);
        if (group is null || group.Owner != scenario.Owner || group.State != "started" || !status.Stable)
        {
            var says = group is null ? "no group" : $"{group.Owner} {group.State}, {group.Reason}";
            return $"{node.Name} says: {says}";
        }

        return scenario.Also?.Invoke(status) == false ? $"{node.Name} does not report what was done" : null;
    }

    /// <summary>What was wrong on the way, although the end is good.</summary>
    private string? Flaw(DemoScenario scenario, TimeSpan begun, string before)
    {
        if (WhatIsNotYetGood(scenario) is { Length: > 0 } wrong)
        {
            return $"it did not last: {wrong}";
        }

        if (_watch.MostHoldersSince(begun) > 1)
        {
            return "two nodes held the address at once";
        }

        var answers = _client.Log.Since(begun);
        var changes = AnswerLog.Changes(answers);
        var expected = scenario.FromNothing || before == scenario.Owner ? 0 : 1;
        if (changes.Count != expected)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the answering node changed {changes.Count} times instead of {expected}");
        }

        var silence = AnswerLog.LongestSilence(answers);
        return silence < LongSilence || changes.Any(change => change.Gap == silence)
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"the client had no answer for {silence.TotalMilliseconds:F0} ms although nothing moved then");
    }

    private static TimeSpan? GapOf(DemoScenario scenario, IReadOnlyList<Answer> answers, TimeSpan begun)
    {
        if (scenario.FromNothing)
        {
            return answers.Count == 0 ? null : answers[0].At - begun;
        }

        var changes = AnswerLog.Changes(answers);
        return changes.Count == 0 ? SilenceIn(answers) : changes.Max(change => change.Gap);
    }

    private static TimeSpan? SilenceIn(IReadOnlyList<Answer> answers) =>
        answers.Count < 2 ? null : AnswerLog.LongestSilence(answers);

    private void Watch(TimeSpan until)
    {
        while (Clock.Now < until)
        {
            TellAnswers();
            Thread.Sleep(Pause);
        }
    }

    private void TellAnswers()
    {
        var answers = _client.Log.Since(_toldUntil);
        if (answers.Count == 0)
        {
            return;
        }

        if (_toldUntil == default)
        {
            _narrator.Say(answers[0].At, $"client: first answer, from {answers[0].Who}");
        }

        foreach (var change in AnswerLog.Changes(answers))
        {
            _narrator.Say(change.First.At, string.Create(
                CultureInfo.InvariantCulture,
                $"client: {change.First.Who} answers, {change.Gap.TotalMilliseconds:F1} ms after {change.Last.Who}"));
        }

        _toldUntil = answers[^1].At;
    }
}
