// The control protocol, version 1: what `hasharp` and its daemon say to each other over RUN-DIR/control.
//
// A Unix stream socket, mode 0660, owner root, group haclient. Who may command is asked of the kernel (SO_PEERCRED,
// SO_PEERGROUPS), not of the client. One connection carries one request; every message is one line of JSON in UTF-8,
// ended by a line feed, a request at most 65,536 bytes with it. Unknown members are ignored, on both sides.
//
//   {"v":1,"command":"status"}
//   {"v":1,"command":"standby","scope":"all","waitMs":60000}       give groups away
//   {"v":1,"command":"takeover","scope":"group","group":"10.0.0.1","waitMs":60000}       take groups over
//   {"v":1,"command":"reload"}                                     read the three files again
//   {"v":1,"command":"stop"}                                       release everything in order and end
//   {"v":1,"command":"stop","keep":true}                           end, and leave running what runs
//   {"v":1,"command":"maintenance","scope":"all","forMs":1800000}  without forMs: end it
//   {"v":1,"command":"switch","action":"restart","resource":"mysqld","waitMs":60000}     or "group" for a whole one;
//                                                                  action is start, stop or restart
//
// scope is all, foreign, local, failback or group; waitMs is how long the client means to wait (a wish stands for at
// least a minute). The answers:
//
//   {"v":1,"result":"report","text":"","status":{…StatusReport…}}  to status
//   {"v":1,"result":"accepted","text":"…"}                         begun; exactly one more answer follows
//   {"v":1,"result":"done","text":"…"}
//   {"v":1,"result":"refused","text":"…"}                          not done, and why
//   {"v":1,"result":"late","text":"…"}                             not done in time; the text says what remains of it
//   {"v":1,"result":"invalid","text":"…","problems":["ha.cf:3:1: …"]}        to reload: the files cannot be used;
//                                                                  done after a reload may have problems, too
//   {"v":1,"result":"denied","text":"…"}                           this user may not command
//
// After any answer but accepted the daemon closes the connection. A client has five seconds to finish its request
// and to fetch an answer; one that takes longer is dropped.

using System.Text.Json.Serialization;
using HaSharp.Core;
using HaSharp.Core.Control;

namespace HaSharp.Daemon.Control;

public static class ControlProtocol
{
    public const int Version = 1;
    public const string SocketName = "control";
    public const int RequestLimitBytes = 65_536;

    /// <summary>What a client has for finishing its request, and for fetching an answer.</summary>
    public const int ClientPatienceMs = 5000;
    public const string Reload = "reload";

    /// <summary>A wish that cannot be done at once stands at least this long, even when nobody waits for it.</summary>
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(60);

    /// <summary>One line, the line feed included.</summary>
    public static byte[] Encode(ControlAnswer answer) => ControlText.Line(answer, ControlJson.Default.ControlAnswer);

    /// <inheritdoc cref="Encode(ControlAnswer)"/>
    public static byte[] Encode(ControlRequest request) =>
        ControlText.Line(request, ControlJson.Default.ControlRequest);

    /// <summary>Null when the line is not a request, with the reason.</summary>
    public static ControlRequest? DecodeRequest(ReadOnlyMemory<byte> line, out string trouble)
    {
        ControlRequest? request = ControlText.ReadRequest(line);
        trouble = request switch
        {
            null => "the request is not a JSON object of the control protocol",
            { V: not Version } => $"this daemon speaks version {Version} of the control protocol",
            _ => "",
        };
        return trouble.Length == 0 ? request : null;
    }

    /// <summary>Null when the line is not an answer.</summary>
    public static ControlAnswer? DecodeAnswer(ReadOnlyMemory<byte> line) => ControlText.ReadAnswer(line);

