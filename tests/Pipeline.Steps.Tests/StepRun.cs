using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests;

/// <summary>Runs one step on files of a temporary folder, as the engine would: with bound params, inputs and output folders.</summary>
internal sealed class StepRun(StepType step) : IStepListener, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<BoundInput> inputs = [];

    public StepContext? Context { get; private set; }

    public List<string> Lines { get; } = [];

    /// <summary>What it said of itself while it ran.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The files outside the store, as the engine would have resolved them.</summary>
    public IReadOnlyList<SourceFile> Sources { get; init; } = [];

    /// <summary>A run with a lower horizon, whose state this one begins with.</summary>
    public StepRun? Shorter { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The steps above it.</summary>
    public IReadOnlyList<Ancestor> Ancestry { get; init; } = [];

    /// <summary>Pieces of another run are found.</summary>
    public StepRun? PiecesOf { get; init; }

    /// <summary>Folder of an output.</summary>
    public string this[string port] => folder["out/" + port];

    public StepRun Given(string port, string from) => Given(port, "", from);

    /// <param name="from">A folder whose files are the artifact.</param>
    /// <param name="of">Its kind, for a port that takes any.</param>
    public StepRun Given(string port, string member, string from, Type? of = null)
    {
        var kind = of ?? (step.Inputs.FirstOrDefault(p => p.Name == port) ?? step.Inputs.Single(p => p.Arity == PortArity.AnyName)).Kind;
        inputs.Add(new(port, member, kind, new string('0', 64), FilesOf(from), file => Path.Combine(from, file.Path)));
        return this;
    }

    /// <summary>Gives the outputs <c>train</c>, <c>validation</c> and <c>test</c> of another step to a port.</summary>
    public StepRun Given(string port, StepRun from) => Given(port, "train", from["train"]).Given(port, "validation", from["validation"]).Given(port, "test", from["test"]);

    public async Task<StepRun> GivenDocuments(string port, params IEnumerable<Document> documents)
    {
        var from = folder["in/" + port];
        await DocumentShards.WriteAllAsync(from, [.. documents]);
        return Given(port, from);
    }

    public async Task<StepRun> RunAsync(string with = "{}", int cpus = 2, IReadOnlyList<string>? outputs = null)
    {
        var folders = (outputs ?? [.. step.Outputs.Select(o => o.Name)]).ToDictionary(o => o, o => Directory.CreateDirectory(this[o]).FullName);
        var options = JsonNode.Parse(with)!.AsObject();
        Context = new() { WorkspacePath = folder["work"], ScratchPath = folder["scratch"], StatePath = folder["state"], Shorter = Shorter?.Left(), Sources = [.. Sources.Where(s => s.LeftOut is null)], LeftOut = [.. Sources.Where(s => s.LeftOut is not null)], Ancestry = Ancestry, Environment = Environment, Cpus = cpus, Cancellation = TestContext.Current.CancellationToken, Listener = this, Pieces = new PieceStore(step, options, [], new((PiecesOf ?? this).folder["pieces"], TimeProvider.System), null, folder["kept"], reuse: true) };
        await step.RunAsync(options, inputs, folders, Context);
        return this;
    }

    /// <summary>What it left for a longer run.</summary>
    private (ShorterRun, Artifact) Left() => (new("key", 0, "run"), new Artifact(new string('0', 64), FilesOf(folder["state"]), file => Path.Combine(folder["state"], file.Path)));

    private static List<ArtifactFile> FilesOf(string from) =>
        [.. Directory.GetFiles(from).Order(StringComparer.Ordinal).Select(p => new ArtifactFile(Path.GetFileName(p), new FileInfo(p).Length, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(p)))))];

    /// <summary>Removes kept pieces, as if an earlier run had not got to them.</summary>
    public void LosePieces(Func<string, int, bool> lost)
    {
        foreach (var piece in Directory.GetFiles(folder["pieces"], "*", SearchOption.AllDirectories).Order().Where(lost)) File.Delete(piece);
    }

    public IEnumerable<string> Problems(string with) => step.CheckParams(JsonNode.Parse(with)!.AsObject()).Select(p => $"{p.Option}: {p.Message}");

    public async Task<List<Document>> DocumentsOf(string port) => await DocumentReader.ReadAllAsync(DocumentReader.Shards(this[port]));

    public void Logged(string line) => Lines.Add(line);

    public void Progressed(StepProgress progress) => Notes.Add(progress.Note);

    public void Dispose() => folder.Dispose();
}
