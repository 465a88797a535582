// Collects what is wrong in one file, so that one round of editing is enough.
// Invariant: never more than ConfigLimits.ProblemsPerFile entries and one that counts the rest, and no error is lost:
// the counting entry is as severe as the worst that it stands for.

namespace HaSharp.Core.Config;

internal sealed class ProblemList(string file)
{
    private readonly List<ConfigProblem> found = [];
    private ProblemSeverity worstDropped = ProblemSeverity.Note;
    private int dropped;

    public void Error(Word at, string text) => Add(at.Line, at.Column, ProblemSeverity.Error, text);

    /// <summary>An unknown word, with the nearest known one; looked for only while problems are listed.</summary>
    public void Unknown(Word at, string text, IEnumerable<string> known)
        => Error(at, found.Count < ConfigLimits.ProblemsPerFile ? text + NearMiss.Suggest(at.Text, known) : text);

    public void Error(string text) => Add(0, 0, ProblemSeverity.Error, text);

    public void Warning(Word at, string text) => Add(at.Line, at.Column, ProblemSeverity.Warning, text);

    public void Warning(string text) => Add(0, 0, ProblemSeverity.Warning, text);

    public void Note(Word at, string text) => Add(at.Line, at.Column, ProblemSeverity.Note, text);

    public void Note(string text) => Add(0, 0, ProblemSeverity.Note, text);

    public IEnumerable<ConfigProblem> Sorted()
    {
        if (dropped > 0)
        {
            found.Add(new(file, 0, 0, worstDropped, $"there are {dropped} further problems, which are not listed"));
            dropped = 0;
        }

        return found.OrderBy(p => p.Line).ThenBy(p => p.Column);
    }

    private void Add(int line, int column, ProblemSeverity severity, string text)
    {
        if (found.Count < ConfigLimits.ProblemsPerFile)
        {
            found.Add(new(file, line, column, severity, text));
            return;
        }

        dropped++;
        worstDropped = severity > worstDropped ? severity : worstDropped;
    }
}
