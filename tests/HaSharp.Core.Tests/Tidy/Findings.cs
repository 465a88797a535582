namespace HaSharp.Core.Tests.Tidy;

/// <summary>Places that break a rule, one line each: file, line, what.</summary>
public static class Findings
{
    /// <summary>Fails and lists all of them, unlike Assert.Empty, which shows five.</summary>
    public static void None(IEnumerable<string> findings)
    {
        var all = findings.ToList();
        if (all.Count > 0)
        {
            Assert.Fail($"{all.Count} places:\n{string.Join('\n', all)}");
        }
    }
}
