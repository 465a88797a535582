// The lines mailto and smtp: one mail for every event to each address, so that an address that its server refuses is
// no matter of the others.

using System.Net.Mail;
using System.Text;
using HaSharp.Core.Config;
using Polly;

namespace HaSharp.Daemon.Notices;

/// <param name="attempts">For one mail.</param>
internal sealed class MailReceiver(NoticeConfig config, string address, string node, ResiliencePipeline attempts)
    : INoticeReceiver
{
    private const int LongestSubject = 150;

    public string Name => $"mail to {address} through {config.SmtpHost}:{config.SmtpPort}";

    public Task<string?> Deliver(Notice notice, long missed, CancellationToken cancellation) =>
        attempts.Run(token => Send(notice, missed, token), cancellation);

    private async Task Send(Notice notice, long missed, CancellationToken cancellation)
    {
        try
        {
            using MailMessage mail = Mail(notice, missed);
            using var server = new SmtpClient(config.SmtpHost, config.SmtpPort);
            await server.SendMailAsync(mail, cancellation);
        }
        catch (SmtpException refused) when (IsFinal(refused.StatusCode))
        {
            throw new NoticeRefusedException(refused.Message);
        }
    }

    /// <summary>What came from outside goes into the subject as one line, and into the body as it is.</summary>
    private MailMessage Mail(Notice notice, long missed)
    {
        string subject = $"[HaSharp] {node}: {OneLine(notice.Text)}";
        var mail = new MailMessage
        {
            From = new MailAddress(config.MailFrom ?? $"hasharp@{node}"),
            Subject = subject.Length > LongestSubject ? subject[..LongestSubject] : subject,
            SubjectEncoding = Encoding.UTF8,
            BodyEncoding = Encoding.UTF8,
            Body = Body(notice, missed),
        };
        mail.To.Add(new MailAddress(address));
        return mail;
    }

    private static string Body(Notice notice, long missed)
    {
        var body = new StringBuilder(notice.Text).Append("\n\n");
        (string Name, string Value)[] lines =
        [
            ("time", notice.TimeText), ("node", notice.Node), ("event", notice.Event), ("group", notice.Group),
            ("resource", notice.Resource), ("state", notice.State), ("reason", notice.Reason),
        ];
        foreach ((string name, string value) in lines.Where(line => line.Value.Length > 0))
        {
            body.Append(name).Append(": ").Append(OneLine(value)).Append('\n');
        }

        return missed == 0
            ? body.ToString()
            : $"{body}{missed} events before this one were not mailed: mails could not be sent fast enough.\n";
    }

    private static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    /// <summary>Replies of class 5: the same mail will be refused again.</summary>
    private static bool IsFinal(SmtpStatusCode code) => (int)code is >= 500 and < 600;
}
