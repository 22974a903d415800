using System.Security.Cryptography;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Cleaning;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Cleaning;

public sealed class FilterStepsTests
{
    private const string English = "All human beings are born free and equal in dignity and rights, and they should act towards one another in a spirit of brotherhood.";

    [Fact]
    public async Task Addresses_are_blocked_by_a_file_and_by_params()
    {
        using var folder = new TemporaryFolder();
        using var run = new StepRun(new CleanUrls()) { Sources = [Source(folder, "list.txt", "bad.org\n")] };
        await run.GivenDocuments("documents", Document.Create("a", "x") with { Url = "https://www.bad.org/1" }, Document.Create("b", "x") with { Url = "https://a.b/casino" }, Document.Create("c", "x"));
        await run.RunAsync("""{"block_lists":["list.txt"],"words":["casino"]}""");
        Assert.Equal(["c"], (await run.DocumentsOf("documents")).Select(d => d.Source));
        Assert.Equal((1.0, 1.0, 1.0), (run.Context!.Metrics["dropped.domain"], run.Context.Metrics["dropped.word"], run.Context.Metrics["found.without_url"]));
        Assert.StartsWith("block_lists: names no file", Assert.Single(run.Problems("{}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Languages_are_written_and_chosen()
    {
        using var run = new StepRun(new CleanLanguage());
        await run.GivenDocuments("documents", Document.Create("a", English), Document.Create("b", "Alle Menschen sind frei und gleich an Würde und Rechten geboren."));
        await run.RunAsync("""{"keep":["en"]}""");
        var kept = Assert.Single(await run.DocumentsOf("documents"));
        Assert.Equal(("a", "en"), (kept.Source, kept.Language));
        Assert.Equal((1.0, 1.0), (run.Context!.Metrics["found.de"], run.Context.Metrics["dropped.language"]));
        Assert.StartsWith("keep: has 'english', which is no language", Assert.Single(run.Problems("""{"keep":["english"]}""")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_recipe_of_FineWeb_keeps_prose_and_says_why_it_drops_the_rest()
    {
        using var run = new StepRun(new CleanQuality());
        await run.GivenDocuments("documents", Document.Create("short", English), Document.Create("list", string.Concat(Enumerable.Repeat("buy now\n", 80))), Document.Create("prose", Prose()));
        await run.RunAsync("{}");
        Assert.Equal(["prose"], (await run.DocumentsOf("documents")).Select(d => d.Source));
        Assert.Equal((1.0, 1.0), (run.Context!.Metrics["dropped.gopher_repetition.duplicate_lines"], run.Context.Metrics["dropped.gopher_quality.minimum_words"]));
        Assert.Equal(["presets: has c4@datatrove more than once"], run.Problems("""{"presets":["c4@datatrove","c4@datatrove"]}"""));
        Assert.Equal(["gopher_quality.maximum_words: is below minimum_words (50), so every document would be dropped"], run.Problems("""{"gopher_quality":{"maximum_words":7}}"""));
    }

    [Fact]
    public void Options_of_a_preset_that_is_not_used_are_refused()
    {
        using var run = new StepRun(new CleanQuality());
        Assert.Equal(["dolma_quality: is set, but presets does not name gopher-quality@dolma, so it would do nothing; add gopher-quality@dolma to presets or leave dolma_quality out"], run.Problems("""{"dolma_quality":{"minimum_words":7}}"""));
        Assert.StartsWith("dolma_c4: is set", Assert.Single(run.Problems("""{"dolma_c4":{"blocked_words":["x"]}}""")), StringComparison.Ordinal);
        Assert.Empty(run.Problems("""{"presets":["c4@dolma"],"dolma_c4":{"words_per_line":1}}"""));
        Assert.Equal(["c4.longest_word: is -5, expected a count of at least 0"], run.Problems("""{"c4":{"longest_word":-5}}"""));
        Assert.Equal(["fineweb.newlines: is -1, expected a number of at least 0"], run.Problems("""{"fineweb":{"newlines":-1}}"""));
        Assert.Equal(["gopher_repetition.top2_gram: is 20, expected a share from 0 to 1"], run.Problems("""{"gopher_repetition":{"top2_gram":20}}"""));
        Assert.Empty(run.Problems("""{"fineweb":{"short_line":20},"dolma_c4":{"words_per_line":3}}"""));
    }

    [Fact]
    public async Task Long_documents_are_cut_and_no_longer_go_as_a_whole()
    {
        var words = string.Join(' ', Enumerable.Range(0, 90).Select(i => $"word{i}."));
        using var chunks = new StepRun(new CleanChunk());
        await chunks.GivenDocuments("documents", Document.Create("long", words), Document.Create("short", "a b"));
        await chunks.RunAsync("""{"chunk_size":40}""");
        var pieces = await chunks.DocumentsOf("documents");
        Assert.Equal(words + "a b", string.Concat(pieces.Select(p => p.Text)));
        Assert.Equal(["1", "2", "3", null], pieces.Select(p => p.Metadata.GetValueOrDefault("chunk")));
        Assert.Equal(("2 -> 4", 1.0), (chunks.Context!.Summary, chunks.Context.Metrics["changed.chunk_size"]));
        Assert.StartsWith("chunk_overlap: is more than half", Assert.Single(chunks.Problems("""{"chunk_size":40,"chunk_overlap":21}""")), StringComparison.Ordinal);
        var tokens = System.Text.Json.Nodes.JsonNode.Parse("""{"chunk_size":40,"unit":"tokens"}""")!.AsObject();
        Assert.Equal("unit", new CleanChunk().CheckInputs(tokens, new Dictionary<string, int> { ["documents"] = 1 }).Single().Option);
        Assert.Empty(new CleanChunk().CheckInputs(tokens, new Dictionary<string, int> { ["documents"] = 1, ["tokenizer"] = 1 }));

        using var quality = new StepRun(new CleanQuality());
        await quality.GivenDocuments("documents", Document.Create("long", words), Document.Create("short", "a b"));
        await quality.RunAsync("""{"presets":["gopher-quality@datatrove"],"gopher_quality":{"minimum_words":0,"maximum_words":40,"minimum_word_length":0,"stop_words":0}}""");
        Assert.Contains("clean.chunk", Assert.Single(quality.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_threshold_of_a_preset_is_overridden_alone()
    {
        using var run = new StepRun(new CleanQuality());
        await run.GivenDocuments("documents", Document.Create("short", English));
        await run.RunAsync("""{"presets":["gopher-quality@datatrove"],"gopher_quality":{"minimum_words":10}}""");
        var funnel = Funnel.FromJson(await File.ReadAllTextAsync(run["funnel"] + "/funnel.json", TestContext.Current.CancellationToken));
        Assert.Equal(("10", "100000"), (funnel.Rules[0].Threshold, funnel.Rules[1].Threshold));
    }

    [Fact]
    public async Task Personal_data_is_redacted_and_counted_and_in_no_line_of_the_log()
    {
        using var run = new StepRun(new CleanPii());
        await run.GivenDocuments("documents", Document.Create("a", "Mail ada@mail.org, call +44 20 7946 0958."), Document.Create("b", "123-45-6789 is hers."));
        await run.RunAsync("""{"ssn":"drop","phone":"report"}""");
        Assert.Equal(["Mail [EMAIL], call +44 20 7946 0958."], (await run.DocumentsOf("documents")).Select(d => d.Text));
        Assert.Equal((1.0, 1.0, 1.0), (run.Context!.Metrics["found.email"], run.Context.Metrics["found.phone.documents"], run.Context.Metrics["dropped.ssn"]));
        Assert.DoesNotContain(run.Lines.Append(run.Context.Summary).Append(await File.ReadAllTextAsync(run["funnel"] + "/funnel.json", TestContext.Current.CancellationToken)), l => l.Contains("ada", StringComparison.Ordinal) || l.Contains("7946", StringComparison.Ordinal) || l.Contains("6789", StringComparison.Ordinal));
        Assert.StartsWith(": ignores every kind", Assert.Single(run.Problems("""{"email":"ignore","phone":"ignore","ip_address":"ignore","credit_card":"ignore","iban":"ignore","ssn":"ignore","secret":"ignore"}""")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Benchmarks_of_files_and_of_this_pipeline_are_looked_for()
    {
        using var folder = new TemporaryFolder();
        using var run = new StepRun(new Decontaminate()) { Sources = [Source(folder, "gsm.jsonl", $$"""{"question":"{{English}}"}""" + "\nbroken\n")] };
        await run.GivenDocuments("documents", Document.Create("a", $"Before. {English} After."), Document.Create("b", "Something else that nobody asks."), Document.Create("c", "The quick brown fox jumps over it."));
        await DocumentShards.WriteAllAsync(folder["test"], [Document.Create("t", "the quick brown fox jumps")]);
        await run.Given("benchmarks", "split.test", folder["test"]).RunAsync("""{"files":["gsm.jsonl"],"action":"cut","minimum_characters":1}""");
        Assert.Equal(["Before. After.", "Something else that nobody asks."], (await run.DocumentsOf("documents")).Select(d => d.Text));
        Assert.Equal(("gsm.jsonl: 1 lines are no JSON and were left out; 1 items were read.", 2.0, 1.0), (Assert.Single(run.Lines), run.Context!.Metrics["benchmark.items"], run.Context.Metrics["found.contaminated.split.test"]));
    }

    [Theory]
    [InlineData("new.jsonl", "old.test")]
    [InlineData("old.jsonl", "new.test")]
    public async Task A_benchmark_that_is_called_otherwise_is_told_by_that_name(string file, string input)
    {
        using var folder = new TemporaryFolder();
        var source = Source(folder, "old.jsonl", $$"""{"question":"{{English}}"}""");
        await DocumentShards.WriteAllAsync(folder["test"], [Document.Create("t", "the quick brown fox jumps")]);
        using var first = await RunAsync("old.jsonl", "old.test", null);
        using var second = await RunAsync(file, input, first);
        var funnel = Funnel.FromJson(await File.ReadAllTextAsync(second["funnel"] + "/funnel.json", TestContext.Current.CancellationToken));
        Assert.Equal(new[] { "contaminated", "contaminated." + file, "contaminated." + input }.Order(StringComparer.Ordinal), funnel.Found!.Keys);

        async Task<StepRun> RunAsync(string fileName, string inputName, StepRun? before)
        {
            var run = new StepRun(new Decontaminate()) { Sources = [source with { Name = fileName }], PiecesOf = before };
            await run.GivenDocuments("documents", Document.Create("a", English), Document.Create("b", "The quick brown fox jumps over it."));
            return await run.Given("benchmarks", inputName, folder["test"]).RunAsync("""{"files":["*.jsonl"],"action":"report"}""");
        }
    }

    [Fact]
    public async Task A_vocabulary_tells_what_is_no_mistake()
    {
        var documents = Enumerable.Range(0, 6).Select(i => Document.Create($"d{i}", i < 5 ? "the government and zyxgur" : "the goverment and zyxgur (ZG)"));
        using var count = new StepRun(new CountWords());
        await (await count.GivenDocuments("documents", documents)).RunAsync();
        using var run = new StepRun(new CleanWords());
        await run.GivenDocuments("documents", documents);
        await run.Given("vocabulary", count["vocabulary"]).RunAsync("""{"spelling":{"enabled":true}}""");
        Assert.Equal("the government and zyxgur (ZG)", (await run.DocumentsOf("documents"))[5].Text);
        Assert.Equal(1, run.Context!.Metrics["changed.spelling"]);
        Assert.StartsWith(": switches nothing on", Assert.Single(run.Problems("{}")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task The_bytes_do_not_depend_on_the_number_of_workers(int cpus)
    {
        var documents = Enumerable.Range(0, 400).Select(i => Document.Create($"d{i}", Prose(i) + $" Mail a{i}@b.org or call 212-555-{1000 + i}."));
        var bytes = new List<string>();
        foreach (var workers in (int[])[2, cpus])
        {
            foreach (var step in (StepType[])[new CleanQuality(), new CleanPii(), new CleanLanguage()])
            {
                using var run = new StepRun(step);
                await run.GivenDocuments("documents", documents);
                await run.RunAsync("{}", workers);
                bytes.Add(string.Join(' ', Directory.GetFiles(run["documents"]).Concat(Directory.GetFiles(run["funnel"])).Order(StringComparer.Ordinal).Select(f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))))));
            }
        }

        Assert.Equal(bytes.Take(3), bytes.Skip(3));
    }

    private static SourceFile Source(TemporaryFolder folder, string name, string text)
    {
        File.WriteAllText(folder[name], text);
        return new(name, folder[name], text.Length, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder[name]))));
    }

    /// <summary>Sentences of different words, some hundred of them.</summary>
    private static string Prose(int seed = 0)
    {
        var random = new Random(seed);
        string[] words = ["the", "river", "and", "of", "stone", "that", "have", "with", "morning", "window", "quiet", "letter", "garden", "to", "be", "walked", "evening", "because", "nobody", "remembered", "winter", "thought", "answered", "slowly", "mountain", "paper"];
        return string.Join('\n', Enumerable.Range(0, 8).Select(_ => string.Join(' ', Enumerable.Range(0, 3).Select(_ => "There was " + string.Join(' ', Enumerable.Range(0, 9).Select(_ => words[random.Next(words.Length)])) + "."))));
    }
}
