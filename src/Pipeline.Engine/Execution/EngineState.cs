using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>What a state folder holds, opened.</summary>
public sealed class EngineState
{
    /// <param name="remote">The store behind the local one, or null. It is disposed of by its owner.</param>
    /// <param name="writes">Whether what is made here is put there; steps are then done once among all who do so.</param>
    /// <param name="notice">Told what the user should know about the store.</param>
    public EngineState(StateFolder folder, TimeProvider clock, IRemoteStore? remote = null, bool writes = false, Action<string>? notice = null)
    {
        Folder = folder;
        Clock = clock;
        Store = new LocalStore(folder.Store);
        Horizons = new HorizonIndex(folder.Horizons);
        Results = new ResultStore(folder.Results, Store, Horizons);
        Cache = new SharedCache(Store, Results, remote, writes, remote is not null && writes ? new Claims(remote, folder.Identity, Claims.LeaseFromEnvironment(), clock) : null, notice ?? (_ => { }));
        Pieces = new PieceRecords(folder.Pieces, clock);
        ShorterRuns = new ShorterRuns(Horizons, Cache);
        Digests = new FileDigests(folder.FileDigests, clock);
    }

    public StateFolder Folder { get; }
    public TimeProvider Clock { get; }
    public LocalStore Store { get; }
    public ResultStore Results { get; }
    public HorizonIndex Horizons { get; }
    public SharedCache Cache { get; }
    public PieceRecords Pieces { get; }
    public ShorterRuns ShorterRuns { get; }
    public FileDigests Digests { get; }
    public Approvals Approvals => new(Folder);
    public Divergences Divergences => new(Folder.Divergences);

    public History HistoryOf(PipelineDefinition definition) => new(Folder, definition.File);

    /// <summary>A planner over this state. Source files are looked up once a step: a run sees one state of them.</summary>
    public Planner PlannerFor(StepGraph graph, History history, IReadOnlySet<string> force, out Func<StepDefinition, IReadOnlyList<SourceFile>> sources)
    {
        var seen = new Dictionary<string, IReadOnlyList<SourceFile>>(StringComparer.Ordinal);
        sources = SourcesOf;
        var before = new LockedHistory(graph.Definition, history, Results, Cache);
        return new(graph, new(key => Cache.Find(key), before.Read, before.Last, SourcesOf, Cache.FindAll, ShorterRuns.Find) { IsApproved = key => Approvals.Find(key) is { Approved: true }, IsBegun = Folder.HasWorkspace, HasDiverged = Divergences.Find, Stored = new StoredResults(Results, Cache).Of, ReadsFiles = ReadsFiles }, force);

        static bool ReadsFiles(StepDefinition step)
        {
            try
            {
                return step.Type.SourcesOf(step.With).Any();
            }
            catch (Exception) when (step.Type.Plugin is not null)
            {
                // Said when its files are looked for.
                return true;
            }
        }

        IReadOnlyList<SourceFile> SourcesOf(StepDefinition step)
        {
            lock (seen)
            {
                if (seen.TryGetValue(step.Id, out var known)) return known;
                try
                {
                    return seen[step.Id] = SourceFiles.Resolve(step.Type.SourcesOf(step.With), graph.Definition.Folder, Digests);
                }
                catch (SourceMissingException e)
                {
                    throw Located(step, e.Message);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new IOException(Located(step, $"a file that it reads cannot be read: make it readable, or leave it out ({e.Message.TrimEnd('.')})").Message, e);
                }
                catch (Exception e) when (step.Type.Plugin is { } plugin && e is not (IOException or UnauthorizedAccessException))
                {
                    throw Located(step, $"{plugin.Name} failed when it was asked which files the step reads: {e.GetType().Name}: {e.Message}");
                }
            }
        }
    }

    /// <summary>What the steps of a plan will take.</summary>
    public IReadOnlyDictionary<string, StepEstimate> EstimatesOf(Plan plan, Func<StepDefinition, IReadOnlyList<SourceFile>> sources) => Estimates.Of(plan, sources, file => Store.Has(file) ? Store.Locate(file) : null);

    private static SourceMissingException Located(StepDefinition step, string message) =>
        new($"{Path.GetRelativePath(Directory.GetCurrentDirectory(), Path.GetFullPath(step.Location.File))}:{step.Location.Line}:{step.Location.Column} step '{step.Id}': {message}");
}
