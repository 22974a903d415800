using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Cleaning;

namespace Pipeline.Steps.Tests.Cleaning;

public sealed class CleanTextTests
{
    private static Document[] Some => [Document.Create("a", "<p>See  http://a.b now</p>"), Document.Create("b", "tiny"), Document.Create("c", "three plain words")];

    [Fact]
    public async Task Documents_keep_their_ids_and_the_funnel_says_what_happened()
    {
        using var run = new StepRun(new CleanText());
        await (await run.GivenDocuments("documents", Some)).RunAsync("""{"urls":"placeholder","minimum_words":2}""");
        var cleaned = await run.DocumentsOf("documents");
        Assert.Equal([(Some[0].Id, "See [URL] now"), (Some[2].Id, "three plain words")], cleaned.Select(d => (d.Id, d.Text)));
        Assert.Equal("3 -> 2  (minimum words 1)", run.Context!.Summary);
        Assert.Equal((1.0, 1.0), (run.Context.Metrics["changed.urls"], run.Context.Metrics["dropped.minimum_words"]));
        var funnel = Funnel.FromJson(await File.ReadAllTextAsync(run["funnel"] + "/funnel.json", TestContext.Current.CancellationToken));
        Assert.Equal("placeholder", funnel.Rules.Single(r => r.Rule == "urls").Threshold);
    }

    [Fact]
    public async Task Nothing_left_is_a_failure_that_names_the_rule()
    {
        using var run = new StepRun(new CleanText());
        await run.GivenDocuments("documents", Some);
        var error = await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync("""{"minimum_words":500}"""));
        Assert.Equal("None of 3 documents is left: minimum_words 500 dropped 3.", error.Message);
    }

    [Fact]
    public void Params_that_make_no_sense_are_refused()
    {
        using var run = new StepRun(new CleanText());
        Assert.Equal(["maximum_words: is below minimum_words (9), so every document would be dropped"], run.Problems("""{"minimum_words":9,"maximum_words":3}"""));
        Assert.StartsWith("drop_lines: '(?<=a)b' has a look behind at character 1, which cannot run in linear time", Assert.Single(run.Problems("""{"drop_lines":["ok","(?<=a)b"]}""")));
        Assert.Empty(run.Problems("{}"));
    }
}
