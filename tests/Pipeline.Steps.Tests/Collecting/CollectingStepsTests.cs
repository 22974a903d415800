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
    public async Task Damage_costs_its_record_and_is_counted_and_named_in_the_log_and_the_datasheet()
    {
        using var run = new StepRun(new CollectFiles()) { Sources = [Source("a.jsonl", "{\"text\":\"x\"}\nnope\n{\"text\":\"y\"}\n"), Source("b.txt", "Words."), Source("c.bin", "\0\u0001\u0002")] };
        await run.RunAsync("""{"paths":["*"],"max_damaged":0.25,"license":"MIT"}""");
        Assert.Equal("3 files -> 3 documents  (damaged 1 · unknown 1)", run.Context!.Summary);
        Assert.Equal((3, 1), (run.Context.Metrics["documents"], run.Context.Metrics["documents.damaged"]));
        Assert.Contains("a.jsonl:2: ", Assert.Single(run.Lines), StringComparison.Ordinal);
        Assert.Contains("\nc.bin: is in no known format", run.Lines[0], StringComparison.Ordinal);

        var sheet = Pipeline.Data.Collection.Datasheet.FromJson(await File.ReadAllTextAsync(Path.Combine(run["datasheet"], "datasheet.json"), TestContext.Current.CancellationToken));
        Assert.Equal([("a.jsonl", 2L, 1L), ("b.txt", 1, 0), ("c.bin", 0, 0)], sheet.Sources.Select(s => (s.Name, s.Documents, s.Damaged)));
        Assert.Equal((2, 1, 3), (sheet.Found.Formats["jsonl"], sheet.Found.Formats["text"], sheet.Found.Licenses["MIT"]));
        Assert.Equal(["2", ""], sheet.Found.Damages.Select(d => d.Where));
        var page = await File.ReadAllTextAsync(Path.Combine(run["datasheet"], "datasheet.md"), TestContext.Current.CancellationToken);
        Assert.Contains("3 documents with 8 characters, from 3 sources", page, StringComparison.Ordinal);
        Assert.Contains("| MIT | 3 |", page, StringComparison.Ordinal);
        Assert.Contains("| a.jsonl:2 | ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_engine_left_out_is_counted_and_named_as_refused()
    {
        using var run = new StepRun(new CollectFiles()) { Sources = [Source("a.txt", "Words."), Source("pipe", "") with { LeftOut = "is no regular file" }] };
        await run.RunAsync("""{"paths":["*"]}""");
        Assert.Equal("1 files -> 1 documents  (refused 1)", run.Context!.Summary);
        Assert.Contains("pipe: is no regular file.", Assert.Single(run.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Room_for_large_files_changes_when_they_are_read_and_never_what_comes_of_them()
    {
        var words = string.Concat(Enumerable.Range(0, 900_000).Select(i => $"{i * 7919 % 10007} "));
        SourceFile[] sources = [Source("a.txt", words), Source("b.txt", "b" + words), Source("c.txt", "small"), Source("d.txt", words + words)];
        var made = new List<string>();
        foreach (var (cpus, held) in new[] { (1, "1"), (3, "7"), (2, "1000") })
        {
            using var run = new StepRun(new CollectFiles()) { Sources = sources };
            await run.RunAsync($$$"""{"paths":["*"],"limits":{"held_megabytes":{{{held}}}}}""", cpus: cpus);
            made.Add(string.Join(' ', Directory.GetFiles(run["documents"]).Order(StringComparer.Ordinal).Select(Sha256.OfFile)));
        }

        Assert.Single(made.Distinct());
    }

    [Fact]
    public async Task More_damage_than_allowed_or_nothing_but_damage_fails_the_step_by_name()
    {
        using var some = new StepRun(new CollectFiles()) { Sources = [Source("a.jsonl", "{\"text\":\"x\"}\nnope\n{\"text\":\"y\"}\n")] };
        Assert.StartsWith("1 of 3 records are damaged, a share of 0.3333 and more than max_damaged: 0.25. Mend or leave out these, or raise it:\na.jsonl:2: ", await Failure(some, """{"paths":["*"],"max_damaged":0.25}"""), StringComparison.Ordinal);
        using var all = new StepRun(new CollectFiles()) { Sources = [Source("a.jsonl", string.Concat(Enumerable.Repeat("nope\n", 30)))] };
        var failure = await Failure(all, """{"paths":["*"]}""");
        Assert.StartsWith("None of the 1 files gave a document:\na.jsonl:1: ", failure, StringComparison.Ordinal);
        Assert.EndsWith("\n… and 20 more", failure, StringComparison.Ordinal);
        using var empty = new StepRun(new CollectFiles()) { Sources = [Source("e.txt", " \n ")] };
        Assert.Equal("The 1 files hold no text: e.txt.", await Failure(empty, """{"paths":["*"]}"""));

        static async Task<string> Failure(StepRun run, string with) => (await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync(with))).Message;
    }

    [Fact]
    public async Task A_large_file_is_read_in_chunks_that_are_found_again_one_by_one_whatever_the_cpus()
    {
        var text = new string('x', 300);
        var source = Source("a.jsonl", string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{{\"text\":\"{i} {text}\"}}\n")));
        using var one = new StepRun(new CollectFiles()) { Sources = [source] };
        using var many = new StepRun(new CollectFiles()) { Sources = [source] };
        await one.RunAsync("""{"paths":["*"]}""", cpus: 1);
        await many.RunAsync("""{"paths":["*"]}""", cpus: 5);
        var chunks = many.Context!.Pieces.Count("chunk").Made;
        Assert.True(chunks >= 3, $"{chunks}");
        foreach (var port in new[] { "documents", "datasheet" })
            Assert.Equal(Directory.GetFiles(one[port]).Order().Select(Sha256.OfFile), Directory.GetFiles(many[port]).Order().Select(Sha256.OfFile));

        // As after a kill in the midst of the file: some chunks are there and some are not.
        many.LosePieces((_, i) => i % 2 == 1);
        Directory.Delete(many["documents"], recursive: true);
        await many.RunAsync("""{"paths":["*"]}""", cpus: 2);
        Assert.Equal(chunks + 1, many.Context.Pieces.Count("chunk").Made + many.Context.Pieces.Count("chunk").Found + many.Context.Pieces.Count("file").Made + many.Context.Pieces.Count("file").Found);
        Assert.Equal(Directory.GetFiles(one["documents"]).Order().Select(Sha256.OfFile), Directory.GetFiles(many["documents"]).Order().Select(Sha256.OfFile));
    }

    [Fact]
    public async Task A_pipeline_file_that_moves_draws_the_same_ids()
    {
        folder.Write("data/deep/a.txt", "Words.");
        folder.Write("data/b.jsonl", "{\"text\":\"Line.\"}\n");
        using var here = await Collect("p", "../data/**/*");
        using var there = await Collect("q/r", "../../data/**/*");
        Assert.Equal(["b.jsonl", "deep/a.txt"], (await here.DocumentsOf("documents")).Select(d => d.Source));
        Assert.Equal(Directory.GetFiles(here["documents"]).Select(Sha256.OfFile), Directory.GetFiles(there["documents"]).Select(Sha256.OfFile));

        async Task<StepRun> Collect(string pipeline, string paths)
        {
            var with = new JsonObject { ["paths"] = new JsonArray(paths) };
            var sources = SourceFiles.Resolve(new CollectFiles().SourcesOf(with), Directory.CreateDirectory(folder[pipeline]).FullName, new(folder["digests"], TimeProvider.System));
            return await new StepRun(new CollectFiles()) { Sources = sources }.RunAsync(with.ToJsonString());
        }
    }

    [Fact]
    public async Task A_column_that_is_nowhere_fails_the_step_with_those_that_there_are()
    {
        using var run = new StepRun(new CollectFiles()) { Sources = [Source("a.csv", "body,label\nx,1\n"), Source("b.txt", "Words.")] };
        var failure = await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync("""{"paths":["*"],"columns":{"text":"txt","id":"key"}}"""));
        Assert.Equal("No record has the column 'txt' of columns.text and the column 'key' of columns.id; there are: body, label. Name one of those, or leave out what there is not.", failure.Message);
        // Nobody named a column: one file is damaged, the other is not.
        using var unnamed = new StepRun(new CollectFiles()) { Sources = run.Sources };
        await unnamed.RunAsync("""{"paths":["*"]}""");
        Assert.Equal((1, 1), (unnamed.Context!.Metrics["documents"], unnamed.Context.Metrics["documents.damaged"]));
    }

    [Fact]
    public void Params_that_would_be_ignored_are_refused()
    {
        using var run = new StepRun(new CollectFiles());
        Assert.Equal(["list_numbers: is about HTML pages, and files of format pdf hold none; leave it out or set another format"], run.Problems("""{"paths":["x"],"format":"pdf","list_numbers":true}"""));
        Assert.Empty(run.Problems("""{"paths":["x"],"format":"warc","list_numbers":true}"""));
        Assert.Equal(["columns: files of format html have no columns; leave it out or set another format"], run.Problems("""{"paths":["x"],"format":"html","columns":{"text":"body"}}"""));
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
        Assert.Equal(new SourcePattern("docs/*.xml", Root: new("root", null)), Assert.Single(new CollectDotnetDocs().SourcesOf(with)));
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
