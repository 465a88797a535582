// Who is told when something happens in the cluster: the lines notify, mailto, smtp and webhook of ha.cf.
// The idea: each line adds one receiver, and every receiver hears the same.
// Invariant: text never shows the part of an address in which a secret may stand.

namespace HaSharp.Core.Config;

public sealed record NoticeConfig
{
    /// <summary>Executables, in the order of the file.</summary>
    public IReadOnlyList<NoticeCommand> Commands { get; init; } = [];

    /// <summary>Mail addresses, name@host, in the order of the file.</summary>
    public IReadOnlyList<string> MailTo { get; init; } = [];

    public string SmtpHost { get; init; } = "localhost";

    public int SmtpPort { get; init; } = 25;

    /// <summary>Null: hasharp@ and the node's name.</summary>
    public string? MailFrom { get; init; }

    public IReadOnlyList<NoticeUrl> Webhooks { get; init; } = [];
}

/// <param name="Path">Absolute.</param>
/// <param name="Arguments">Go before those that describe the event.</param>
public sealed record NoticeCommand(string Path, IReadOnlyList<string> Arguments)
{
    public override string ToString() => Path;
}

/// <summary>An address of a web server; user, password, path and query may each be a secret.</summary>
/// <param name="Url">Absolute, http or https.</param>
public sealed record NoticeUrl(Uri Url)
{
    /// <summary>Scheme, host and port only.</summary>
    public override string ToString() => Url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}
