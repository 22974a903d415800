using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Tests.Caching;

public sealed class ResultJsonTests
{
    private static readonly string Digest = Sha256.Of("x"u8);

    private static StepResult Sample => new()
    {
        Key = Digest,
        Recipe = new JsonObject { ["step"] = "a.b", ["with"] = new JsonObject { ["text"] = "é \"quoted\"\n", ["rate"] = 1e-3 } },
        Outputs = new Dictionary<string, ResultOutput> { ["files"] = new(Digest, [new("a/b.txt", 3, Digest), new("ü.txt", 0, Digest)]), ["none"] = new(Digest, []) },
        Metrics = new Dictionary<string, double> { ["loss"] = 0.1, ["count"] = 12 },
        Measurements = new Dictionary<string, double> { ["odd"] = double.NaN, ["more"] = double.PositiveInfinity, ["less"] = double.NegativeInfinity },
        Summary = "12 things",
        Seconds = 1.5,
        Run = "20260101-000000-0000000",
        Finished = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
        State = new(Digest, 2000, Digest, [new("state.bin", 7, Digest)]),
        WentOnFrom = new(Digest, 1000, "20250101-000000-0000000"),
        Upstream = [Digest, ""],
        Environment = new Dictionary<string, string> { ["os"] = "Linux", ["cpu"] = "" },
    };

    [Fact]
    public void What_is_written_is_read_back()
    {
        var text = ResultJson.Write(Sample);
        var read = ResultJson.Read(text)!;
        Assert.Equal(Sample.Recipe.ToJsonString(), read.Recipe.ToJsonString());
        Assert.Equal(Sample.Outputs["files"].Files, read.Outputs["files"].Files);
        Assert.Empty(read.Outputs["none"].Files);
        Assert.Equal(Sample.Metrics, read.Metrics);
        Assert.Equal(Sample.Measurements, read.Measurements);
        Assert.Equal(Sample.State!.Files, read.State!.Files);
        Assert.Equal(Sample.State with { Files = [] }, read.State with { Files = [] });
        Assert.Equal(Sample.WentOnFrom, read.WentOnFrom);
        Assert.Equal(Sample.Upstream, read.Upstream);
        Assert.Equal(Sample.Environment, read.Environment);
        Assert.Equal((Sample.Key, Sample.Summary, Sample.Seconds, Sample.Run, Sample.Finished), (read.Key, read.Summary, read.Seconds, read.Run, read.Finished));
        Assert.Equal(Encoding.UTF8.GetString(text), Encoding.UTF8.GetString(ResultJson.Write(read)));
    }

    [Fact]
    public void A_result_of_an_older_version_has_no_environment_and_one_of_a_newer_version_may_say_more()
    {
        var json = JsonNode.Parse(ResultJson.Write(Sample))!.AsObject();
        foreach (var later in new[] { "environment", "state", "went_on_from", "upstream" }) json.Remove(later);
        json["more"] = new JsonObject { ["key"] = new JsonArray(1, null, "x") };
        var read = ResultJson.Read(Encoding.UTF8.GetBytes(json.ToJsonString()))!;
        Assert.Empty(read.Environment);
        Assert.Empty(read.Upstream);
        Assert.True(read is { State: null, WentOnFrom: null });
        Assert.Equal(Sample.Key, read.Key);
    }

    [Fact]
    public void A_text_cut_off_anywhere_is_no_result()
    {
        var text = ResultJson.Write(Sample);
        for (var length = 0; length < text.Length; length++) Assert.Null(ResultJson.Read(text.AsSpan(0, length)));
        Assert.Null(ResultJson.Read([.. text, (byte)'}']));
    }

    [Theory]
    [InlineData("key", "7")]
    [InlineData("recipe", "[]")]
    [InlineData("outputs", """{"files": {"digest": "x"}}""")]
    [InlineData("outputs", """{"files": {"digest": "x", "files": [{"path": "a", "size": 1, "sha256": "../../x"}]}}""")]
    [InlineData("outputs", """{"files": {"digest": "x", "files": [{"path": "a", "size": 1e99, "sha256": "x"}]}}""")]
    [InlineData("metrics", """{"a": "many"}""")]
    [InlineData("metrics", "null")]
    [InlineData("seconds", "null")]
    [InlineData("finished", "\"yesterday\"")]
    [InlineData("state", """{"line": "x", "horizon": 1, "digest": "x"}""")]
    [InlineData("went_on_from", """{"key": 7, "horizon": 1, "run": "x"}""")]
    [InlineData("upstream", "[null]")]
    [InlineData("environment", """{"os": 7}""")]
    public void A_member_of_another_shape_is_no_result(string name, string value)
    {
        var json = JsonNode.Parse(ResultJson.Write(Sample))!.AsObject();
        json[name] = JsonNode.Parse(value);
        Assert.Null(ResultJson.Read(Encoding.UTF8.GetBytes(json.ToJsonString())));
    }

    [Fact]
    public void Each_member_is_needed_but_those_that_came_later()
    {
        foreach (var name in JsonNode.Parse(ResultJson.Write(Sample))!.AsObject().Select(p => p.Key).Where(n => n is not ("environment" or "state" or "went_on_from" or "upstream")))
        {
            var json = JsonNode.Parse(ResultJson.Write(Sample))!.AsObject();
            json.Remove(name);
            Assert.Null(ResultJson.Read(Encoding.UTF8.GetBytes(json.ToJsonString())));
        }
    }
}
