// `hasharp demo`: a cluster of two nodes in namespaces of its own, a web server with a floating address, a client that
// asks every 5 ms, and everything that an administrator would try in the first hour.

namespace HaSharp.Cli.Demo;

public static class DemoCommand
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int NotPermitted = 4;

    /// <summary>
    /// Runs the demonstration. Outside of its private world it makes one, runs itself in there and waits.
    /// </summary>
    /// <param name="json">One JSON document on standard output; what happens goes to standard error.</param>
    /// <returns>0 every scenario ended as it should, 1 one did not, 4 the world cannot be made here.</returns>
    public static int Run(bool json)
    {
        try
        {
            return PrivateWorld.IsInside ? RunInside(json) : RunOutside(json);
        }
        catch (LabException e)
        {
            Console.Error.WriteLine($"hasharp demo: {e.Message}");
            return NotPermitted;
        }
    }

    private static int RunOutside(bool json)
    {
        if (PrivateWorld.WhatIsMissing() is { } missing)
        {
            Console.Error.WriteLine($"hasharp demo: {missing}");
            return NotPermitted;
        }

        return PrivateWorld.RunSelf(json ? ["demo", "--json"] : ["demo"]);
    }

    private static int RunInside(bool json)
    {
        PrivateWorld.Settle();
        var home = Directory.CreateDirectory("/run/hasharp-demo").FullName;
        using var lab = new Lab(home, PrivateWorld.Self, nodes: 2, DemoCluster.Files);
        DemoCluster.WritePages(lab);

        var results = Play(lab, json ? Console.Error : Console.Out);
        if (json)
        {
            Console.Out.WriteLine(DemoReport.Json(results));
        }
        else
        {
            Console.Out.Write(DemoReport.Table(results));
        }

        var good = results.All(result => result.Trouble is null);
        if (!good)
        {
            ShowLogs(lab);
        }

        return good ? Done : Failed;
    }

    private static IReadOnlyList<DemoResult> Play(Lab lab, TextWriter story)
    {
        using var narrator = new Narrator(story);
        using var play = new DemoPlay(lab, narrator);
        return play.RunAll();
    }

    private static void ShowLogs(Lab lab)
    {
        foreach (var node in lab.Nodes)
        {
            Console.Error.WriteLine($"--- the last words of {node.Name}'s daemon");
            Console.Error.WriteLine(node.LogTail());
        }
    }
}
