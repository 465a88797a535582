// cl_status (spec 15.3): heartbeat's words for what `hasharp status --json` says. All texts and exit codes, the
// spelling mistakes among them, are recorded from heartbeat 3.0.6; scripts compare them.

using HaSharp.Core.Control;
using HaSharp.Daemon.Control;

namespace HaSharp.Cli.OldNames;

internal sealed class ClStatus(OldPlaces places)
{
    private const int Ok = 0;
    private const int No = 1;
    private const int WrongParameter = 11;
    private const int TimeOut = 12;
    private const int Unknown = 13;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TextWriter _out = Console.Out;

    private static readonly (string Name, string Options, Func<ClStatus, StatusReport, ShortOptions, int> Do)[] All =
    [
        ("hbstatus", "mv", static (tool, status, asked) => tool.HeartbeatStatus(status, asked)),
        ("listnodes", "mpnv", static (tool, status, asked) => tool.ListNodes(status, asked)),
        ("nodestatus", "m", static (tool, status, asked) => tool.OfNode(status, asked, NodeStatus)),
        ("nodeweight", "m", static (tool, status, asked) => tool.OfNode(status, asked, NodeWeight)),
        ("nodesite", "m", static (tool, status, asked) => tool.OfNode(status, asked, NodeSite)),
        ("nodetype", "m", static (tool, status, asked) => tool.OfNode(status, asked, NodeType)),
        ("listhblinks", "mv", static (tool, status, asked) => tool.ListLinks(status, asked)),
        ("hblinkstatus", "m", static (tool, status, asked) => tool.LinkStatus(status, asked)),
        ("clientstatus", "m", static (tool, status, asked) => tool.ClientStatus(status, asked)),
        ("rscstatus", "m", static (tool, status, asked) => tool.ResourceStatus(status, asked)),
        ("hbparameter", "mp:", static (tool, status, asked) => tool.Parameter(status, asked)),
    ];

    private delegate int OneNode(TextWriter output, OldNode node, bool sentence);

    public int Run(string[] args)
    {
        if (args is [] or ["-h"])
        {
            _out.Write(ClStatusHelp.Text);
            return Ok;
        }

        int found = Array.FindIndex(All, command => command.Name == args[0]);
        if (found < 0)
        {
            return Fail($"{args[0]}: invalid sub-command.", WrongParameter);
        }

        (string name, string options, Func<ClStatus, StatusReport, ShortOptions, int> run) = All[found];
        StatusReport? status = Ask(out string reason, out bool refused, out bool late);
        if (status is null && name != "hbstatus")
        {
            return Fail("Cannot signon with heartbeat", reason, late ? TimeOut : No);
        }

        ShortOptions asked = ShortOptions.Read(name, options, args[1..], goesOn: false);
        if (status is null)
        {
            return NoAnswer(asked, reason, refused);
        }

        if (asked.Has(ShortOptions.Wrong) && name != "hbstatus")
        {
            string word = name is "listnodes" or "hbparameter" ? "character code" : "character";
            return Fail($"Error: getopt returned{word} {ShortOptions.Wrong}.", WrongParameter);
        }

        return run(this, status, asked);
    }

    private StatusReport? Ask(out string reason, out bool refused, out bool late)
    {
        ControlAnswer? answer = null;
        using ControlClient? client = ControlClient.Connect(places.RunDirectory, out ControlFailure failure);
        if (client is not null && client.Send(new ControlRequest("status")))
        {
            answer = client.Receive(Patience, out failure);
        }

        late = failure == ControlFailure.TimedOut;
        refused = failure == ControlFailure.NotPermitted || (client is not null && answer?.Status is null);
        reason = refused
            ? $"hb_api_signon: {answer?.Text ?? "sign-on is for root and the group haclient"}"
            : "hb_api_signon: Can't initiate connection to heartbeat";
        return answer?.Status;
    }

    private int NoAnswer(ShortOptions asked, string reason, bool refused)
    {
        _out.WriteLine(refused
            ? "Heartbeat is apparently running on this machine, but refuses my connection"
            : "Heartbeat is stopped on this machine.");
        if (asked.Has('v'))
        {
            _out.WriteLine($"({reason})");
        }

        return refused ? Ok : No;
    }

    private int HeartbeatStatus(StatusReport status, ShortOptions asked)
    {
        if (!asked.Has('v'))
        {
            _out.WriteLine("Heartbeat is running on this machine.");
            return Ok;
        }

        bool sentences = asked.Has('m');
        _out.WriteLine((sentences ? "Heartbeat version " : "version:\t") + OldName.Version);
        _out.WriteLine(sentences ? "Resources controlled by \"haresources\"" : "managed by:\t\"haresources\"");
        return ListNodes(status, asked);
    }

    private int ListNodes(StatusReport status, ShortOptions asked)
    {
        bool all = asked.Has('n') == asked.Has('p');
        if (asked.Has('m'))
        {
            _out.WriteLine("The nodes are as follow:");
        }

        foreach (OldNode node in OldNode.Of(status).Where(node => all || node.IsPing == asked.Has('p')))
        {
            if (!asked.Has('v'))
            {
                _out.WriteLine(node.Name);
                continue;
            }

            _out.WriteLine($"\n{node.Name}\t{node.Status}\t(nodetype: {node.Type})");
            PrintLinks(node, asked);
        }

        return Ok;
    }

