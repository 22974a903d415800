using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

public class TimeoutAndRetryTests
{
    private static StepDefinition Read(string keys, string defaults = "{}") => Reading.Good($"defaults: {defaults}\nsteps: {{ a: {{ uses: report.html{keys} }} }}").Step("a");

    [Theory]
    [InlineData("90s", 90.0)]
    [InlineData("1.5h", 5400.0)]
    [InlineData("1h30m", 5400.0)]
    [InlineData("1d2h3m4s5ms", 93784.005)]
    [InlineData("30d", 2592000.0)]
    [InlineData("0s", 0.0)]
    [InlineData("31d", null)]
    [InlineData("90", null)]
    [InlineData("", null)]
    [InlineData("-1s", null)]
    [InlineData("1 h", null)]
    [InlineData("1m1h", null)]
    [InlineData("1s1s", null)]
    [InlineData("h", null)]
    [InlineData("1..5h", null)]
    [InlineData("1e9999h", null)]
    [InlineData("9999999999999999999999999999h", null)]
    public void A_length_of_time_is_numbers_with_units_from_large_to_small(string text, double? seconds) => Assert.Equal(seconds, TimeText.Parse(text)?.TotalSeconds);

    [Fact]
    public void A_step_without_them_has_no_limit_and_one_attempt()
    {
        var step = Read("");
        Assert.Null(step.Timeout);
        Assert.Equal(1, step.Retry.Attempts);
    }

    [Fact]
    public void Retry_names_its_causes_and_waits_twice_as_long_each_time()
    {
        var step = Read(", timeout: 2h, retry: { attempts: 5, on: [crash, timeout, crash], delay: 20m }");
        Assert.Equal(TimeSpan.FromHours(2), step.Timeout);
        Assert.Equal([RetryCause.Crash, RetryCause.Timeout], step.Retry.On);
        Assert.Equal([20, 40, 60, 60], Enumerable.Range(1, 4).Select(n => step.Retry.WaitAfter(n).TotalMinutes));
    }

    [Fact]
    public void A_step_takes_from_the_defaults_what_it_does_not_say()
    {
        const string defaults = "{ timeout: 1h, retry: { attempts: 3, delay: 1s }, resources: { cpus: 2, memory: 1GiB } }";
        var plain = Read("", defaults);
        Assert.Equal((TimeSpan.FromHours(1), 3, 2, 1L << 30), (plain.Timeout!.Value, plain.Retry.Attempts, plain.Resources.Cpus, plain.Resources.MemoryBytes));
        var own = Read(", timeout: null, retry: { delay: 5s }, resources: { cpus: 1 }", defaults);
        Assert.Equal((3, 5, 1, 1L << 30), (own.Retry.Attempts, own.Retry.Delay.TotalSeconds, own.Resources.Cpus, own.Resources.MemoryBytes));
        Assert.Null(own.Timeout);
        Assert.Equal(1, Read(", retry: null", defaults).Retry.Attempts);
    }

    [Theory]
    [InlineData("", "{ timout: 1h }", ProblemCodes.UnknownKey)]
    [InlineData("", "[]", ProblemCodes.WrongShape)]
    [InlineData("", "{ timeout: 90 }", ProblemCodes.BadTime)]
    [InlineData(", timeout: 1h, retry: { attempts: 1, delay: 1s }", "{ retry: { attempts: 0 } }", ProblemCodes.OutOfRange)]
    [InlineData("", "{ resources: { ranks: 2 } }", ProblemCodes.BadResources)]
    [InlineData(", timeout: 0s", "{}", ProblemCodes.BadTime)]
    [InlineData(", timeout: [1h]", "{}", ProblemCodes.BadTime)]
    [InlineData(", retry: { attempts: 2, delay: soon }", "{}", ProblemCodes.BadTime)]
    [InlineData(", retry: { attempts: 101 }", "{}", ProblemCodes.OutOfRange)]
    [InlineData(", retry: { on: [gate] }", "{}", ProblemCodes.NotAChoice)]
    [InlineData(", retry: 3", "{}", ProblemCodes.WrongType)]
    [InlineData(", retry: { times: 3 }", "{}", ProblemCodes.UnknownOption)]
    public void What_is_wrong_is_said_once_and_in_its_place(string keys, string defaults, string code) =>
        Assert.Contains(code, Reading.Codes($"defaults: {defaults}\nsteps: {{ a: {{ uses: report.html{keys} }}, b: {{ uses: report.html }} }}").Distinct().Single(), StringComparison.Ordinal);
}
