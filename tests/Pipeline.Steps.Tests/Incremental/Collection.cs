using System.Globalization;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Incremental;

/// <summary>Files that a user adds to, changes and removes, and a pipeline that collects, cleans, cuts and encodes them.</summary>
internal sealed class Collection : IDisposable
{
    private const string Yaml = """
        name: p
        defaults: { resources: { cpus: CPUS } }
        steps:
          words: { uses: collect.files, with: { paths: [base.txt] } }
          tokenizer: { uses: tokenizer.train-bpe, inputs: { documents: words }, with: { vocab_size: 300 } }
          pages: { uses: collect.files, with: { paths: [data] } }
          clean: { uses: clean.text, inputs: { documents: pages }, with: { minimum_words: 2 } }
          parts: { uses: partition.contiguous, inputs: { documents: clean } }
          tokens: { uses: tokenizer.encode, inputs: { split: parts, tokenizer: tokenizer } }
        """;

    private readonly RankLauncher noRanks = new(() => "no ranks here", (_, _) => throw new InvalidOperationException());
    private readonly MachineResources machine = new(8, 1L << 34, 0);

    public Collection() => Folder.Write("base.txt", string.Join(' ', Enumerable.Range(0, 200).Select(Words)));

    public TemporaryFolder Folder { get; } = new();

    public static string Words(int seed) => string.Create(CultureInfo.InvariantCulture, $"Page {seed} speaks of <b>{(seed * 7919) % 1000}</b> ships, of http://a.b/{seed} and of the sea at {(seed * 104729) % 977} places.");

    /// <summary>A page of some hundred characters, the same for the same seed.</summary>
    public static string Page(int seed) => string.Join('\n', Enumerable.Range(seed, 4).Select(Words));

    public void Write(string name, string text) => Folder.Write("data/" + name, text);

    public string PathOf(string name) => Folder["data/" + name];

    public EngineState State(string name) => new(new StateFolder(Folder[name]), TimeProvider.System);

    /// <summary>What each step gave, by its id.</summary>
    public async Task<IReadOnlyDictionary<string, StepResult>> RunAsync(string stateName, int cpus = 2, params string[] force)
    {
        var (definition, state) = (Definition(cpus), State(stateName));
        var executor = new InProcessExecutor(BuiltInSteps.Catalog(), state.Store);
        var summary = await new Scheduler(state, new(executor, executor, executor, noRanks), machine).RunAsync(definition, new(4, force.ToHashSet(), false), new Quiet(), CancellationToken.None);
        if (summary.Outcomes.FirstOrDefault(o => o.Failure is not null) is { } failed) throw new InvalidOperationException($"{failed.Step.Id}: {failed.Failure!.Message}");
        return summary.Outcomes.ToDictionary(o => o.Step.Id, o => o.Result!);
    }

    /// <summary>The steps that come out otherwise when they are done again.</summary>
    public async Task<IEnumerable<string>> VerifyAsync(string stateName, int cpus = 2)
    {
        var state = State(stateName);
        var executor = new InProcessExecutor(BuiltInSteps.Catalog(), state.Store);
        var verdicts = await new Verification(state, new(executor, executor, executor, noRanks), machine, (_, _, _) => null).RunAsync(Definition(cpus), new HashSet<string>(), _ => { }, new Quiet(), CancellationToken.None);
        return verdicts.Where(v => v.Verdict != Verdict.Same).Select(v => $"{v.Step.Id}: {v.Verdict} {v.Note}");
    }

    /// <summary>The digest of every output of every step.</summary>
    public static IEnumerable<string> Digests(IReadOnlyDictionary<string, StepResult> results) =>
        results.OrderBy(r => r.Key, StringComparer.Ordinal).SelectMany(r => r.Value.Outputs.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{r.Key}.{o.Key} {o.Value.Digest}"));

    public static (int Made, int Found) Pieces(StepResult result, string part) => ((int)result.Measurements[$"pieces.{part}.made"], (int)result.Measurements[$"pieces.{part}.found"]);

    public string LogOf(string state, string run, string step) => File.ReadAllText(Folder[$"{state}/runs/{run}/{step}.log"]);

    /// <summary>Forgets results, so that steps run again with what pieces there are.</summary>
    public void Forget(string state) => Directory.Delete(Folder[state + "/results"], recursive: true);

    public void Dispose() => Folder.Dispose();

    private PipelineDefinition Definition(int cpus)
    {
        var file = Folder.Write("p.yaml", Yaml.Replace("CPUS", cpus.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var read = DefinitionReader.Read(file, BuiltInSteps.Catalog(), new ReadOptions());
        return read.Definition ?? throw new InvalidOperationException(ProblemPrinter.Print(read.Problems));
    }

    private sealed class Quiet : IRunObserver, IStepListener
    {
        public void On(RunEvent happened)
        {
        }

        public void Logged(string line)
        {
        }

        public void Progressed(StepProgress progress)
        {
        }
    }
}
