using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Data.Conversations;
using Pipeline.Data.Documents;
using Pipeline.Data.Shards;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Cleaning;
using Pipeline.Steps.Exporting;
using Pipeline.Steps.Instructing;
using Pipeline.Steps.Partitioning;
using Pipeline.Steps.Preferring;
using Pipeline.Steps.Tokenizing;

namespace Pipeline.Steps.Tests.Data;

/// <summary>From documents to tokens and preferences: each step on what the one before it made.</summary>
public sealed class DataStepsTests
{
    [Fact]
    public async Task Deduplicate_keeps_one_of_each_and_says_what_it_dropped()
    {
        using var run = new StepRun(new Deduplicate());
        await (await run.GivenDocuments("documents", [.. Members(50), .. Members(20).Select(d => d with { Id = "z" + d.Id, Text = d.Text + "\n" })])).RunAsync("""{"near":{"threshold":0.9}}""");
        Assert.Equal(50, (await run.DocumentsOf("documents")).Count);
        Assert.Equal("70 -> 50  (exact 20 · near 0)", run.Context!.Summary);
        Assert.Equal(20, run.Context.Metrics["dropped.exact"]);
        var funnel = Funnel.FromJson(await File.ReadAllTextAsync(Path.Combine(run["funnel"], "funnel.json"), TestContext.Current.CancellationToken));
        Assert.Equal([("exact duplicates", 70L, 50L), ("near duplicates", 50L, 50L)], funnel.Rules.Select(r => (r.Rule, r.DocumentsIn, r.DocumentsOut)));
        Assert.Equal(5, funnel.Rules[0].Samples.Count);
    }

    [Fact]
    public async Task Deduplicate_cuts_repeated_parts_and_says_how_much()
    {
        using var run = new StepRun(new Deduplicate());
        const string Banner = "This site uses cookies to remember you.";
        await (await run.GivenDocuments("documents", Members(30).Select(d => d with { Text = $"{d.Text}\n{Banner}\n" }))).RunAsync("""{"lines":{"enabled":true},"substrings":{"enabled":true,"minimum_bytes":32},"memory":"16MiB"}""", cpus: 7);
        var documents = await run.DocumentsOf("documents");
        Assert.Equal(1, documents.Count(d => d.Text.Contains(Banner, StringComparison.Ordinal)));
        Assert.Equal($"30 -> 30  (exact 0 · near 0 · repeated lines {29 * (Banner.Length + 1):N0} characters · repeated substrings 0 characters)", run.Context!.Summary);
        Assert.Equal(29 * (Banner.Length + 1), run.Context.Metrics["characters.repeated_lines"]);
    }

    [Theory]
    [InlineData("""{"memory":"much"}""", "memory: 'much' is no size; expected one such as 512MiB")]
    [InlineData("""{"memory":"1MiB"}""", "memory: '1MiB' is too little to sort in")]
    [InlineData("""{"keep":"highest"}""", "field: is missing; keep: highest needs a metadata key")]
    [InlineData("""{"field":"score"}""", "field: has no meaning with keep: longest")]
    public void Options_of_a_deduplication_that_cannot_be_are_refused(string with, string expected) => Assert.Contains(expected, Assert.Single(new StepRun(new Deduplicate()).Problems(with)));

    [Fact]
    public async Task What_was_signed_is_found_again_under_other_thresholds_and_orders()
    {
        using var run = new StepRun(new Deduplicate());
        await (await run.GivenDocuments("documents", [.. Members(200), .. Members(20).Select(d => d with { Id = "z" + d.Id })])).RunAsync("""{"near":{"threshold":0.8},"keep":"longest"}""");
        var (made, found) = run.Context!.Pieces.Count("signature");
        Assert.True(made > 1 && found == 0, $"{made} {found}");
        Directory.Delete(run["documents"], recursive: true);
        await run.RunAsync("""{"near":{"threshold":0.9},"keep":"first"}""");
        Assert.Equal((0, made), run.Context.Pieces.Count("signature"));
    }

    [Fact]
    public void A_deduplication_that_does_nothing_is_refused() =>
        Assert.Contains("the step does nothing", Assert.Single(new StepRun(new Deduplicate()).Problems("""{"exact":false,"near":{"enabled":false}}""")));

