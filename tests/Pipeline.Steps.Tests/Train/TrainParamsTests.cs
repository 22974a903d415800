using Pipeline.Engine.Definitions;

namespace Pipeline.Steps.Tests.Train;

public sealed class TrainParamsTests
{
    private static IEnumerable<string> Problems(string with) =>
        DefinitionReader.ReadText($"name: p\nsteps:\n  t: {{ uses: train.pretrain, inputs: {{ tokens: x, tokenizer: y }}, with: {{ {with} }} }}\n", "p.yaml", BuiltInSteps.Catalog(), new ReadOptions()).Problems.Select(p => p.Message);

    [Theory]
    [InlineData("schedule: { name: constant, decay_until: 9 }", "is not read by the constant schedule")]
    [InlineData("schedule: { warmup: 10, decay_until: 9 }", "a warm-up of 10 steps is longer than the schedule, which ends at step 9")]
    [InlineData("steps: 9, schedule: { warmup: 10 }", "a warm-up of 10 steps is longer than the 9 steps of the run")]
    [InlineData("schedule: { decay_until: 0 }", "'schedule.decay_until' of train.pretrain cannot be 0")]
    public void A_schedule_that_contradicts_itself_is_refused(string with, string message) => Assert.Contains(Problems(with), problem => problem.Contains(message, StringComparison.Ordinal));

    [Theory, InlineData("steps: 9, schedule: { warmup: 10, decay_until: 20 }"), InlineData("steps: 30, schedule: { decay_until: 20 }")]
    public void A_run_may_be_shorter_or_longer_than_its_schedule(string with) => Assert.DoesNotContain(Problems(with), problem => problem.Contains("schedule", StringComparison.Ordinal) || problem.Contains("warm-up", StringComparison.Ordinal));
}
