using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Digests;

/// <summary>
/// Every step type gives the bytes it always gave, or has another version. <c>UPDATE_GOLDEN=1</c> adds what is new and what has another recipe, but never changes
/// what a recipe once gave: for that, raise the version of the step type.
/// </summary>
[Collection(GoldenCollection.Name)]
public sealed class GoldenDigestTests(GoldenPipeline pipeline)
{
    private static readonly string File = Path.Combine(Checkout.Root, "tests", "golden", "digests.json");

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Their recipes and documents hold the address of a server, whose port here is another each time, or need a repository, which no file of this one can be.</summary>
    private static readonly string[] NotFromFiles = ["collect.crawl", "collect.urls", "collect.feeds", "collect.huggingface", "collect.blobs", "collect.git"];

    public static TheoryData<string> Types() => new(BuiltInSteps.Catalog().All.Select(t => t.Name).Except(NotFromFiles));

    [Theory]
    [MemberData(nameof(Types))]
    public void Bytes_do_not_change_without_the_version(string type)
    {
        Assert.True(pipeline.Entries.ContainsKey(type), $"The golden pipeline does not use {type}: add a step of that type to it.");
        var made = pipeline.Entries[type];
        var golden = Read();
        var known = golden[made.TypeAndVersion] as JsonObject;
        var update = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";
        if (Refusal(known, made) is { } refusal) Assert.Fail(refusal);
        if (known?[made.Facets] is JsonObject same && (string?)same["recipe"] == made.Recipe) return;
        if (update)
        {
            Write(golden, made);
            return;
        }

        Assert.SkipWhen(known is not null && known[made.Facets] is null, $"No digests of {made.TypeAndVersion} are known for this environment ({made.Facets}); UPDATE_GOLDEN=1 adds them.");
        Assert.Fail($"{made.TypeAndVersion} has {(known is null ? "no golden digests" : "golden digests of another recipe: its options or what it reads changed")}. UPDATE_GOLDEN=1 adds them; review the diff.");
    }

    [Fact]
    public void Other_bytes_of_a_known_recipe_are_refused_and_another_version_is_not()
    {
        var made = pipeline.Entries["clean.text"];
        var known = new JsonObject { [made.Facets] = made.Json };
        Assert.Null(Refusal(known, made));
        var other = made with { Outputs = made.Outputs.ToDictionary(o => o.Key, o => o.Key == "documents" ? new string('0', 64) : o.Value) };
        Assert.Contains("raise its Version", Refusal(known, other));
        Assert.Null(Refusal(null, other));
        Assert.Null(Refusal(known, other with { Recipe = new string('1', 64) }));
    }

    [Fact]
    public void No_digests_are_kept_of_versions_that_are_gone()
    {
        var present = BuiltInSteps.Catalog().All.Select(t => $"{t.Name}@{t.Version}").ToHashSet();
        var golden = Read();
        var gone = golden.Select(g => g.Key).Where(k => !present.Contains(k)).ToList();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            gone.ForEach(k => golden.Remove(k));
            Save(golden);
        }
        else
        {
            Assert.Empty(gone);
        }
    }

    /// <summary>Why what was made may not be, or null.</summary>
    private static string? Refusal(JsonObject? known, GoldenEntry made) =>
        known?[made.Facets] is JsonObject entry && (string?)entry["recipe"] == made.Recipe && !JsonNode.DeepEquals(entry, made.Json)
            ? $"{made.TypeAndVersion} gives other bytes from the same recipe than it did: raise its Version, or old results would be served for new code.\n--- before\n{entry.ToJsonString(Readable)}\n--- now\n{made.Json.ToJsonString(Readable)}"
            : null;

    private static JsonObject Read() => System.IO.File.Exists(File) ? JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject() : [];

    private static void Write(JsonObject golden, GoldenEntry made)
    {
        if (golden[made.TypeAndVersion] is not JsonObject entries) golden[made.TypeAndVersion] = entries = [];
        entries[made.Facets] = made.Json;
        Save(golden);
    }

    private static void Save(JsonObject golden)
    {
        var sorted = new JsonObject(golden.OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => KeyValuePair.Create(g.Key, (JsonNode?)new JsonObject(g.Value!.AsObject().OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => KeyValuePair.Create(e.Key, e.Value?.DeepClone()))))));
        System.IO.File.WriteAllText(File, sorted.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n");
    }
}
