using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Collecting;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Collecting;

/// <summary>Against a Hub of the test's own, which speaks as far of its API as is used.</summary>
public sealed class HuggingFaceTests : IDisposable
{
    private const string Token = "hf_0123456789";
    private static readonly string Commit = new('a', 40);

    private readonly Dictionary<string, byte[]> files = new()
    {
        ["README.md"] = Encoding.UTF8.GetBytes("---\nlanguage:\n- en\nlicense: cc-by-4.0\n---\n# A set\n"),
        ["data/one.jsonl"] = Encoding.UTF8.GetBytes("{\"text\":\"first\"}\n{\"text\":\"second\"}\n"),
        ["data/two.jsonl"] = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{{\"text\":\"row {i}\"}}\n"))),
    };

    private readonly WebSite hub;
    private readonly WebSite cdn;
    private Func<string, byte[], SiteRequest, SiteAnswer> serve = Whole;
    private bool lies, needsToken;

    public HuggingFaceTests()
    {
        cdn = new(request => serve(request.Path, files[request.Path[5..]], request));
        hub = new(Answer);
    }

    private SiteAnswer? Answer(SiteRequest request)
    {
        if (needsToken && request["authorization"] != $"Bearer {Token}") return new(401);
        if (request.Path == "/api/datasets/ann/set/revision/main" || request.Path == "/api/datasets/ann/set/revision/v1.0") return new(200, $$"""{"sha":"{{Commit}}"}""", "application/json");
        if (request.Path == $"/api/datasets/ann/set/tree/{Commit}?recursive=true") return Tree("README.md", "data/one.jsonl").With("Link", $"<{hub.Root}/api/datasets/ann/set/tree/{Commit}?recursive=true&cursor=x>; rel=\"next\"");
        if (request.Path == $"/api/datasets/ann/set/tree/{Commit}?recursive=true&cursor=x") return Tree("data/two.jsonl");
        var resolve = $"/datasets/ann/set/resolve/{Commit}/";
        if (!request.Path.StartsWith(resolve, StringComparison.Ordinal) || !files.TryGetValue(request.Path[resolve.Length..], out var content)) return null;
        return request.Path.EndsWith("two.jsonl", StringComparison.Ordinal) ? SiteAnswer.Redirect($"{cdn.Root}/cdn/data/two.jsonl") : Whole(request.Path, content, request);
    }

    private SiteAnswer Tree(params string[] paths) => new(200, new JsonArray([.. paths.Select(p =>
    {
        var entry = new JsonObject { ["type"] = "file", ["path"] = p, ["size"] = files[p].Length, ["oid"] = GitSha1(files[p]) };
        if (p.EndsWith("two.jsonl", StringComparison.Ordinal)) entry["lfs"] = new JsonObject { ["oid"] = lies ? new string('0', 64) : Convert.ToHexStringLower(SHA256.HashData(files[p])), ["size"] = files[p].Length };
        return (JsonNode)entry;
    }), new JsonObject { ["type"] = "directory", ["path"] = "data" }]).ToJsonString(), "application/json");

    private static SiteAnswer Whole(string path, byte[] content, SiteRequest request) => new(200, "", "application/octet-stream") { Body = content };

