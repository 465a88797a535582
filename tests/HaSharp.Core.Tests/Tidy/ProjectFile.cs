using System.Xml.Linq;

namespace HaSharp.Core.Tests.Tidy;

/// <summary>What a project file says about the project's place among the others.</summary>
public sealed class ProjectFile
{
    public ProjectFile(SourceFile file)
    {
        File = file;
        Name = Path.GetFileNameWithoutExtension(file.Path);
        var project = XDocument.Parse(file.Text);
        Projects = [.. Includes(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension).OfType<string>()];
        Packages = [.. Includes(project, "PackageReference")];
    }

    public SourceFile File { get; }

    public string Name { get; }

    public IReadOnlyList<string> Projects { get; }

    public IReadOnlyList<string> Packages { get; }

    private static IEnumerable<string> Includes(XDocument project, string element) => project
        .Descendants(element)
        .Select(reference => reference.Attribute("Include")?.Value.Replace('\\', '/'))
        .OfType<string>();
}
