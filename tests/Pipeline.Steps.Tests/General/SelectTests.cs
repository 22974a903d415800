using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.General;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.General;

public sealed class SelectTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private async Task<(string Chosen, StepContext Context)> Choose(string with, params double[] losses)
    {
        using var run = new StepRun(new Select());
        for (var i = 0; i < losses.Length; i++)
        {
            folder.Write($"v{i}/metrics/metrics.json", new JsonObject { ["loss"] = losses[i], ["place"] = i }.ToJsonString());
            folder.Write($"v{i}/model/name.txt", $"v{i}");
            run.Given("candidates", $"v{i}.metrics", folder[$"v{i}/metrics"]).Given("candidates", $"v{i}.model", folder[$"v{i}/model"]);
        }

        await run.RunAsync(with, outputs: ["model"]);
        return (File.ReadAllText(Path.Combine(run["model"], "name.txt")), run.Context!);
    }

    [Theory]
    [InlineData("""{"metric":"loss","goal":"min"}""", "v1")]
    [InlineData("""{"metric":"loss","goal":"max"}""", "v0")]
    [InlineData("""{"metric":null,"goal":"last"}""", "v3")]
    public async Task The_best_is_passed_on_and_the_first_of_equals(string with, string chosen)
    {
        var (name, context) = await Choose(with, 9, 2, 2, 9);
        Assert.Equal(chosen, name);
        Assert.Equal(int.Parse(chosen[1..]), (int)context.Metrics["place"]);
        Assert.StartsWith(chosen, context.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metric_that_a_candidate_lacks_fails_with_those_it_has() =>
        Assert.Equal("'v0' has no metric 'los'; it has: loss, place.", (await Assert.ThrowsAsync<StepFailedException>(() => Choose("""{"metric":"los","goal":"min"}""", 1, 2))).Message);

    [Theory]
    [InlineData("""{"metric":null,"goal":"min"}""", "goal: min needs a metric")]
    [InlineData("""{"metric":"loss","goal":"last"}""", "goal: last goes by the order alone")]
    public void A_goal_and_its_metric_must_agree(string with, string message)
    {
        using var run = new StepRun(new Select());
        Assert.Contains(message, Assert.Single(run.Problems(with)), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