    /// <summary>The node's command in a request other than reload; null with the reason when there is none.</summary>
    public static Command? CommandOf(ControlRequest request, out string trouble)
    {
        trouble = "";
        switch (request.Command)
        {
            case "status":
                return new Command.Status();
            case "stop":
                return new Command.Stop(request.Keep ?? false);
            case "maintenance":
                if (ScopeOf(request) is { } meant)
                {
                    return new Command.Maintain(meant, request.ForMs is { } time ? Bounded(time) : null);
                }

                trouble = "the scope must be all, foreign, local, or group with a name";
                return null;
            case "switch":
                Command.Switch? order = SwitchOf(request);
                trouble = order is null ? "a switch needs start, stop or restart, and a resource or a group" : "";
                return order;
            case "standby" or "takeover":
                if (ScopeOf(request) is { } scope)
                {
                    TimeSpan lifetime = Lifetime(request.WaitMs ?? 0);
                    return request.Command == "standby"
                        ? new Command.Standby(scope, lifetime)
                        : new Command.Takeover(scope, lifetime);
                }

                trouble = "the scope must be all, foreign, local, failback, or group with a name";
                return null;
            default:
                trouble = $"unknown command '{request.Command}'";
                return null;
        }
    }

    public static ControlAnswer AnswerOf(CommandResult result) => result switch
    {
        CommandResult.Accepted => new ControlAnswer(ControlAnswer.Accepted, result.Text),
        CommandResult.Done => new ControlAnswer(ControlAnswer.Done, result.Text),
        CommandResult.Late => new ControlAnswer(ControlAnswer.Late, result.Text),
        CommandResult.Report report => new ControlAnswer(ControlAnswer.Report, "") { Status = report.Status },
        _ => new ControlAnswer(ControlAnswer.Refused, result.Text),
    };

    private static TimeSpan Lifetime(long waitMs)
    {
        // A day is longer than anybody waits, and keeps the arithmetic of deadlines far from overflow.
        var asked = TimeSpan.FromMilliseconds(Math.Clamp(waitMs, 0, 86_400_000));
        return asked > ShortestLifetime ? asked : ShortestLifetime;
    }

    private static TimeSpan Bounded(long milliseconds) => TimeSpan.FromMilliseconds(
        Math.Clamp(milliseconds, 0, (long)StandingOrders.Longest.TotalMilliseconds));

    private static Command.Switch? SwitchOf(ControlRequest request)
    {
        SwitchAction? action = request.Action switch
        {
            "start" => SwitchAction.Start,
            "stop" => SwitchAction.Stop,
            "restart" => SwitchAction.Restart,
            _ => null,
        };
        string? name = request.Group ?? request.Resource;
        return action is { } known && name is { Length: > 0 }
            ? new Command.Switch(known, name, request.Group is not null, Lifetime(request.WaitMs ?? 0))
            : null;
    }

    private static Scope? ScopeOf(ControlRequest request) => request.Scope switch
    {
        "all" => new Scope.All(),
        "foreign" => new Scope.Foreign(),
        "local" => new Scope.Local(),
        "failback" => new Scope.Failback(),
        "group" when request.Group is { Length: > 0 } name => new Scope.Group(new GroupName(name)),
        _ => null,
    };
}

/// <summary>What a client asks; the members are explained at the head of this file.</summary>
public sealed record ControlRequest(string Command)
{
    public int V { get; init; } = ControlProtocol.Version;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scope { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Group { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Resource { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Action { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Keep { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ForMs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? WaitMs { get; init; }
}

/// <summary>What the daemon answers; the members are explained at the head of this file.</summary>
public sealed record ControlAnswer(string Result, string Text)
{
    public const string Accepted = "accepted";
    public const string Done = "done";
    public const string Refused = "refused";
    public const string Late = "late";
    public const string Invalid = "invalid";
    public const string Denied = "denied";
    public const string Report = "report";

    public int V { get; init; } = ControlProtocol.Version;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StatusReport? Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Problems { get; init; }

    /// <summary>No other answer follows.</summary>
    [JsonIgnore]
    public bool IsFinal => Result != Accepted;
}
