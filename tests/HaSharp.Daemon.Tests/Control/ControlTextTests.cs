using System.Text;
using System.Text.Json;
using HaSharp.Daemon.Control;

namespace HaSharp.Daemon.Tests.Control;

public sealed class ControlTextTests
{
    /// <summary>Reading is written by hand: this notices a member that was added and is not read.</summary>
    [Fact]
    public void A_report_comes_back_as_it_was_sent()
    {
        var answer = new ControlAnswer(ControlAnswer.Report, "") { Status = SampleStatus.Report };
        byte[] sent = ControlProtocol.Encode(answer);

        ControlAnswer? received = ControlProtocol.DecodeAnswer(sent);

        Assert.NotNull(received?.Status);
        Assert.Equal(
            JsonSerializer.Serialize(SampleStatus.Report, JsonSerializerOptions.Web),
            JsonSerializer.Serialize(received.Status, JsonSerializerOptions.Web));
    }

    [Fact]
    public void Status_json_has_the_names_and_values_that_a_serializer_with_camel_case_gives()
    {
        string expected = JsonSerializer.Serialize(SampleStatus.Report, JsonSerializerOptions.Web);

        Assert.Equal(expected + "\n", ControlText.Of(SampleStatus.Report));
    }

    [Fact]
    public void A_request_comes_back_as_it_was_sent()
    {
        var request = new ControlRequest("standby") { Scope = "group", Group = "drbddisk::r0", WaitMs = 60_000 };
        byte[] line = ControlProtocol.Encode(request);

        Assert.Equal(request, ControlProtocol.DecodeRequest(line, out _));
        Assert.Equal(
            "{\"command\":\"standby\",\"v\":1,\"scope\":\"group\",\"group\":\"drbddisk::r0\",\"waitMs\":60000}\n",
            Encoding.UTF8.GetString(line));
    }
}
