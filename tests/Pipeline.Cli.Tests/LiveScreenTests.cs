using Pipeline.Cli.Screens;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;
using Pipeline.Steps;
using Spectre.Console;

namespace Pipeline.Cli.Tests;

public sealed class LiveScreenTests
{
    private const string Long = "60,000 -> 58,662 documents, of which 1,338 had fewer than the minimum of words and none was empty at all";

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void Finished_steps_stay_whole_and_moving_ones_are_cut_to_the_width(int width)
    {
        using var seen = new Seen(width);
        var (first, second) = (seen.Step("first"), seen.Step("second"));
        seen.Tell(new RunEvent.StepStarted(first, "never ran", ""));
        Assert.Contains(seen.Now(), l => l.Contains("first", StringComparison.Ordinal) && l.EndsWith("running", StringComparison.Ordinal));
        seen.Tell(new RunEvent.StepProgressed(first, new(30_000, 60_000, "documents", new string('x', 200))));
        var moving = Assert.Single(seen.Now(), IsFirst);
        Assert.Equal(width - 1, moving.Length);
        Assert.EndsWith("…", moving, StringComparison.Ordinal);

        seen.Tell(new RunEvent.StepFinished(Ran(first, Long)));
        seen.Tell(new RunEvent.StepStarted(second, "never ran", ""));
        seen.Tell(new RunEvent.StepProgressed(second, new(1, 2, "documents", "a note that is longer than what comes after it")));
        seen.Now();
        seen.Tell(new RunEvent.StepFinished(Ran(second, "short")));
        var shown = seen.Now();
        Assert.DoesNotContain(shown, l => l.Contains("xxx", StringComparison.Ordinal) || l.Contains("a note", StringComparison.Ordinal));
        Assert.DoesNotContain(shown, l => l.Length >= width);
        var story = string.Join(' ', shown.SkipWhile(l => !l.Contains("✓ first", StringComparison.Ordinal)).TakeWhile(l => !l.Contains("second", StringComparison.Ordinal)).Select(l => l.Trim()));
        Assert.EndsWith(Long, story, StringComparison.Ordinal);
        Assert.EndsWith("short", Assert.Single(shown, l => l.Contains("✓ second", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_without_a_summary_finishes_with_its_time_alone()
    {
        using var seen = new Seen(80);
        var step = seen.Step("first");
        seen.Tell(new RunEvent.StepStarted(step, "never ran", ""));
        seen.Now();
        seen.Tell(new RunEvent.StepFinished(Ran(step, "")));
        Assert.EndsWith("3.1 s", Assert.Single(seen.Now(), IsFirst), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_run_says_that_it_stops_and_how_to_go_on()
    {
        using var seen = new Seen(80);
        var (first, second) = (seen.Step("first"), seen.Step("second"));
        seen.Tell(new RunEvent.StepStarted(first, "never ran", ""));
        seen.Tell(new RunEvent.RunStopping());
        Assert.Contains(seen.Now(), l => l.Contains("stopping: 1 running step", StringComparison.Ordinal));
        var stopped = new StepOutcome(first, StepState.Failed, "never ran", null, 2, null, new(FailureCause.Cancelled, "cancelled; what it had done is kept in its workspace", ""), "");
        seen.Tell(new RunEvent.StepFinished(stopped));
        seen.Tell(new RunEvent.RunFinished(new("r", RunStatus.Cancelled, 2.5, [stopped, new(second, StepState.Skipped, "the run was cancelled", null, 0, null, null, "")])));
        var shown = string.Join('\n', seen.Now());
        Assert.DoesNotContain("✗", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("mended", shown, StringComparison.Ordinal);
        Assert.Contains("p cancelled in 2.5 s: 0 ran, 0 reused, 1 cancelled, 1 skipped", shown, StringComparison.Ordinal);
        Assert.Contains("go on: pipeline run 'my p.yaml' --param a=1", shown, StringComparison.Ordinal);
    }

    private static bool IsFirst(string line) => line.Contains("first", StringComparison.Ordinal) && !line.Contains("waits for", StringComparison.Ordinal);

    private static StepOutcome Ran(StepDefinition step, string summary) => new(step, StepState.Ran, "never ran", null, 3.1, new StepResult { Key = "", Recipe = [], Outputs = new Dictionary<string, ResultOutput>(), Metrics = new Dictionary<string, double>(), Measurements = new Dictionary<string, double>(), Summary = summary, Seconds = 3.1, Run = "r", Finished = default }, null, "");

    /// <summary>A live screen on a terminal of its own.</summary>
    private sealed class Seen : IDisposable
    {
        private readonly Project project = new("name: p\nsteps:\n  first: { uses: shell, with: { run: 'true' } }\n  second: { uses: shell, needs: [first], with: { run: 'true' } }\n");
        private readonly Sent sent = new();
        private readonly Terminal terminal;
        private readonly LiveScreen screen;
        private readonly OpenedPipeline opened;
        private int read;

        public Seen(int width)
        {
            terminal = new(width);
            var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.TrueColor, Out = new AnsiConsoleOutput(sent) });
            (console.Profile.Width, console.Profile.Height, console.Profile.Encoding) = (width, 24, System.Text.Encoding.UTF8);
            var catalog = BuiltInSteps.Catalog();
            var definition = DefinitionReader.Read(project["p.yaml"], catalog, new()).Definition!;
            opened = new(definition, catalog, new EngineState(new StateFolder(project.State), TimeProvider.System), new("run", "my p.yaml", ["--param", "a=1"], [], new()));
            screen = new(console, opened);
            var graph = new StepGraph(definition);
            Tell(new RunEvent.RunStarted("r", definition, new(graph, [.. definition.Steps.Select(s => new Decision.Maybe(s, "", null))])));
        }

        public StepDefinition Step(string id) => opened.Step(id);

        public void Tell(RunEvent happened) => screen.On(happened);

        public IReadOnlyList<string> Now()
        {
            screen.Refresh();
            var all = sent.ToString();
            terminal.Send(all[read..]);
            read = all.Length;
            return terminal.Shows;
        }

        public void Dispose()
        {
            screen.Dispose();
            project.Dispose();
        }
    }

    /// <summary>The screen paints from a thread of its own.</summary>
    private sealed class Sent : StringWriter
    {
        public override void Write(string? value)
        {
            lock (this) base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            lock (this) base.Write(buffer, index, count);
        }

        public override string ToString()
        {
            lock (this) return base.ToString();
        }
    }
}
