// The line webhook: every event is posted as JSON.

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaSharp.Core.Config;
using Polly;

namespace HaSharp.Daemon.Notices;

/// <param name="http">Outlives the receiver.</param>
/// <param name="attempts">For one event.</param>
internal sealed class WebhookReceiver(NoticeUrl url, HttpClient http, ResiliencePipeline attempts) : INoticeReceiver
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    public string Name => $"webhook {url}";

    public Task<string?> Deliver(Notice notice, long missed, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(NoticeBody.Of(notice, missed), NoticeJson.Default.NoticeBody);
        return attempts.Run(token => Post(body, token), cancellation);
    }

    private async Task Post(byte[] body, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = Json;
        using var request = new HttpRequestMessage(HttpMethod.Post, Address()) { Content = content };
        if (url.Url.UserInfo.Length > 0)
        {
            // HttpClient passes over a user in the address.
            byte[] user = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.Url.UserInfo));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(user));
        }

        using HttpResponseMessage answer = await http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            string text = $"the server answers {(int)answer.StatusCode}";
            throw IsFinal(answer.StatusCode) ? new NoticeRefusedException(text) : new HttpRequestException(text);
        }
    }

    private Uri Address() => new UriBuilder(url.Url) { UserName = "", Password = "" }.Uri;

    /// <summary>A redirection is one: a POST that is sent elsewhere arrives as something else.</summary>
    private static bool IsFinal(HttpStatusCode code) => (int)code is >= 300 and < 500
        && code is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);
}

/// <summary>What is posted; the names are part of the interface.</summary>
internal sealed record NoticeBody(
    string Event,
    string Node,
    string? Group,
    string? Resource,
    string State,
    string? Reason,
    string Text,
    string Time,
    long Missed)
{
    internal static NoticeBody Of(Notice notice, long missed) => new(
        notice.Event,
        notice.Node,
        Known(notice.Group),
        Known(notice.Resource),
        notice.State,
        Known(notice.Reason),
        notice.Text,
        notice.TimeText,
        missed);

    private static string? Known(string text) => text.Length == 0 ? null : text;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NoticeBody))]
internal sealed partial class NoticeJson : JsonSerializerContext;
