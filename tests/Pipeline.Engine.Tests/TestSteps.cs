using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Storage;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests;

/// <summary>Writes its text and the content of its inputs; counts how often it ran, and can fail, wait and be interrupted.</summary>
public sealed class WriteText : Step<WriteText.With, WriteText.Given, WriteText.Made>
{
    public sealed record With
    {
        [Description("What to write.")]
        public string Text { get; init; } = "";

        [SpeedOnly]
        public int Threads { get; init; } = 1;

        public bool Upper { get; init; }
        public bool Fail { get; init; }
        public int Milliseconds { get; init; }

        [SourceFiles]
        public IReadOnlyList<string> Paths { get; init; } = [];
    }

    public sealed record Given
    {
        public ArtifactList<Files> Texts { get; init; } = new([]);
    }

    public sealed record Made
    {
        public required Output<Files> Text { get; init; }
    }

    private int running;

    public List<string> Ran { get; } = [];
    public int MostAtOnce { get; private set; }

    /// <summary>Called with its text before a step reads anything.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Called with its text before a step writes its output.</summary>
    public Action<string, StepContext, Made> During { get; set; } = (_, _, _) => { };

    /// <summary>As if its author had changed what it does.</summary>
    public int VersionNow { get; set; } = 1;

    public override string Name => "test.write";
    public override int Version => VersionNow;
    public override string Description => "Writes text.";

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        lock (Ran)
        {
            Ran.Add(with.Text);
            MostAtOnce = Math.Max(MostAtOnce, ++running);
        }

        try
        {
            if (with.Milliseconds > 0) await Task.Delay(with.Milliseconds, context.Cancellation);
            Before(with.Text);
            During(with.Text, context, outputs);
            if (with.Fail) throw new StepFailedException($"'{with.Text}' was told to fail");
            var text = with.Text + string.Concat(inputs.Texts.Entries.Select(e => "+" + File.ReadAllText(e.Artifact.Locate("text.txt")))) + string.Concat(context.Sources.Select(s => "+" + File.ReadAllText(s.Path)));
            await File.WriteAllTextAsync(outputs.Text["text.txt"], with.Upper ? text.ToUpperInvariant() : text);
            context.Metric("length", text.Length);
            context.Summary = $"{text.Length} characters";
        }
        finally
        {
            lock (Ran) running--;
        }
    }
}

/// <summary>A pipeline made in code, with a state folder of its own.</summary>
public sealed class Bench : IDisposable
{
    private readonly List<StepDefinition> steps = [];

    public Bench() => Catalog = new([Write]);

    public TemporaryFolder Folder { get; } = new();
    public WriteText Write { get; } = new();
    public StepCatalog Catalog { get; }
    public IRemoteStore? Remote { get; init; }
    public bool Writes { get; init; }
    public List<string> Notices { get; } = [];

    /// <summary>The events of all runs.</summary>
    public ConcurrentQueue<RunEvent> Heard { get; } = new();

    /// <summary>Called with each event, once it is in <see cref="Heard"/>.</summary>
    public Action<RunEvent> On { get; set; } = _ => { };

    public EngineState State => new(new StateFolder(Folder["state"]), TimeProvider.System, Remote, Writes, Notices.Add);
    public PipelineDefinition Definition => new("bench", Folder["bench.yaml"], Folder.Path, [.. steps]);

    /// <summary>Adds or replaces a step that writes <paramref name="text"/> after the texts of <paramref name="after"/>.</summary>
    public Bench Step(string id, string text, string[]? after = null, bool upper = false, bool fail = false, int milliseconds = 0, string[]? needs = null, Resources? resources = null, int threads = 1, string[]? paths = null, TimeSpan? timeout = null, RetryPolicy? retry = null, string? when = null, string? approve = null)
    {
        var step = new StepDefinition
        {
            Id = id,
            Type = Write,
            With = new JsonObject
            {
                ["text"] = text, ["threads"] = threads, ["upper"] = upper, ["fail"] = fail, ["milliseconds"] = milliseconds,
                ["paths"] = new JsonArray([.. (paths ?? []).Select(p => (JsonNode)p)]),
            },
            Inputs = [.. (after ?? []).Select(a => new InputReference("texts", a, a, "text", typeof(Files)))],
            Needs = needs ?? [],
            Resources = resources ?? new(1, 0, 0, 1),
            Outputs = [.. Write.Outputs, new OutputPort(Metrics.Port, typeof(Metrics), "")],
            Timeout = timeout,
            When = when is null ? null : Condition.OverNumbers(when),
            Retry = retry ?? RetryPolicy.Never,
            Approve = approve,
            Location = new(Folder["bench.yaml"], 1, 1),
        };
        var at = steps.FindIndex(s => s.Id == id);
        if (at < 0) steps.Add(step);
        else steps[at] = step;
        return this;
    }

    public Task<RunSummary> RunAsync(int jobs = 4, string[]? force = null, bool keepGoing = false, CancellationToken cancellation = default, MachineResources? machine = null, TimeProvider? clock = null)
    {
        var state = new EngineState(new StateFolder(Folder["state"]), clock ?? TimeProvider.System, Remote, Writes, Notices.Add);
        var ranks = new RankLauncher(() => "no ranks in this test", (_, _) => throw new InvalidOperationException());
        var executor = new InProcessExecutor(Catalog, state.Store);
        var scheduler = new Scheduler(state, new(executor, executor, executor, ranks), machine ?? new(4, 1L << 30, 0));
        return scheduler.RunAsync(Definition, new(jobs, (force ?? []).ToHashSet(), keepGoing), new Listening(this), cancellation);
    }

    public Engine.Planning.Plan Plan(params string[] force) =>
        State.PlannerFor(new(Definition), State.HistoryOf(Definition), force.ToHashSet(), out _).Plan();

    public string TextOf(RunSummary summary, string id)
    {
        var output = summary.Outcomes.Single(o => o.Step.Id == id).Result!.Outputs["text"];
        return File.ReadAllText(State.Store.Locate(output.Files.Single()));
    }

    public void Dispose() => Folder.Dispose();

    private sealed class Listening(Bench bench) : IRunObserver
    {
        public void On(RunEvent happened)
        {
            bench.Heard.Enqueue(happened);
            bench.On(happened);
        }
    }
}
