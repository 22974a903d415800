using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution.Slurm;

namespace Pipeline.Engine.Tests.Definitions;

public class ExecutorTests
{
    private static SlurmOptions? Read(string keys, string defaults = "{}") => Reading.Good($"defaults: {defaults}\nsteps: {{ a: {{ uses: report.html{keys} }} }}").Step("a").Slurm;

    [Theory]
    [InlineData("")]
    [InlineData(", executor: local")]
    [InlineData(", executor: null")]
    public void A_step_runs_here_where_it_does_not_say_otherwise(string keys) => Assert.Null(Read(keys));

    [Theory]
    [InlineData(", executor: slurm")]
    [InlineData(", executor: { slurm: {} }")]
    [InlineData(", executor: { slurm: }")]
    [InlineData("", "{ executor: slurm }")]
    public void Slurm_needs_no_more_than_its_name(string keys, string defaults = "{}")
    {
        var read = Read(keys, defaults)!;
        Assert.Equal((null, null, null, null), (read.Partition, read.Account, read.Qos, read.Time));
        Assert.Empty(read.Options);
    }

    [Fact]
    public void A_step_takes_from_the_defaults_what_it_does_not_say()
    {
        const string defaults = "{ executor: { slurm: { partition: gpu, time: 90m, options: [--constraint=a100] } } }";
        Assert.Null(Read(", executor: local", defaults));
        var all = Read("", defaults)!;
        Assert.Equal(("gpu", "90", "--constraint=a100"), (all.Partition, all.Minutes, Assert.Single(all.Options)));
        Assert.Equal("61", Read(", executor: { slurm: { time: 1h0m1s } }")!.Minutes);
    }

    [Theory]
    [InlineData("cloud", "there is no executor 'cloud'")]
    [InlineData("slrum", "there is no executor 'slrum'")]
    [InlineData("{ kubernetes: {} }", "kubernetes")]
    [InlineData("{ slurm: { time: 2m } }", "'2m' is no time for a job")]
    [InlineData("{ slurm: { time: later } }", "'later' is no time for a job")]
    [InlineData("{ slurm: { partition: \"a b\" } }", "'a b' is no name that Slurm has")]
    [InlineData("{ slurm: { account: \"\" } }", "'' is no name that Slurm has")]
    [InlineData("{ slurm: { options: [constraint=a] } }", "'constraint=a' is no option of sbatch")]
    [InlineData("{ slurm: { options: [-p] } }", "'-p' is no option of sbatch")]
    [InlineData("{ slurm: { options: [\"--comment=a\\nb\"] } }", "is no option of sbatch")]
    [InlineData("{ slurm: { options: [--output=/etc/passwd] } }", "--output is not to be given here")]
    [InlineData("{ slurm: { options: [--wrap=reboot] } }", "--wrap is not to be given here")]
    [InlineData("{ slurm: { options: [--time=1] } }", "--time is not to be given here")]
    [InlineData("[slurm]", "")]
    public void What_slurm_could_not_take_is_an_error_at_its_place(string executor, string message)
    {
        foreach (var yaml in (string[])[$"steps: {{ a: {{ uses: report.html, executor: {executor} }} }}", $"defaults: {{ executor: {executor} }}\nsteps: {{ a: {{ uses: report.html }} }}"])
        {
            var problems = Reading.Read(yaml).Problems;
            Assert.Contains(problems, p => p.Message.Contains(message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_step_with_secrets_is_not_submitted()
    {
        var problem = Assert.Single(Reading.Read("secrets: { hub: { env: HUB } }\nsteps: { a: { uses: shell, with: { run: ls }, env: { HUB: \"${{ secrets.hub }}\" }, executor: slurm } }").Problems);
        Assert.Equal(ProblemCodes.BadExecutor, problem.Code);
        Assert.Contains("the secret 'hub'", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12|s.k.1|RUNNING|1-02:03:04|None", "RUNNING", 93784)]
    [InlineData("12|s.k.1|RUNNING|59|None", "RUNNING", 59)]
    [InlineData("12|s.k.1|PENDING|0:00|(Resources|more)", "PENDING", 0)]
    [InlineData("12|s.k.1|PENDING|INVALID|x", "PENDING", 0)]
    public void A_line_of_squeue_is_read(string line, string state, double seconds)
    {
        var job = JobState.Parse(line)!;
        Assert.Equal(("12", "s.k.1", state, seconds), (job.Id, job.Name, job.State, job.Ran.TotalSeconds));
        Assert.True(job.IsActive);
    }

    [Theory]
    [InlineData("COMPLETED")]
    [InlineData("NODE_FAIL")]
    [InlineData("A_WORD_OF_LATER_VERSIONS")]
    public void A_job_in_a_state_that_ends_is_not_active(string state) => Assert.False(JobState.Parse($"1|n|{state}|1:00|None")!.IsActive);

    [Fact]
    public void What_is_no_line_of_squeue_is_no_job() => Assert.Null(JobState.Parse("slurm_load_jobs error: nothing"));
}