#pragma warning disable CA5350
    private static string GitSha1(byte[] content) => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350

    private string With(string url, string more = "") => $$"""{"endpoint":"{{hub.Root}}","urls":["{{url}}"]{{more}}}""";

    [Fact]
    public async Task Files_are_read_at_a_commit_with_the_licence_of_the_card_and_the_token_for_the_hub_alone()
    {
        needsToken = true;
        using var run = await new StepRun(new CollectHuggingFace()).RunAsync(With("hf://datasets/ann/set/data/*.jsonl", $",\"token\":\"{Token}\""));
        var documents = await run.DocumentsOf("documents");
        Assert.Equal(20_002, documents.Count);
        Assert.Equal(("first", "hf://datasets/ann/set/data/one.jsonl", "CC-BY-4.0", "ann/set", Commit), (documents[0].Text, documents[0].Source, documents[0].License, documents[0].Metadata["dataset"], documents[0].Metadata["revision"]));
        Assert.Equal($"{hub.Root}/datasets/ann/set/resolve/{Commit}/data/one.jsonl", documents[0].Url);
        Assert.All(cdn.Requests, r => Assert.Null(r["authorization"]));
        Assert.All(hub.Requests, r => Assert.Equal($"Bearer {Token}", r["authorization"]));
        Assert.DoesNotContain(Token, string.Join('\n', run.Lines), StringComparison.Ordinal);
        using var denied = new StepRun(new CollectHuggingFace());
        Assert.Contains("may need a token", (await Assert.ThrowsAsync<StepFailedException>(() => denied.RunAsync(With("hf://datasets/ann/set/data/*.jsonl")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revision_is_part_of_the_name_and_of_a_pattern_that_matches_nothing_the_files_are_named()
    {
        using var run = await new StepRun(new CollectHuggingFace()).RunAsync(With("hf://datasets/ann/set@v1.0/data/one.jsonl"));
        Assert.Equal("hf://datasets/ann/set@v1.0/data/one.jsonl", (await run.DocumentsOf("documents"))[0].Source);
        using var none = new StepRun(new CollectHuggingFace());
        Assert.Equal("'*.parquet' matches none of the 3 files of ann/set@main: README.md, data/one.jsonl, data/two.jsonl.", (await Assert.ThrowsAsync<StepFailedException>(() => none.RunAsync(With("hf://datasets/ann/set/*.parquet")))).Message);
    }

    [Fact]
    public async Task A_download_that_breaks_off_goes_on_where_it_was()
    {
        var content = files["data/two.jsonl"];
        var half = content.Length / 2;
        serve = (_, _, request) => request["range"] is { } range
            ? new SiteAnswer(206, "", "application/octet-stream") { Body = content[int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture)..] }.With("Content-Range", $"bytes {range["bytes=".Length..^1]}-{content.Length - 1}/{content.Length}")
            : new SiteAnswer(200, "", "application/octet-stream") { Write = async (stream, stop) => await stream.WriteAsync(content.AsMemory(0, half), stop) };
        using var run = await new StepRun(new CollectHuggingFace()).RunAsync(With("hf://datasets/ann/set/data/two.jsonl"));
        Assert.Equal(20_000, (await run.DocumentsOf("documents")).Count);
        Assert.Equal([null, $"bytes={half}-"], cdn.Requests.Select(r => r["range"]));
    }

    [Fact]
    public async Task A_file_that_is_not_what_the_hub_says_is_not_read()
    {
        lies = true;
        using var run = new StepRun(new CollectHuggingFace());
        Assert.Contains("its SHA-256 is another", (await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync(With("hf://datasets/ann/set/data/two.jsonl")))).Message, StringComparison.Ordinal);
        files["data/one.jsonl"][10] ^= 1;
        lies = false;
        using var limited = new StepRun(new CollectHuggingFace());
        Assert.Contains("more than max_gigabytes", (await Assert.ThrowsAsync<StepFailedException>(() => limited.RunAsync(With("hf://datasets/ann/set/data/*", ",\"max_gigabytes\":0.00001")))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hf://models/ann/set/x")]
    [InlineData("hf://datasets/ann/set")]
    [InlineData("hf://datasets/ann/../x/y")]
    [InlineData("hf://datasets/ann/set/../../x")]
    [InlineData("https://huggingface.co/datasets/ann/set")]
    public void What_names_no_file_is_found_before_anything_runs(string url)
    {
        using var run = new StepRun(new CollectHuggingFace());
        Assert.Contains(run.Problems(With(url)), p => p.Contains("write hf://datasets/OWNER/NAME[@REVISION]/PATH", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        hub.Dispose();
        cdn.Dispose();
    }
}
