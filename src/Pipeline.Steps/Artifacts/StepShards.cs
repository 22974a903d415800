using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Steps.Artifacts;

/// <summary>Work over all shards of documents, as a step does it: with its pieces, its scratch folder and its CPUs.</summary>
internal static class StepShards
{
    private const long LeastMemory = 16 << 20;

    public static ShardWork Work(StepContext context, string memory) => new()
    {
        Pieces = new Kept(context),
        Scratch = context.Scratch,
        Memory = ResourceOptions.Bytes(memory)!.Value,
        Workers = context.Cpus,
        Cancellation = context.Cancellation,
        Log = context.Log,
        Report = (done, total, what) => context.Report(done, total, what),
    };

    /// <summary>What is wrong with a <c>memory</c> option, or null.</summary>
    public static string? ProblemWith(string memory) => ResourceOptions.Bytes(memory) switch
    {
        null => $"'{memory}' is no size; expected one such as 512MiB or 2GB",
        < LeastMemory => $"'{memory}' is too little to sort in; expected at least {LeastMemory >> 20}MiB",
        _ => null,
    };

    public static IReadOnlyList<DocumentShard> Of(Artifact<Documents> documents) => [.. documents.Files.Select(f => new DocumentShard(f.Path, documents.Locate(f.Path), f.Sha256))];

    /// <summary>Puts shards into an output; none are one shard without documents.</summary>
    public static async Task CopyAsync(IReadOnlyList<DocumentShard> shards, Output<Documents> output, CancellationToken cancellation)
    {
        for (var i = 0; i < shards.Count; i++) File.Copy(shards[i].Path, output[DocumentShards.NameOf(i)]);
        if (shards.Count == 0) await DocumentShards.WriteAllAsync(output.Folder, [], cancellation: cancellation);
    }

    private sealed class Kept(StepContext context) : IShardPieces
    {
        public async Task<Func<Task<byte[]>>> BytesAsync(string part, string key, Func<Task<byte[]>> make)
        {
            var piece = await context.Pieces.GetAsync<Nothing>(part, key, async () => new(new()) { Content = await make() });
            return piece.ContentAsync;
        }

        public async Task<(TFacts Facts, DocumentShard? Shard)> ShardAsync<TFacts>(string name, string key, Func<Task<(TFacts Facts, string? Path)>> make)
        {
            var piece = await context.Pieces.GetAsync<TFacts>("shard", key, async () =>
            {
                var (facts, path) = await make();
                return new(facts) { File = path };
            });
            return (piece.Facts, piece.File is null ? null : new(name, piece.File, piece.Digest));
        }

        public Task<string> KeepAsync(string part, string key, bool whole, Func<string, Task> make) => context.Pieces.KeepAsync(part, key, whole, make);

        public bool IsKept(string part, string key) => context.Pieces.IsKept(part, key);

        private sealed record Nothing;
    }
}