    private int OfNode(StatusReport status, ShortOptions asked, OneNode answer)
    {
        if (asked.Words is [])
        {
            Console.Error.WriteLine(answer == NodeType ? "No enough parameter." : "Not enough parameters.");
            return WrongParameter;
        }

        if (OldNode.Find(status, asked.Words[0]) is { } node)
        {
            return answer(_out, node, asked.Has('m'));
        }

        Console.Error.WriteLine(answer == NodeWeight
            ? "Error. Maybe due to incorrect node name."
            : "Error. May be due to incorrect node name");
        return WrongParameter;
    }

    private static int NodeStatus(TextWriter output, OldNode node, bool sentence)
    {
        output.WriteLine(sentence ? $"The cluster node {node.Name} is {node.Status}" : node.Status);
        return node.Status is "up" or "active" or "ping" ? Ok : No;
    }

    private static int NodeWeight(TextWriter output, OldNode node, bool sentence)
    {
        output.WriteLine(sentence ? $"The weight of the cluster node {node.Name} is {OldNode.Weight}" : OldNode.Weight);
        return Ok;
    }

    private static int NodeSite(TextWriter output, OldNode node, bool sentence)
    {
        output.WriteLine(sentence ? $"The site of the cluster node {node.Name} is " : "");
        return Ok;
    }

    private static int NodeType(TextWriter output, OldNode node, bool sentence)
    {
        output.WriteLine(sentence ? $"The node {node.Name}'s type: {node.Type}" : node.Type);
        return Ok;
    }

    private int ListLinks(StatusReport status, ShortOptions asked)
    {
        if (asked.Words is [])
        {
            return TooFew();
        }

        if (OldNode.Find(status, asked.Words[0]) is not { } node)
        {
            return Fail("Cannot start heartbeat link interface walk.", "EINVAL", Unknown);
        }

        PrintLinks(node, asked);
        return Ok;
    }

    private void PrintLinks(OldNode node, ShortOptions asked)
    {
        if (asked.Has('m'))
        {
            _out.WriteLine("\tthis node has the following heartbeat links:");
        }

        foreach ((string name, string state) in node.Links)
        {
            _out.WriteLine(asked.Has('v') ? $"\t{name}\t{state}" : $"\t{name}");
        }
    }

    private int LinkStatus(StatusReport status, ShortOptions asked)
    {
        if (asked.Words is not [var nodeName, var linkName, ..])
        {
            return TooFew();
        }

        OldNode? node = OldNode.Find(status, nodeName);
        string? state = node?.Links.FirstOrDefault(link => link.Name == linkName).Status;
        if (node is null || state is null)
        {
            return Fail("Cannot get heartbeat link status", "", Unknown);
        }

        _out.WriteLine(asked.Has('m') ? $"The node {node.Name}'s heartbeat link {linkName} is {state}" : state);
        return state == "up" ? Ok : No;
    }

    /// <summary>
    /// The one client that there is, and that scripts ask for, is ipfail; it is a part of the daemon (of a peer that
    /// is alive, too, as ha.cf is the same there).
    /// </summary>
    private int ClientStatus(StatusReport status, ShortOptions asked)
    {
        if (asked.Words is not [var nodeName, var client, ..])
        {
            return TooFew();
        }

        if (OldNode.Find(status, nodeName) is not { } node)
        {
            return Fail($"Cannot get heartbeat client {client}'s status", "No timely response.", Unknown);
        }

        bool online = client == "ipfail" && status.Ipfail && node.Status == "active";
        _out.WriteLine(online ? "online" : "offline");
        return online ? Ok : No;
    }

    private int ResourceStatus(StatusReport status, ShortOptions asked)
    {
        string held = status.Stable ? Held(status) : "transition";
        _out.WriteLine(asked.Has('m') ? $"This node is holding {held} resources." : held);
        return Ok;
    }

    /// <summary>
    /// To heartbeat a share without groups is held like any other, by the node that has the other share as a rule: the
    /// active node of a pair with one group says all, and the other one none. Scripts ask just that.
    /// </summary>
    private static string Held(StatusReport status) =>
        status.Groups.Count > 0 && status.Groups.All(group => group.Owner == status.Node && group.State == "started")
            ? "all"
            : status.Holdings;

    private int Parameter(StatusReport status, ShortOptions asked)
    {
        if (!asked.Values.TryGetValue('p', out string? name))
        {
            return Fail("parameter name required", WrongParameter);
        }

        string key = name == "crm" ? "pacemaker" : name;
        string? value = name == "hbversion"
            ? OldName.Version
            : status.Parameters.GetValueOrDefault(key) ?? HeartbeatDefaults.Of(key);
        if (value is null)
        {
            return Fail($"Cannot get parameter {name}'s value", "", No);
        }

        _out.WriteLine(asked.Has('m') ? $"Heartbeat parameter {name}'s value: {value}" : value);
        return Ok;
    }

    private static int TooFew()
    {
        Console.Error.WriteLine("No enough parameter.");
        return WrongParameter;
    }

    private static int Fail(string text, string reason, int exitCode)
    {
        OldLines.Say("cl_status", "ERROR", text);
        return Fail($"REASON: {reason}", exitCode);
    }

    private static int Fail(string text, int exitCode)
    {
        OldLines.Say("cl_status", "ERROR", text);
        return exitCode;
    }
}