    [Fact]
    public async Task Split_writes_three_parts_and_a_certificate_that_holds()
    {
        using var run = await SplitMembers(300);
        var parts = await Task.WhenAll(((string[])["train", "validation", "test"]).Select(run.DocumentsOf));
        Assert.Equal(300, parts.Sum(p => p.Count));
        Assert.All(parts, Assert.NotEmpty);
        var types = parts.Select(p => p.Select(d => d.Metadata["declaring_type"]).ToHashSet()).ToList();
        Assert.Empty(types[0].Intersect(types[1]).Concat(types[0].Intersect(types[2])).Concat(types[1].Intersect(types[2])));
        using var certificate = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run["certificate"], "certificate.json"), TestContext.Current.CancellationToken));
        Assert.True(certificate.RootElement.GetProperty("holds").GetBoolean());
        Assert.EndsWith("overlap exact 0, near 0, 13-gram 0", run.Context!.Summary);
        Assert.Equal(0, run.Context.Metrics["overlap.ngram"]);
    }

    [Fact]
    public async Task The_bytes_do_not_depend_on_the_number_of_cpus()
    {
        using var one = await SplitMembers(100, cpus: 1);
        using var many = await SplitMembers(100, cpus: 8);
        foreach (var port in (string[])["train", "validation", "test", "certificate"])
            Assert.Equal(Directory.GetFiles(one[port]).Order().Select(File.ReadAllBytes), Directory.GetFiles(many[port]).Order().Select(File.ReadAllBytes));
    }

    [Theory]
    [InlineData("""{"train":0.9}""", "train: and validation and test add up to 1.1; expected 1")]
    [InlineData("""{"train":0,"validation":0.5,"test":0.5}""", "train: is 0; nothing would be left to train on")]
    public void Ratios_that_are_none_are_refused_before_anything_runs(string with, string expected) => Assert.Contains(expected, new StepRun(new Split()).Problems(with));

    [Fact]
    public async Task A_group_key_that_no_document_has_lists_those_there_are()
    {
        using var run = await new StepRun(new Split()).GivenDocuments("documents", Members(10));
        Assert.Contains("They have: declaring_type, member.", (await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync("""{"group_by":"type"}"""))).Message);
    }

    [Fact]
    public async Task A_cluster_that_fills_a_small_part_is_named_and_stays_where_it_was_drawn()
    {
        // Of 40 seeds the cluster of 30 among 230 falls into validation or test with some.
        var documents = Members(200).Select((d, i) => d with { Metadata = new Dictionary<string, string> { ["declaring_type"] = i < 30 ? "large" : $"T{i}" } }).ToList();
        for (var seed = 1; seed < 40; seed++)
        {
            using var run = await new StepRun(new Split()).GivenDocuments("documents", documents);
            await run.RunAsync($$"""{"group_by":"declaring_type","seed":{{seed}}}""");
            if (run.Context!.Metrics["test.largest_cluster"] < 30) continue;
            Assert.Contains("warning: one cluster of 30 documents, alike or of one group, is in test, which has ", string.Join('\n', run.Lines), StringComparison.Ordinal);
            Assert.DoesNotContain("alike or of one group", string.Join("", await Told("\"warn_cluster_share\":1", seed)), StringComparison.Ordinal);
            Assert.Empty(await Told("\"balance\":true", seed));
            return;
        }

        Assert.Fail("no seed draws the large cluster for the test");

        async Task<IEnumerable<string>> Told(string option, int seed)
        {
            using var run = await new StepRun(new Split()).GivenDocuments("documents", documents);
            await run.RunAsync($$"""{"group_by":"declaring_type","seed":{{seed}},{{option}}}""");
            Assert.Contains(" % of 80 / 10 / 10 % · overlap", run.Context!.Summary, StringComparison.Ordinal);
            return run.Lines.Where(l => l.StartsWith("warning", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("""{"folds":5,"fold":6}""", "fold: is 6; expected 1 to 5")]
    [InlineData("""{"stratify_by":"a","time_by":"b"}""", "stratify_by: and time_by exclude each other")]
    [InlineData("""{"memory":"0"}""", "memory: '0' is no size")]
    public void Ways_to_split_that_contradict_each_other_are_refused(string with, string expected) => Assert.Contains(expected, Assert.Single(new StepRun(new Split()).Problems(with)));

    [Fact]
    public async Task Certify_passes_what_split_made_and_fails_where_a_document_is_planted()
    {
        using var split = await SplitMembers(100);
        using var proof = await new StepRun(new Certify()).Given("train", split["train"]).Given("test", split["test"]).RunAsync("""{"group_by":"declaring_type"}""");
        Assert.EndsWith("overlap exact 0, near 0, 13-gram 0", proof.Context!.Summary);
        using var leak = new StepRun(new Certify()).Given("train", split["train"]);
        await leak.GivenDocuments("test", [.. await split.DocumentsOf("test"), (await split.DocumentsOf("train"))[3] with { Id = "planted" }]);
        Assert.Contains("1 of test overlap train (exact), such as planted (", (await Assert.ThrowsAsync<StepFailedException>(() => leak.RunAsync())).Message);
        Assert.Contains("give validation, test or both", Assert.Single(new Certify().CheckInputs(System.Text.Json.Nodes.JsonNode.Parse("{}")!.AsObject(), new Dictionary<string, int> { ["train"] = 1 })).Message);
    }

    [Fact]
    public async Task A_single_text_is_cut_in_place_and_encoded_byte_by_byte()
    {
        var text = string.Concat(Enumerable.Repeat("All the world's a stage,\nand all the men and women merely players.\n", 20));
        using var cut = await (await new StepRun(new Contiguous()).GivenDocuments("documents", Document.Create("play.txt", text))).RunAsync("""{"train":0.9,"validation":0.1,"test":0}""");
        Assert.Equal($"{text.Length * 9 / 10:N0} / {text.Length - (text.Length * 9 / 10):N0} / 0 characters", cut.Context!.Summary);
        using var trained = await new StepRun(new TrainBpe()).Given("documents", cut["train"]).RunAsync("""{"vocab_size":260}""");
        Assert.Equal(0, trained.Context!.Metrics["merges"]);
        using var encoded = await new StepRun(new Encode()).Given("split", cut).Given("tokenizer", trained["tokenizer"]).RunAsync();
        // One token a character, and one that ends the text.
        Assert.Equal((text.Length * 9 / 10) + 1, encoded.Context!.Metrics["train.tokens"]);
        Assert.Equal(0, encoded.Context.Metrics["test.tokens"]);
    }

    [Fact]
    public async Task A_text_too_short_to_be_cut_says_which_part_stays_empty()
    {
        using var run = await new StepRun(new Contiguous()).GivenDocuments("documents", Document.Create("a.txt", "abc"));
        Assert.Contains("validation gets no text: the longest of 1 documents has 3 characters", (await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync())).Message);
    }

    [Fact]
    public async Task Encode_gives_shards_that_decode_to_the_documents()
    {
        using var split = await SplitMembers(200);
        using var trained = await new StepRun(new TrainBpe()).Given("documents", split["train"]).RunAsync("""{"vocab_size":400}""");
        using var encoded = await new StepRun(new Encode()).Given("split", split).Given("tokenizer", trained["tokenizer"]).RunAsync();

        var path = Path.Combine(trained["tokenizer"], "tokenizer.json");
        var model = TokenizerReader.Read(path);
        Assert.Equal(400, model.VocabularySize);
        var tokenizer = new TextTokenizer(model);
        foreach (var part in (string[])["train", "validation", "test"])
        {
            using var shard = TokenShard.Open(Path.Combine(encoded[part], "tokens.bin"));
            var documents = await split.DocumentsOf(part);
            Assert.Equal(documents.Select(d => d.Text), Enumerable.Range(0, documents.Count).Select(i => tokenizer.Decode(shard.ReadSequence(i))));
            Assert.Equal(model.SpecialId(SpecialTokens.EndOfText), shard.Header.EndOfText);
            Assert.Equal(SHA256.HashData(File.ReadAllBytes(path)), shard.Header.TokenizerSha256);
            Assert.Equal(shard.Header.TokenCount, encoded.Context!.Metrics[part + ".tokens"]);
        }
    }

    [Fact]
    public async Task Tokenizers_of_every_kind_encode_and_stand_side_by_side_and_their_tokens_go_to_other_trainers()
    {
        using var split = await SplitMembers(200);
        foreach (var (step, with) in new (Engine.Authoring.StepType, string)[]
        {
            (new TrainWordPiece(), """{"vocab_size":300}"""), (new TrainUnigram(), """{"vocab_size":420,"max_words":1000}"""), (new TrainWords(), """{"vocab_size":200,"lowercase":true}"""), (new TrainCharacters(), """{"vocab_size":80}"""),
        })
        {
            using var trained = await new StepRun(step).Given("documents", split["train"]).RunAsync(with);
            using var encoded = await new StepRun(new Encode()).Given("split", split).Given("tokenizer", trained["tokenizer"]).RunAsync();
            var model = TokenizerReader.Read(Path.Combine(trained["tokenizer"], "tokenizer.json"));
            Assert.Equal(trained.Context!.Metrics["vocabulary"], model.VocabularySize);
            using var shard = TokenShard.Open(Path.Combine(encoded["train"], "tokens.bin"));
            Assert.Equal((await split.DocumentsOf("train")).Select(d => string.Join(',', new TextTokenizer(model).Encode(d.Text))), Enumerable.Range(0, (int)shard.Header.SequenceCount).Select(i => string.Join(',', shard.ReadSequence(i)[..^1])));
            using var exported = await new StepRun(new ExportTokens()).Given("tokens", encoded).RunAsync("""{"layout":"nanogpt"}""");
            Assert.Equal(shard.Header.TokenCount * 2, new FileInfo(Path.Combine(exported["export"], "train.bin")).Length);
            Assert.Equal(model.VocabularySize, JsonDocument.Parse(File.ReadAllText(Path.Combine(exported["export"], "meta.json"))).RootElement.GetProperty("vocab_size").GetInt32());
            using var compared = await new StepRun(new ReportTokenizers()).Given("documents", split["validation"]).Given("tokenizers", step.Name[16..], trained["tokenizer"]).RunAsync();
            var bytes = compared.Context!.Metrics[$"{step.Name[16..]}.bytes_per_token"];
            Assert.InRange(bytes, 0.5, 10);
            Assert.Contains("The longest tokens", File.ReadAllText(Path.Combine(compared["report"], "report.html")), StringComparison.Ordinal);
            Assert.Equal(bytes, JsonDocument.Parse(File.ReadAllText(Path.Combine(compared["report"], "report.json"))).RootElement[0].GetProperty("bytes_per_token").GetDouble());
        }
    }

    [Fact]
    public async Task A_tokenizer_to_which_nearly_all_is_unknown_is_not_the_most_compact()
    {
        using var split = await SplitMembers(200);
        using var little = await new StepRun(new TrainWords()).Given("documents", split["train"]).RunAsync("""{"vocab_size":10}""");
        using var pairs = await new StepRun(new TrainBpe()).Given("documents", split["train"]).RunAsync("""{"vocab_size":400}""");
        using var compared = await new StepRun(new ReportTokenizers()).Given("documents", split["test"]).Given("tokenizers", "little", little["tokenizer"]).Given("tokenizers", "pairs", pairs["tokenizer"]).RunAsync();
        var metrics = compared.Context!.Metrics;
        Assert.True(metrics["little.bytes_per_token"] > metrics["pairs.bytes_per_token"]);
        Assert.True(metrics["little.comparable_bytes_per_token"] < metrics["pairs.comparable_bytes_per_token"]);
        Assert.Equal(metrics["pairs.bytes_per_token"], metrics["pairs.comparable_bytes_per_token"]);
        Assert.Matches("^pairs: [0-9.]+ bytes a token, [0-9.]+ tokens a word, the most compact of the 1 of 2 that restore every text$", compared.Context.Summary);
        Assert.Matches("⚠ little leaves [0-9.]+.?% of the bytes unknown", File.ReadAllText(Path.Combine(compared["report"], "report.html")));
        using var alone = await new StepRun(new ReportTokenizers()).Given("documents", split["test"]).Given("tokenizers", "little", little["tokenizer"]).RunAsync();
        Assert.Matches("^little: [0-9.]+ bytes a token of known text, [0-9.]+.?% of the text unknown, [0-9.]+ tokens a word, restores [0-9.]+ % of the texts$", alone.Context!.Summary);
    }

    [Fact]
    public void Options_of_tokenizers_and_layouts_that_mean_nothing_are_refused()
    {
        Assert.Contains("special_tokens: lack '[UNK]', which stands for what cannot be spelled: add it", new StepRun(new TrainWordPiece()).Problems("""{"special_tokens":["<|endoftext|>"]}"""));
        Assert.Contains(new StepRun(new TrainUnigram()).Problems("""{"vocab_size":200}"""), p => p.Contains("256 bytes and a character; at least 262", StringComparison.Ordinal));
        Assert.Equal(["tokens_per_file: goes with layout: llmc; leave it out"], new StepRun(new ExportTokens()).Problems("""{"layout":"nanogpt","tokens_per_file":5}"""));
    }

    [Theory]
    [InlineData("""{"vocab_size":259}""", "vocab_size: 259 leaves no room")]
    [InlineData("""{"special_tokens":["x"]}""", "special_tokens: the special token 'x' is too short")]
    public void A_tokenizer_that_cannot_be_is_refused(string with, string expected) => Assert.Contains(new StepRun(new TrainBpe()).Problems(with), p => p.Contains(expected));

    [Fact]
    public async Task Questions_and_preferences_come_of_documents_and_stay_in_their_part()
    {
        using var split = await SplitMembers(300);
        using var questions = await new StepRun(new FromDocuments()).Given("split", split).RunAsync("""{"prompt":"What does {member} do?"}""");
        using var preferences = await new StepRun(new Siblings()).Given("conversations", questions).RunAsync();
        foreach (var part in (string[])["train", "validation", "test"])
        {
            var documents = (await split.DocumentsOf(part)).ToDictionary(d => d.Id);
            var pairs = ConversationLines.ReadPreferences(Path.Combine(preferences[part], "preferences.jsonl")).ToList();
            Assert.NotEmpty(pairs);
            Assert.All(pairs, p => Assert.Equal(($"What does {documents[p.Id].Metadata["member"]} do?", documents[p.Id].Text), (p.Prompt[0].Content, p.Chosen)));
            Assert.All(pairs, p => Assert.Contains(documents.Values, d => d.Text == p.Rejected && d.Metadata["declaring_type"] == documents[p.Id].Metadata["declaring_type"]));
            Assert.InRange(preferences.Context!.Metrics[part + ".name_overlap_accuracy"], 0.9, 1);
        }

        Assert.Contains("names alone pick", preferences.Context!.Summary);
    }

    [Theory]
    [InlineData("""{"prompt":"What?"}""", "prompt: 'What?' has no placeholder")]
    [InlineData("""{"prompt":"What does {member do?"}""", "prompt: The template")]
    public void A_template_that_cannot_be_filled_is_refused(string with, string expected) => Assert.Contains(new StepRun(new FromDocuments()).Problems(with), p => p.Contains(expected));

    [Fact]
    public async Task Conversations_without_siblings_are_an_error()
    {
        using var split = await new StepRun(new Split()).GivenDocuments("documents", Members(30).Select((d, i) => d with { Metadata = new Dictionary<string, string> { ["member"] = $"M{i}", ["declaring_type"] = $"T{i}" } }));
        using var questions = await new StepRun(new FromDocuments()).Given("split", await split.RunAsync()).RunAsync("""{"prompt":"What does {member} do?"}""");
        using var run = new StepRun(new Siblings()).Given("conversations", questions);
        Assert.Contains("has a sibling of another answer", (await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync())).Message);
    }

    private static async Task<StepRun> SplitMembers(int count, int cpus = 2)
    {
        var run = await new StepRun(new Split()).GivenDocuments("documents", Members(count));
        return await run.RunAsync("""{"group_by":"declaring_type","seed":3}""", cpus);
    }

    /// <summary>Members of types with ten members each, whose summaries say their names.</summary>
    private static IEnumerable<Document> Members(int count)
    {
        var random = new Random(1);
        string Word() => string.Concat(Enumerable.Range(0, 6).Select(_ => (char)('a' + random.Next(26))));
        for (var i = 0; i < count; i++)
        {
            var name = Word();
            yield return Document.Create("docs.xml", $"Uses {name} to {Word()} the {Word()} of {Word()} {Word()}.", i.ToString()) with
            {
                Metadata = new Dictionary<string, string> { ["member"] = $"Type{i / 10}.{char.ToUpperInvariant(name[0])}{name[1..]}(Int32)", ["declaring_type"] = $"Space.Type{i / 10}" },
            };
        }
    }
}
