using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;
using Pipeline.Steps.Cleaning;
using Pipeline.Steps.Collecting;
using Pipeline.Steps.Partitioning;
using Pipeline.Steps.Reporting;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Reporting;

/// <summary>The datasheet of documents that came through several steps.</summary>
public sealed class ReportCorpusTests
{
    private static readonly IReadOnlyList<Ancestor> Above = [new("files", "collect.files", []), new("pii", "clean.pii", ["files"]), new("unique", "clean.deduplicate", ["pii"]), new("secret", "shell", []), new("split", "partition.split", ["unique"])];

    [Fact]
    public async Task It_tells_sources_licences_filters_and_personal_data_of_the_documents_that_are_left()
    {
        using var folder = new TemporaryFolder();
        var lines = Enumerable.Range(0, 30).Select(i => $"write to ann{i}@example.org of {string.Join(' ', Enumerable.Range(i * 12, 12).Select(w => $"{(char)('a' + (w % 26))}{(char)('a' + (w / 26))}"))}.").ToList();
        var text = folder.Write("a.jsonl", string.Concat(lines.Append(lines[0]).Select(l => $$"""{"text":"{{l}}"}""" + "\n")));
        using var files = new StepRun(new CollectFiles()) { Sources = [new("a|<b>.jsonl", text, new FileInfo(text).Length, Sha256.OfFile(text))] };
        await files.RunAsync("""{"paths":["a.jsonl"],"license":"MIT"}""");
        using var pii = new StepRun(new CleanPii()).Given("documents", files["documents"]);
        await pii.RunAsync();
        using var unique = new StepRun(new Deduplicate()).Given("documents", pii["documents"]);
        await unique.RunAsync("""{"near":{"enabled":false}}""");
        using var split = new StepRun(new Split()).Given("documents", unique["documents"]);
        await split.RunAsync("""{"ngram":30}""");
        // Named in another order than they ran in.
        using var sheet = new StepRun(new ReportCorpus()) { Ancestry = Above }.Given("documents", split["train"])
            .Given("all", "split.certificate", split["certificate"], typeof(Artifacts.Certificate)).Given("all", "split.train", split["train"], typeof(Artifacts.Documents))
            .Given("all", "unique.funnel", unique["funnel"], typeof(Artifacts.Funnel)).Given("all", "pii.funnel", pii["funnel"], typeof(Artifacts.Funnel)).Given("all", "files.datasheet", files["datasheet"], typeof(Artifacts.Datasheet));
        await sheet.RunAsync();

        var json = JsonNode.Parse(await File.ReadAllTextAsync(sheet["sheet"] + "/corpus.json", TestContext.Current.CancellationToken))!;
        var train = (await split.DocumentsOf("train")).Count;
        Assert.Equal((train, train), ((int)json["documents"]!, (int)json["licenses"]!["MIT"]!));
        Assert.Equal(["files", "pii", "unique", "split"], json["steps"]!.AsArray().Select(s => (string)s!["step"]!));
        Assert.Equal(("email", 31, 31), (json["personal_data"]!.AsObject().Single().Key, (int)json["personal_data"]!["email"]!["found"]!, (int)json["personal_data"]!["email"]!["documents"]!));
        var exact = json["steps"]![2]!["rules"]![0]!;
        Assert.Equal(("exact duplicates", 31, 30), ((string)exact["rule"]!, (int)exact["documents_in"]!, (int)exact["documents_out"]!));
        Assert.Equal(train, (int)json["steps"]![3]!["parts"]!["train"]!);
        Assert.Equal(["secret"], json["silent"]!.AsArray().Select(s => (string)s!));
        Assert.EndsWith("(nothing told of secret)", sheet.Context!.Summary, StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(sheet["sheet"] + "/corpus.md", TestContext.Current.CancellationToken);
        Assert.Contains("| unique | exact duplicates | 31 | 30 |", page, StringComparison.Ordinal);
        Assert.DoesNotContain("email.documents", page, StringComparison.Ordinal);
        Assert.Contains("a\\|&lt;b&gt;.jsonl", page, StringComparison.Ordinal);
    }
}
