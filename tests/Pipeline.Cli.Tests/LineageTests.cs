using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Pipeline.Cli.Tests;

/// <summary>From an artifact back to all that is in it, from what is stored alone.</summary>
public sealed class LineageTests : IDisposable
{
    private const string Yaml = """
        name: p
        steps:
          pages: { uses: collect.files, with: { paths: ["data/*.txt"] } }
          clean: { uses: clean.text, inputs: { documents: pages }, with: { minimum_words: 2 } }
          tokenizer: { uses: tokenizer.train-bpe, inputs: { documents: clean }, with: { vocab_size: 260 } }
        """;

    private readonly Project project = new(Yaml);

    public LineageTests()
    {
        project.Write("data/a.txt", "one fish two fish red fish");
        project.Write("data/b.txt", "a blue fish and an old fish");
    }

    private async Task<Ended> Run() => (await project.Run()).Expect(ExitCode.Success);

    private async Task<JsonObject> Lineage(params string[] what) => Assert.Single((await project.Pipeline(["lineage", .. what, "--json"])).Expect(ExitCode.Success).Rows);

    private static IEnumerable<string> Uses(JsonObject lineage) => Steps(lineage).Select(s => (string)s["recipe"]!["step"]!);

    private static IEnumerable<JsonObject> Steps(JsonObject lineage) => lineage["steps"]!.AsArray().Select(s => s!.AsObject());

    private string ResultFile(string key) => project[$".pipeline/results/{key[..2]}/{key}.json"];

    private static string Key(Ended run, string step) => (string)run.Steps[step]["key"]!;

