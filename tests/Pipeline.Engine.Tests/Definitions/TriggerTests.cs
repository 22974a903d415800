using System.Globalization;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

public class TriggerTests
{
    private static string File(string on) => $"on: {on}\nsteps: {{ a: {{ uses: report.html }} }}";

    [Fact]
    public void Triggers_are_read_and_a_file_without_any_has_none()
    {
        Assert.True(Reading.Good("steps: { a: { uses: report.html } }").On.IsEmpty);
        Assert.True(Reading.Good(File("")).On.IsEmpty);
        var on = Reading.Good(File("{ schedule: ['0 3 * * *'], files: ['data/**'], sources: true, debounce: 2s, blobs: ['s3://bucket/in', 'az://account/container', 'file:drop'], commits: [main, origin/main] }")).On;
        Assert.False(on.IsEmpty);
        Assert.Equal((1, true, TimeSpan.FromSeconds(2), 3, 2), (on.Schedule.Count, on.Sources, on.Debounce, on.Blobs.Count, on.Commits.Count));
    }

    [Theory]
    [InlineData("{ schedule: ['0 3 * * *'] }", "2026-03-01T02:00:00Z", "2026-03-01T03:00:00Z")]
    [InlineData("{ schedule: ['0 3 * * *', '30 2 * * *'] }", "2026-03-01T02:00:00Z", "2026-03-01T02:30:00Z")]
    [InlineData("{ schedule: ['*/10 * * * * *'] }", "2026-03-01T02:00:05Z", "2026-03-01T02:00:10Z")]
    [InlineData("{ schedule: ['0 3 * * *'], time_zone: Europe/Berlin }", "2026-07-01T00:00:00Z", "2026-07-01T01:00:00Z")]
    // The hour that a change to summer time leaves out is not lost.
    [InlineData("{ schedule: ['30 2 * * *'], time_zone: Europe/Berlin }", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("{ files: [a] }", "2026-03-01T02:00:00Z", null)]
    public void The_next_time_is_that_of_the_earliest_schedule(string on, string after, string? next) =>
        Assert.Equal(next is null ? null : DateTimeOffset.Parse(next, CultureInfo.InvariantCulture), Reading.Good(File(on)).On.Next(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture))?.ToUniversalTime());

    [Theory]
    [InlineData("{ schedule: ['0 25 * * *'] }", ProblemCodes.BadTrigger, 18)]
    [InlineData("{ schedule: [daily] }", ProblemCodes.BadTrigger, 18)]
    [InlineData("{ schedule: ['0 3 * * *', ''] }", ProblemCodes.BadTrigger, 31)]
    [InlineData("{ schedule: '0 3 * * *' }", ProblemCodes.WrongType, 17)]
    [InlineData("{ time_zone: Mars/Olympus }", ProblemCodes.BadTrigger, 18)]
    [InlineData("{ time_zone: ../../etc/passwd }", ProblemCodes.BadTrigger, 18)]
    [InlineData("{ debounce: often }", ProblemCodes.BadTrigger, 17)]
    [InlineData("{ debounce: 2h }", ProblemCodes.BadTrigger, 17)]
    [InlineData("{ blobs: ['https://example.org'] }", ProblemCodes.BadTrigger, 15)]
    [InlineData("{ blobs: ['az://account/container?sig=abc'] }", ProblemCodes.BadTrigger, 15)]
    [InlineData("{ commits: [--upload-pack=x] }", ProblemCodes.BadTrigger, 17)]
    [InlineData("{ commits: ['a..b'] }", ProblemCodes.BadTrigger, 17)]
    [InlineData("{ commits: ['main^{tree}'] }", ProblemCodes.BadTrigger, 17)]
    [InlineData("{ files: [''] }", ProblemCodes.BadTrigger, 15)]
    [InlineData("{ sources: often }", ProblemCodes.WrongType, 16)]
    [InlineData("{ cron: ['0 3 * * *'] }", ProblemCodes.UnknownOption, 7)]
    [InlineData("daily", ProblemCodes.WrongType, 5)]
    public void A_wrong_trigger_is_one_problem_at_its_place(string on, string code, int column)
    {
        var problem = Reading.Only(File(on));
        Assert.Equal((code, 1, column), (problem.Code, problem.At.Line, problem.At.Column));
        Assert.DoesNotContain("sig=", problem.Message, StringComparison.Ordinal);
    }
}
