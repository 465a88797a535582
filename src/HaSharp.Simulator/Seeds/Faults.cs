// The kinds of faults that a random run can be made of, each with its end: what is broken is mended later, by itself
// or at the end of the burst.

using System.Globalization;

namespace HaSharp.Simulator.Seeds;

internal sealed class Faults(Cluster cluster, Dice dice, Action<TimeSpan, string> add)
{
    private static readonly string[] _scopes = ["all", "local", "foreign", "failback"];

    /// <summary>A moment in whole milliseconds, so that its text is exact.</summary>
    public TimeSpan Moment(TimeSpan low, TimeSpan high)
    {
        TimeSpan moment = dice.Between(low, high);
        return TimeSpan.FromMilliseconds(Math.Floor(moment.TotalMilliseconds));
    }

    /// <summary>One fault of the kind that the profile asks for, begun at that moment and over by the end.</summary>
    public void Add(Profile profile, TimeSpan at, TimeSpan end)
    {
        Profile kind = profile == Profile.Mixed ? (Profile)dice.Below((int)Profile.Mixed) : profile;
        switch (kind)
        {
            case Profile.Calm:
                Mild(at, end);
                break;
            case Profile.Lossy:
                Lossy(at, end);
                break;
            case Profile.Partitions:
                Partition(at, end);
                break;
            case Profile.Pauses:
                Pause(at, end);
                break;
            case Profile.Crashes:
                Crash(at, end);
                break;
            case Profile.Agents:
                Agents(at, end);
                break;
            default:
                Operate(at, end);
                break;
        }
    }

    private void Mild(TimeSpan at, TimeSpan end)
    {
        string node = dice.Pick(cluster.Nodes);
        switch (dice.Below(6))
        {
            case 0:
                RestartDaemon(node, at, cluster.Deadtime / 2);
                break;
            case 1 when cluster.Links.Count > 1:
                Unplug(node, dice.Pick(cluster.Links), at, end);
                break;
            case 2:
                add(at, $"duplicates {Percent(1, 50)}");
                break;
            case 3:
                Order(node, at);
                break;
            case 4:
                add(at, $"replay {node} {Number(1, 20)}");
                break;
            default:
                add(at, $"pause {node}");
                add(Moment(at, at + (cluster.Deadtime / 3)), $"resume {node}");
                break;
        }
    }

    private void Lossy(TimeSpan at, TimeSpan end)
    {
        string link = dice.Chance(0.5) ? "" : dice.Pick(cluster.Links) + " ";
        switch (dice.Below(7))
        {
            case 6:
                add(at, $"damage {link}{Percent(5, 40)}");
                break;
            case 0 or 1:
                add(at, $"loss {link}{Percent(5, 40)}");
                break;
            case 2:
                TimeSpan shortest = TimeSpan.FromMilliseconds(dice.Between(1, 200));
                TimeSpan longest = shortest + TimeSpan.FromMilliseconds(dice.Between(1, 800));
                add(at, $"delay {link}{Duration.Text(shortest)} {Duration.Text(longest)}");
                break;
            case 3:
                add(at, $"duplicates {link}{Percent(5, 50)}");
                break;
            case 4:
                add(at, $"replay {dice.Pick(cluster.Nodes)} {Number(1, 20)}");
                break;
            default:
                Trigger(at, end);
                break;
        }
    }

    private void Partition(TimeSpan at, TimeSpan end)
    {
        string a = dice.Pick(cluster.Nodes);
        string b = Other(a);
        string link = dice.Chance(0.5) ? "" : dice.Pick(cluster.Links) + " ";
        switch (dice.Below(5))
        {
            case 0 or 1:
                add(at, $"partition {Parts()}");
                add(Moment(at, end), "heal");
                break;
            case 2:
                add(at, $"cut {link}{a} {b}");
                add(Moment(at, end), $"join {link}{a} {b}");
                break;
            case 3:
                add(at, $"cut-one-way {link}{a} {b}");
                add(Moment(at, end), $"join {link}{a} {b}");
                break;
            default:
                Unplug(a, dice.Pick(cluster.Links), at, end);
                break;
        }
    }

    private void Pause(TimeSpan at, TimeSpan end)
    {
        string node = dice.Pick(cluster.Nodes);
        add(at, $"pause {node}");
        add(Moment(at, cluster.Heartbeats.Contains(node) ? at + (cluster.Deadtime / 3) : end), $"resume {node}");
        if (dice.Chance(0.3))
        {
            Order(dice.Pick(cluster.Nodes), Moment(at, end));
        }
    }

    private void Crash(TimeSpan at, TimeSpan end)
    {
        string node = dice.Pick(cluster.Nodes);
        switch (dice.Below(4))
        {
            case 0:
                RestartDaemon(node, at, 2 * cluster.Deadtime);
                break;
            case 1:
                foreach (string each in cluster.Nodes)
                {
                    TimeSpan cut = Moment(at, at + (cluster.Deadtime / 4));
                    add(cut, $"power-cut {each}");
                    add(Moment(cut, end), $"power-on {each}");
                }

                break;
            default:
                add(at, $"power-cut {node}");
                add(Moment(at, end), $"power-on {node}");
                break;
        }
    }

