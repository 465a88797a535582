// What an OCF agent says of itself (meta-data): parameters, actions, the times that its author thinks right.
// The idea: it is a hint and may be wrong in any way, so everything is optional; only what is no XML is an error.
// Nothing outside the text is ever fetched: a document type is passed over, not obeyed.

using System.Globalization;
using System.Text.Json.Serialization;
using System.Xml;
using System.Xml.Linq;
using HaSharp.Core.Resources;

namespace HaSharp.Daemon.Agents;

/// <param name="Default">Null: none is said.</param>
public sealed record OcfParameter(
    string Name, bool IsRequired, string Type, string? Default, string Short, string Long);

/// <param name="Timeout">As written, for example 20s; empty: not said. So are the others.</param>
/// <param name="Role">Promoted or Unpromoted for an agent with roles.</param>
public sealed record OcfAction(string Name, string Timeout, string Interval, string Depth, string Role);

public sealed record OcfDescription(
    string Version,
    string Short,
    string Long,
    IReadOnlyList<OcfParameter> Parameters,
    IReadOnlyList<OcfAction> Actions)
{
    /// <summary>Characters; agents need up to 60 000.</summary>
    public const int LongestText = 1 << 20;

    private const string Monitor = "monitor";

    private static readonly XmlReaderSettings Careful = new()
    {
        DtdProcessing = DtdProcessing.Ignore,
        XmlResolver = null,
        MaxCharactersInDocument = LongestText,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>The times for a plain resource: a monitor without role, of depth 0.</summary>
    [JsonIgnore]
    public AgentTimes Times
    {
        get
        {
            OcfAction? monitor = Find(Monitor);
            return new AgentTimes(
                Time(monitor?.Interval),
                Time(monitor?.Timeout),
                Time(Find("start")?.Timeout),
                Time(Find("stop")?.Timeout));
        }
    }

    /// <summary>Null: it is no meta-data; trouble says why in one sentence.</summary>
    public static OcfDescription? Parse(string text, out string trouble)
    {
        trouble = "";
        try
        {
            using var reader = XmlReader.Create(new StringReader(text.Trim()), Careful);
            XElement root = XDocument.Load(reader).Root!;
            if (root.Name.LocalName == "resource-agent")
            {
                return Of(root);
            }

            trouble = $"its meta-data begins with {root.Name.LocalName} instead of resource-agent";
        }
        catch (XmlException wrong)
        {
            trouble = $"its meta-data is no XML: {wrong.Message}";
        }

        return null;
    }

    /// <summary>A number with ms, s (also without unit), m or h; null: it is none, or not above zero.</summary>
    internal static TimeSpan? Time(string? text)
    {
        string number = string.Concat((text ?? "").Trim().TakeWhile(c => char.IsAsciiDigit(c) || c == '.'));
        string unit = (text ?? "").Trim()[number.Length..].Trim().ToLowerInvariant();
        double seconds = unit switch
        {
            "ms" or "msec" => 0.001,
            "" or "s" or "sec" => 1,
            "m" or "min" => 60,
            "h" or "hr" => 3600,
            _ => 0,
        };
        return double.TryParse(number, CultureInfo.InvariantCulture, out double value)
            && value * seconds is > 0 and < 1e7
                ? TimeSpan.FromSeconds(value * seconds)
                : null;
    }

    private static OcfDescription Of(XElement root) => new(
        Attribute(root, "version") is { Length: > 0 } version ? version : Text(root, "version"),
        Text(root, "shortdesc"),
        Text(root, "longdesc"),
        [
            .. Children(root, "parameters", "parameter").Select(parameter => new OcfParameter(
                Attribute(parameter, "name"),
                Attribute(parameter, "required") is "1" or "true" or "yes",
                Attribute(parameter.Element("content"), "type"),
                parameter.Element("content")?.Attribute("default")?.Value,
                Text(parameter, "shortdesc"),
                Text(parameter, "longdesc"))),
        ],
        [
            .. Children(root, "actions", "action").Select(action => new OcfAction(
                Attribute(action, "name"),
                Attribute(action, "timeout"),
                Attribute(action, "interval"),
                Attribute(action, "depth"),
                Attribute(action, "role"))),
        ]);

    private OcfAction? Find(string name) => Actions
        .Where(action => action.Name == name && (action.Depth is "" or "0"))
        .OrderBy(action => action.Role.Length > 0)
        .FirstOrDefault();

    private static IEnumerable<XElement> Children(XElement root, string list, string item) =>
        root.Element(list)?.Elements(item) ?? [];

    private static string Attribute(XElement? element, string name) => element?.Attribute(name)?.Value.Trim() ?? "";

    private static string Text(XElement element, string name) => element.Element(name)?.Value.Trim() ?? "";
}
