using System.Text.Json.Nodes;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Mixing;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Mixing;

public sealed class MixTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Domains_are_mixed_by_weight_within_their_limits()
    {
        using var run = await Given();
        await run.RunAsync("""{"weights":{"web":1,"code":3},"maximum_epochs":2,"unit":"documents","budget":600}""");
        var documents = await run.DocumentsOf("documents");
        var domains = documents.CountBy(d => d.Metadata["domain"]).ToDictionary();
        // Code would be 450 and has 100, twice at most; web gives the rest.
        Assert.Equal((200, true), (domains["code"], domains["web"] == 400));
        Assert.Equal(documents.Count, documents.DistinctBy(d => d.Id).Count());
        var report = JsonNode.Parse(await File.ReadAllTextAsync(run["mixture"] + "/mixture.json", TestContext.Current.CancellationToken))!;
        Assert.Equal((0.75, true, 2.0), ((double)report["domains"]![0]!["share_asked"]!, (bool)report["domains"]![0]!["limited"]!, (double)report["domains"]![0]!["epochs"]!));
        Assert.Equal("code may be taken 2 times at most (maximum_epochs) and so reaches 33.3 % instead of 75.0 %; the others give what it lacks.", Assert.Single(run.Lines));
        Assert.Equal("600 documents, 600 documents  (code 33 % of 75 % · web 67 % of 25 %)", run.Context!.Summary);
    }

    [Theory]
    [InlineData("""{"weights":{"web":8,"code":2},"maximum_epochs":2,"unit":"documents","budget":22000}""", 2200, "2,200 documents, 2,200 of 22,000 documents asked for, 10 %  (code 9 % of 20 % · web 91 % of 80 %)", true)]
    [InlineData("""{"weights":{"web":1,"code":0},"maximum_epochs":1,"unit":"documents","budget":1050}""", 1000, "1,000 documents, 1,000 of 1,050 documents asked for, 95 %  (code 0 % · web 100 %)", false)]
    public async Task A_budget_that_cannot_be_met_is_told_in_the_summary(string with, int documents, string summary, bool codeIsLimited)
    {
        using var run = await Given();
        await run.RunAsync(with);
        Assert.Equal(documents, (await run.DocumentsOf("documents")).Count);
        Assert.Equal(summary, run.Context!.Summary);
        Assert.StartsWith($"warning: the mixture has {documents:N0} of the ", Assert.Single(run.Lines), StringComparison.Ordinal);
        var report = JsonNode.Parse(await File.ReadAllTextAsync(run["mixture"] + "/mixture.json", TestContext.Current.CancellationToken))!;
        Assert.Equal([codeIsLimited, true], report["domains"]!.AsArray().Select(d => (bool)d!["limited"]!));
    }

    [Fact]
    public async Task By_default_everything_is_there_once_in_bytes_and_domains_may_be_metadata()
    {
        using var run = await Given();
        await run.RunAsync("{}");
        Assert.Equal(1100, (await run.DocumentsOf("documents")).Count);
        using var by = await Given();
        await by.RunAsync("""{"by":"kind","unit":"words","temperature":1000,"budget":300}""");
        Assert.All((await by.DocumentsOf("documents")).CountBy(d => d.Metadata["kind"]), k => Assert.InRange(k.Value, 48, 52));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task The_bytes_do_not_depend_on_the_number_of_workers(int cpus)
    {
        using var one = await Given();
        using var other = await Given();
        await one.RunAsync("""{"weights":{"web":1,"code":1}}""", 2);
        await other.RunAsync("""{"weights":{"web":1,"code":1}}""", cpus);
        Assert.Equal(Directory.GetFiles(one["documents"]).Order(StringComparer.Ordinal).Select(File.ReadAllBytes), Directory.GetFiles(other["documents"]).Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
    }

    [Fact]
    public async Task A_domain_without_a_weight_and_a_weight_without_a_domain_are_refused()
    {
        using var run = await Given();
        Assert.StartsWith("The domain 'web' has no weight", (await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync("""{"weights":{"code":1}}"""))).Message, StringComparison.Ordinal);
        using var by = await Given();
        Assert.StartsWith("The domains '1', '2' have no weight; weights names 0. Give each", (await Assert.ThrowsAsync<StepFailedException>(() => by.RunAsync("""{"by":"kind","weights":{"0":1}}"""))).Message, StringComparison.Ordinal);
        using var other = await Given();
        Assert.StartsWith("weights names books, of which there is no document", (await Assert.ThrowsAsync<StepFailedException>(() => other.RunAsync("""{"weights":{"code":1,"web":1,"books":1}}"""))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"by":"nokey"}""", "by is 'nokey', but no document has that metadata. They have: kind; and language, license and source.")]
    [InlineData("""{"by":"language"}""", "by is language, but no document has one.")]
    [InlineData("""{"by":"kind","weights":{"0":1,"1":1,"2":1,"7":1}}""", "weights names 7, of which there is no document; the domains are 0, 1, 2.")]
    public async Task A_key_and_a_value_that_no_document_has_are_refused(string with, string expected)
    {
        using var run = await Given();
        Assert.StartsWith(expected, (await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync(with))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_cannot_be_are_refused_before_the_run()
    {
        Problem("""{"weights":{"web":0,"code":0}}""", "are all 0");
        Problem("""{"weights":{"web":1,"code":1,"cod":1,"wep":1}}""", "names 'cod', 'wep', which is no input; the domains are code, web");
        Problem("""{"weights":{"web":1}}""", "lacks 'code'");
        Problem("""{"weights":{}}""", null);
        Problem("""{"weights":{"web":1,"code":2}}""", null);
        Problem("""{"by":"kind","weights":{"anything":1}}""", null);

        static void Problem(string with, string? expected)
        {
            var found = new Mix().CheckInputs(JsonNode.Parse(with)!.AsObject(), new Dictionary<string, int> { ["web"] = 1, ["code"] = 1 }).ToList();
            if (expected is null) Assert.Empty(found);
            else Assert.StartsWith(expected, Assert.Single(found).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("bytes", 5000)]
    [InlineData("words", 777)]
    [InlineData("bytes", 1_003_333)]
    public async Task A_budget_is_met_within_a_document(string unit, long budget)
    {
        using var run = new StepRun(new Mix());
        foreach (var (domain, words) in ((string, int)[])[("books", 400), ("notes", 7), ("pages", 90)])
            await run.GivenDocuments(domain, Enumerable.Range(0, 60).Select(i => Document.Create(domain, string.Join(' ', Enumerable.Range(i, words + (i % 5)).Select(w => $"w{w}")))));
        await run.RunAsync($$"""{"weights":{"books":3,"notes":1,"pages":2},"maximum_epochs":1000,"unit":"{{unit}}","budget":{{budget}}}""");
        var texts = (await run.DocumentsOf("documents")).Select(d => d.Text).ToList();
        var size = texts.Sum(t => unit == "bytes" ? t.Length : t.Split(' ').Length);
        // Half of one of the smallest documents, if the last domain has room for it.
        Assert.InRange(size, budget - 60, budget + 60);
        Assert.Equal(size, (long)JsonNode.Parse(await File.ReadAllTextAsync(run["mixture"] + "/mixture.json", TestContext.Current.CancellationToken))!["reached"]!);
    }

    private async Task<StepRun> Given()
    {
        if (!Directory.Exists(folder["web"]))
        {
            await DocumentShards.WriteAllAsync(folder["web"], [.. Enumerable.Range(0, 1000).Select(i => Some("web", i))]);
            await DocumentShards.WriteAllAsync(folder["code"], [.. Enumerable.Range(0, 100).Select(i => Some("code", i))]);
        }

        return new StepRun(new Mix()).Given("code", folder["code"]).Given("web", folder["web"]);
    }

    private static Document Some(string source, int i) => Document.Create(source, $"{source} {i}") with { Metadata = new Dictionary<string, string> { ["kind"] = (i % 3).ToString(System.Globalization.CultureInfo.InvariantCulture) } };

    public void Dispose() => folder.Dispose();
}