    [Fact]
    public async Task A_tokenizer_is_told_with_its_files_licences_options_and_run()
    {
        var run = await Run();
        var said = (await project.Pipeline("lineage", "p.yaml", "tokenizer")).Expect(ExitCode.Success).Output;
        Assert.StartsWith($"tokenizer.tokenizer  {run.Digest("tokenizer", "tokenizer")[..12]}\n└─ p.tokenizer  tokenizer.train-bpe version 1\n", said, StringComparison.Ordinal);
        Assert.Contains($"run {(string?)run.Last["run"]} · ", said, StringComparison.Ordinal);
        Assert.Contains($" on {Environment.MachineName}", said, StringComparison.Ordinal);
        Assert.Contains("with vocab_size: 260\n", said, StringComparison.Ordinal);
        Assert.Contains("minimum_words: 2\n", said, StringComparison.Ordinal);
        Assert.Contains($"└─ documents {run.Digest("pages", "documents")[..12]}  p.pages  collect.files version ", said, StringComparison.Ordinal);
        Assert.Contains("2 source files, 53 B, list ", said, StringComparison.Ordinal);
        Assert.Contains("data/a.txt\n", said, StringComparison.Ordinal);
        Assert.Contains("licences of documents: unknown 2\n", said, StringComparison.Ordinal);
        Assert.EndsWith("3 steps · 2 source files · licences: unknown 2 · 1 run\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_json_leads_from_digest_to_digest_down_to_the_bytes_of_each_file()
    {
        var run = await Run();
        var lineage = await Lineage("p.yaml", "tokenizer.tokenizer");
        Assert.Equal(["tokenizer.train-bpe", "clean.text", "collect.files"], Uses(lineage));
        Assert.Equal(0, (int)lineage["gaps"]!);
        var steps = Steps(lineage).ToList();
        Assert.Equal(Key(run, "tokenizer"), (string?)lineage["targets"]![0]!["made_by"]);
        Assert.Equal(Key(run, "clean"), (string?)steps[0]["inputs"]![0]!["made_by"]);
        Assert.Equal(Key(run, "pages"), (string?)steps[1]["inputs"]![0]!["made_by"]);
        Assert.Equal(run.Digest("pages", "documents"), (string?)steps[1]["inputs"]![0]!["digest"]);
        Assert.Equal(2, (int)lineage["licenses"]!["unknown"]!);
        foreach (var file in steps[2]["sources"]!["files"]!.AsArray())
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(project[(string)file!["path"]!]))), (string?)file["sha256"]);
        Assert.Equal(Environment.MachineName, (string?)steps[0]["environment"]!["machine"]);
    }

    [Fact]
    public async Task It_needs_no_pipeline_file_and_takes_any_digest_of_which_enough_is_given()
    {
        var run = await Run();
        var before = (await Lineage("p.yaml", "tokenizer"))["steps"]!.ToJsonString();
        project.Write("p.yaml", "steps: [ no pipeline any more");
        Assert.Equal(before, (await Lineage("p.yaml", "tokenizer"))["steps"]!.ToJsonString());
        File.Delete(project["p.yaml"]);
        Assert.Equal(before, (await Lineage("p.yaml", "tokenizer"))["steps"]!.ToJsonString());
        Assert.Equal(before, (await Lineage("p.yaml"))["steps"]!.ToJsonString());
        Assert.Equal(before, (await Lineage(run.Digest("tokenizer", "tokenizer")))["steps"]!.ToJsonString());
        Assert.Equal(before, (await Lineage(run.Digest("tokenizer", "tokenizer")[..16]))["steps"]!.ToJsonString());
        Assert.Equal(before, (await Lineage(Key(run, "tokenizer")[..16]))["steps"]!.ToJsonString());
    }

    [Fact]
    public async Task What_is_lost_is_said_in_its_place_and_the_rest_stands()
    {
        var run = await Run();
        File.Delete(ResultFile(Key(run, "pages")));
        var lineage = await Lineage("p.yaml", "tokenizer");
        Assert.Equal(["tokenizer.train-bpe", "clean.text"], Uses(lineage));
        Assert.Contains("removed by gc", (string?)Steps(lineage).Last()["inputs"]![0]!["lost"], StringComparison.Ordinal);
        // The cleaned documents are the first that are known.
        Assert.Equal(2, (int)lineage["licenses"]!["unknown"]!);
        Assert.Contains("└─ documents " + run.Digest("pages", "documents")[..12] + "  : the result that made it is neither here", (await project.Pipeline("lineage", "p.yaml", "tokenizer")).Output, StringComparison.Ordinal);

        await Run();
        var sources = (string)Steps(await Lineage("p.yaml", "pages")).Single()["sources"]!["digest"]!;
        File.Delete(project[$".pipeline/store/blobs/{sources[..2]}/{sources}"]);
        foreach (var blob in Directory.EnumerateFiles(project[".pipeline/store/blobs"], Steps(await Lineage("p.yaml", "pages")).Single()["outputs"]!["documents"]!["digest"]!.ToString(), SearchOption.AllDirectories)) File.Delete(blob);
        var said = (await project.Pipeline("lineage", "p.yaml", "pages")).Expect(ExitCode.Success).Output;
        Assert.Contains("the list of its source files is neither here nor in a shared store", said, StringComparison.Ordinal);
        Assert.EndsWith("1 not known any more\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_that_do_not_say_what_they_were_read_from_are_found_by_content_and_other_makers_named()
    {
        var run = await Run();
        (await project.Run("--set", "steps.clean.with.minimum_words=3")).Expect(ExitCode.Success);
        foreach (var step in new[] { "tokenizer", "clean" })
        {
            var result = (JsonObject)JsonNode.Parse(File.ReadAllText(ResultFile(Key(run, step))))!;
            Assert.True(result.Remove("upstream"));
            File.WriteAllText(ResultFile(Key(run, step)), result.ToJsonString());
        }

        var lineage = await Lineage(Key(run, "tokenizer"));
        Assert.Equal(["tokenizer.train-bpe", "clean.text", "collect.files"], Uses(lineage));
        var input = Steps(lineage).First()["inputs"]![0]!;
        Assert.Equal(Key(run, "clean"), (string?)input["made_by"]);
        Assert.NotEmpty(input["also_made_by"]!.AsArray());
        Assert.Contains("the same bytes were also made by ", (await project.Pipeline("lineage", Key(run, "tokenizer"))).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_other_way_leads_from_a_file_to_all_that_was_made_of_it()
    {
        var run = await Run();
        Assert.Equal(["collect.files", "clean.text", "tokenizer.train-bpe"], Uses(await Lineage("data/a.txt", "--downstream")));
        File.Delete(project["data/a.txt"]);
        Assert.Equal(["collect.files", "clean.text", "tokenizer.train-bpe"], Uses(await Lineage("data/a.txt", "--downstream")));
        Assert.Equal(["clean.text", "tokenizer.train-bpe"], Uses(await Lineage(run.Digest("pages", "documents"), "--downstream")).Order());
        Assert.Equal(["tokenizer.train-bpe"], Uses(await Lineage("p.yaml", "clean.documents", "--downstream")).Except(["clean.text"]));
        Assert.Contains("nothing that is stored was made from it", (await project.Pipeline("lineage", "p.yaml", "tokenizer", "--downstream")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("No result", (await project.Pipeline("lineage", "data/none.txt", "--downstream")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Graphs_have_a_node_for_each_step_and_survive_any_text()
    {
        var run = await Run();
        var mermaid = (await project.Pipeline("lineage", "p.yaml", "tokenizer", "--format", "mermaid")).Expect(ExitCode.Success).Output;
        Assert.StartsWith("graph TD\n", mermaid, StringComparison.Ordinal);
        Assert.Contains($"  k_{Key(run, "pages")[..12]} -->|\"documents {run.Digest("pages", "documents")[..12]}\"| k_{Key(run, "clean")[..12]}\n", mermaid, StringComparison.Ordinal);
        var result = (JsonObject)JsonNode.Parse(File.ReadAllText(ResultFile(Key(run, "pages"))))!;
        result["run"] = "\u001b[31m\"] --> evil\n";
        File.WriteAllText(ResultFile(Key(run, "pages")), result.ToJsonString());
        foreach (var format in new[] { "mermaid", "dot", "text" })
        {
            var drawn = (await project.Pipeline("lineage", "p.yaml", "tokenizer", "--format", format)).Expect(ExitCode.Success).Output;
            Assert.DoesNotContain("\u001b", drawn, StringComparison.Ordinal);
            if (format != "text") Assert.DoesNotContain("31m\"]", drawn, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_came_from_a_shared_store_is_told_as_well_as_what_was_made_here()
    {
        using var other = new Project(Yaml);
        foreach (var file in new[] { "data/a.txt", "data/b.txt" }) other.Write(file, project.Read(file));
        var store = $"file:{project["shared"]}";
        var made = (await project.Run("--store", store)).Expect(ExitCode.Success);
        var reused = (await other.Run("--store", store)).Expect(ExitCode.Success);
        Assert.Equal("pages:reused clean:reused tokenizer:reused", reused.Decisions);

        // Without the store: who made what is known, its files and documents are not.
        var offline = (await other.Pipeline("lineage", "p.yaml", "tokenizer", "--json")).Expect(ExitCode.Success).Last;
        Assert.Equal(["tokenizer.train-bpe", "clean.text", "collect.files"], Uses(offline));
        Assert.Equal((string?)made.Last["run"], (string?)Steps(offline).First()["run"]);
        Assert.Equal(2, (int)offline["gaps"]!);

        var online = (await other.Pipeline("lineage", "p.yaml", "tokenizer", "--store", store, "--json")).Expect(ExitCode.Success).Last;
        Assert.Equal(2, Steps(online).Last()["sources"]!["files"]!.AsArray().Count);
        Assert.Contains("--fetch", (string?)Steps(online).Last()["licenses"]!["documents"]!["lost"], StringComparison.Ordinal);
        var fetched = (await other.Pipeline("lineage", "p.yaml", "tokenizer", "--store", store, "--fetch", "--json")).Expect(ExitCode.Success).Last;
        Assert.Equal(2, (int)fetched["licenses"]!["unknown"]!);
        Assert.Equal(0, (int)fetched["gaps"]!);

        // On a third machine nothing ever ran: the lock file, or a digest, is enough.
        using var third = new Project();
        third.Write("p.lock.json", project.Read("p.lock.json"));
        Assert.Equal(3, Steps((await third.Pipeline("lineage", "p.yaml", "tokenizer", "--store", store, "--json")).Expect(ExitCode.Success).Last).Count());
        Assert.Equal(3, Steps((await third.Pipeline("lineage", made.Digest("tokenizer", "tokenizer"), "--store", store, "--json")).Expect(ExitCode.Success).Last).Count());
    }

    [Fact]
    public async Task What_cannot_be_found_says_where_it_was_looked_for_and_what_there_is()
    {
        Assert.Contains("has never run", (await project.Pipeline("lineage", "p.yaml", "tokenizer")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        await Run();
        Assert.Contains("it had of: clean, pages, tokenizer", (await project.Pipeline("lineage", "p.yaml", "none")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("has no output 'model'; it has: ", (await project.Pipeline("lineage", "p.yaml", "tokenizer.model")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("begins with 'aaaaaaaa'", (await project.Pipeline("lineage", "aaaaaaaa")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        foreach (var options in new[] { "--run r1", "tokenizer --openlineage", "--json --format dot", "--json --all", "--downstream --fetch" })
            Assert.Matches("(goes? with|not go with|leave|are for)", (await project.Pipeline(["lineage", "p.yaml", .. options.Split(' ')])).Expect(ExitCode.WrongInput).Error);
    }

    public void Dispose() => project.Dispose();
}