    private void Agents(TimeSpan at, TimeSpan end)
    {
        List<string> nodes = [.. cluster.Nodes.Except(cluster.Heartbeats)];
        if (nodes.Count == 0)
        {
            Trigger(at, end);
            return;
        }

        // A heartbeat does not notice that a service has ended.
        if (cluster.Heartbeats.Count == 0 && dice.Chance(0.25))
        {
            add(at, $"crash {dice.Pick(nodes)} {dice.Pick(cluster.Resources)}");
            return;
        }

        // A heartbeat does not notice that its start failed (F3); what it then says is never true again.
        bool everywhere = cluster.Heartbeats.Count == 0 && dice.Chance(0.5);
        string where = everywhere ? "" : $"on {dice.Pick(nodes)} ";
        string verb = dice.Chance(0.6) ? "start" : "stop";
        string manner = dice.Below(5) switch
        {
            0 => "hangs",
            1 => "takes 20s",
            _ => "fails",
        };
        add(at, $"agent {dice.Pick(cluster.Resources)} {where}{verb} {manner}");
        Trigger(Moment(at, end), end);
    }

    private void Operate(TimeSpan at, TimeSpan end)
    {
        int orders = dice.Between(1, 4);
        for (int i = 0; i < orders; i++)
        {
            Order(dice.Pick(cluster.Nodes), Moment(at, at + TimeSpan.FromSeconds(5)));
        }

        if (dice.Chance(0.3))
        {
            string node = dice.Pick(cluster.Nodes);
            add(at, $"stop {node}");
            add(Moment(at, end), $"start {node}");
        }

        // A heartbeat knows no orders.
        if (dice.Chance(0.3) && cluster.Heartbeats.Count == 0)
        {
            GiveOrders(at, end);
        }
    }

    private void GiveOrders(TimeSpan at, TimeSpan end)
    {
        string node = dice.Pick(cluster.Nodes);
        switch (dice.Below(4))
        {
            case 0:
                add(at, $"keep {node}");
                add(Moment(at, end), $"start {node}");
                break;
            case 1:
                add(at, $"maintain {node} {(dice.Chance(0.5) ? "all" : dice.Pick(cluster.Groups))}");
                add(Moment(at, end), $"manage {dice.Pick(cluster.Nodes)} all");
                break;
            case 2:
                string resource = dice.Pick(cluster.Resources);
                add(at, $"switch-off {node} {resource}");
                add(Moment(at, end), $"switch-on {dice.Pick(cluster.Nodes)} {resource}");
                break;
            default:
                add(at, $"switch-over {node} {dice.Pick(cluster.Resources)}");
                break;
        }
    }

    /// <summary>Something that makes groups move.</summary>
    private void Trigger(TimeSpan at, TimeSpan end)
    {
        if (dice.Chance(0.4))
        {
            Crash(at, end);
        }
        else
        {
            Operate(at, end);
        }
    }

    private void Order(string node, TimeSpan at)
    {
        string scope = dice.Chance(0.3) ? dice.Pick(cluster.Groups) : dice.Pick(_scopes);
        add(at, $"{(dice.Chance(0.5) ? "standby" : "takeover")} {node} {scope}");
    }

    private void RestartDaemon(string node, TimeSpan at, TimeSpan longest)
    {
        if (cluster.Heartbeats.Contains(node))
        {
            // What runs on after a killed heartbeat, it never looks at again (8.8): only people can help.
            add(at, $"reload {node}");
            return;
        }

        add(at, $"kill {node}");
        add(Moment(at, at + longest), $"start {node}");
    }

    private void Unplug(string node, string link, TimeSpan at, TimeSpan end)
    {
        add(at, $"unplug {node} {link}");
        add(Moment(at, end), $"plug {node} {link}");
    }

    private string Other(string node)
    {
        int other = dice.Below(cluster.Nodes.Count - 1);
        string candidate = cluster.Nodes[other];
        return candidate == node ? cluster.Nodes[^1] : candidate;
    }

    /// <summary>Two parts, neither empty.</summary>
    private string Parts()
    {
        List<string> left = [];
        List<string> right = [];
        foreach (string node in cluster.Nodes)
        {
            (dice.Chance(0.5) ? left : right).Add(node);
        }

        List<string> full = left.Count > 0 ? left : right;
        if (left.Count == 0 || right.Count == 0)
        {
            (left, right) = (full[..1], full[1..]);
        }

        return $"{string.Join(' ', left)} | {string.Join(' ', right)}";
    }

    private string Percent(int low, int high) => Number(low, high) + "%";

    private string Number(int low, int high) => dice.Between(low, high).ToString(CultureInfo.InvariantCulture);
}
