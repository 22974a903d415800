using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;
using Pipeline.Steps.Artifacts;
using Pipeline.Steps.Collecting;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Collecting;

public sealed class CollectingStepsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private SourceFile Source(string name, string content)
    {
        var path = folder.Write(name, content);
        return new(name, path, new FileInfo(path).Length, Sha256.OfFile(path));
    }

    [Fact]
    public async Task Files_of_several_kinds_become_documents_named_by_their_paths()
    {
        using var run = new StepRun(new CollectFiles())
        {
            Sources = [Source("data/a.txt", "Plain."), Source("data/b.html", "<nav>Menu</nav><h1>Title</h1><p>Words.</p>"), Source("data/c.jsonl", "{\"body\":\"Line.\",\"key\":\"k1\"}\n"), Source("data/d.md", "")],
        };
        await run.RunAsync("""{"paths":["data/*"],"license":"CC0-1.0","columns":{"text":"body","id":"key"}}""");
        var documents = await run.DocumentsOf("documents");
        Assert.Equal([("data/a.txt", "Plain."), ("data/b.html", "Title\n\nWords."), ("data/c.jsonl", "Line.")], documents.Select(d => (d.Source, d.Text)));
        Assert.All(documents, d => Assert.Equal("CC0-1.0", d.License));
        Assert.Equal("k1", documents[2].Metadata["id"]);
        Assert.Equal("4 files -> 3 documents", run.Context!.Summary);
        Assert.Equal(1, run.Context.Metrics["documents.empty"]);
    }

    [Fact]
    public async Task A_bad_file_fails_the_step_by_name()
    {
        using var run = new StepRun(new CollectFiles()) { Sources = [Source("a.jsonl", "{\"text\":\"x\"}\nnope\n")] };
        Assert.StartsWith("a.jsonl:2: ", (await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync("""{"paths":["a.jsonl"]}"""))).Message);
        using var empty = new StepRun(new CollectFiles()) { Sources = [Source("e.txt", " \n ")] };
        Assert.Equal("The 1 files hold no text: e.txt.", (await Assert.ThrowsAsync<StepFailedException>(() => empty.RunAsync("""{"paths":["e.txt"]}"""))).Message);
    }

    [Fact]
    public void Params_that_would_be_ignored_are_refused()
    {
        using var run = new StepRun(new CollectFiles());
        Assert.Equal(["columns: only JSON lines have columns; leave it out or set format: jsonl"], run.Problems("""{"paths":["x"],"format":"html","columns":{"text":"body"}}"""));
        Assert.Equal(["paths: names no file; give at least one path or glob"], run.Problems("""{"paths":[]}"""));
        Assert.Empty(run.Problems("""{"paths":["x"],"format":"dotnet_xml"}"""));
    }

    [Fact]
    public async Task The_documentation_of_the_SDK_is_found_and_sampled_by_whole_types_whatever_the_cpus()
    {
        var step = new CollectDotnetDocs();
        var sources = SourceFiles.Resolve(step.SourcesOf([]), folder.Path, new(folder["digests"], TimeProvider.System));
        Assert.All(sources, s => Assert.StartsWith("packs/", s.Name));
        const string with = """{"sample":3000,"seed":7}""";
        using var one = new StepRun(step) { Sources = sources };
        using var many = new StepRun(step) { Sources = sources };
        await one.RunAsync(with, cpus: 1);
        await many.RunAsync(with, cpus: 4);
        var documents = await one.DocumentsOf("documents");
        Assert.Equal(3000, documents.Count);
        Assert.Equal(Directory.GetFiles(one["documents"]).Order().Select(Sha256.OfFile), Directory.GetFiles(many["documents"]).Order().Select(Sha256.OfFile));
        Assert.True(documents.GroupBy(d => d.Metadata["declaring_type"]).Average(g => g.Count()) > 3);
    }

    [Fact]
    public void Paths_of_the_pipeline_take_the_place_of_the_SDK()
    {
        var with = new JsonObject { ["paths"] = new JsonArray("docs/*.xml") };
        Assert.Equal(new SourcePattern("docs/*.xml"), Assert.Single(new CollectDotnetDocs().SourcesOf(with)));
    }

    [Fact]
    public async Task Documents_print_as_rows_of_JSON()
    {
        using var run = new StepRun(new CollectFiles()) { Sources = [Source("a.md", "---\ntitle: T\n---\nNaïve \"text\".")] };
        await run.RunAsync("""{"paths":["a.md"]}""");
        var artifact = new Artifact(new string('0', 64), [new("part-00000.parquet", 1, "")], f => Path.Combine(run["documents"], f.Path));
        var row = JsonNode.Parse(Assert.Single(ArtifactRows.Read(typeof(Documents), artifact)))!;
        Assert.Equal(("a.md", "Naïve \"text\".", "T", "unknown"), ((string)row["source"]!, (string)row["text"]!, (string)row["metadata"]!["title"]!, (string)row["license"]!));
    }
}
