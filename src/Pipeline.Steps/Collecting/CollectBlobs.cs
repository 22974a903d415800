using System.ComponentModel;
using Pipeline.Data.Blobs;
using Pipeline.Data.Collection;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>Documents from what stores keep under prefixes.</summary>
public sealed class CollectBlobs : Step<CollectBlobs.With, CollectBlobs.Given, CollectBlobs.Made>
{
    public sealed record With : DownloadParams
    {
        [Description("Prefixes: `az://ACCOUNT/CONTAINER/PREFIX` of Azure Blob Storage or `s3://BUCKET/PREFIX` of S3. All whose names begin so is taken.")]
        [WholeOnly]
        public required IReadOnlyList<string> Uris { get; init; }

        [Description("Connection string of Azure Storage. Without it AZURE_STORAGE_CONNECTION_STRING counts, else the identity of who runs the step.")]
        [Secret]
        [WholeOnly]
        public string? ConnectionString { get; init; }

        [Description("Access key of S3, with secret_key. Without them what AWS tools would find counts. AWS_ENDPOINT_URL names other servers of the protocol.")]
        [Secret]
        [WholeOnly]
        public string? AccessKey { get; init; }

        [Description("Secret key of S3.")]
        [Secret]
        [WholeOnly]
        public string? SecretKey { get; init; }
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("The documents of what was found, in the order of names.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("Sources, licences, counts and damage.")]
        public required Output<Artifacts.Datasheet> Datasheet { get; init; }
    }

    public override string Name => "collect.blobs";
    public override int Version => 10;
    public override string Description => "Collects documents from files under prefixes of Azure Blob Storage and S3.";
    public override int DefaultCpus => 2;
    public override string Incremental => "per file: those that have not changed are not read again, though they are fetched";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Uris.Count == 0) yield return ("uris", $"names no prefix; write {BlobAddress.Forms}");
        foreach (var uri in with.Uris)
            if (BlobAddress.Parse(uri) is null) yield return ("uris", $"'{uri.Split('?')[0]}' is no prefix of a store; write {BlobAddress.Forms}, without a key or signature");
        if (with.AccessKey is null != with.SecretKey is null) yield return (with.AccessKey is null ? "access_key" : "secret_key", "access_key and secret_key go together; give both or none");
        foreach (var problem in with.Problems()) yield return problem;
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var files = new SortedDictionary<string, RemoteFile>(StringComparer.Ordinal);
        var places = new List<BlobPlace>();
        try
        {
            foreach (var address in with.Uris.Select(u => BlobAddress.Parse(u)!))
            {
                var place = BlobPlace.Open(address, new(with.ConnectionString, with.AccessKey, with.SecretKey), Environment);
                places.Add(place);
                await foreach (var item in place.ListAsync(address.Prefix, context.Cancellation))
                {
                    // What tools make to have folders.
                    if (item.Name.EndsWith('/') && item.Size == 0) continue;
                    var name = address.Root + item.Name;
                    files[name] = new(name, item.ETag, item.Size, new Origin(name, item.Name), (offset, stop) => place.OpenAsync(item, offset, stop), _ => null);
                }
            }

            if (files.Count == 0) throw new StepFailedException($"There is nothing under {string.Join(", ", with.Uris)}.");
            await RemoteFiles.CollectAsync([.. files.Values], with, outputs.Documents, outputs.Datasheet, context);
        }
        catch (IOException e)
        {
            throw new StepFailedException(e.Message, e);
        }
        finally
        {
            places.ForEach(p => p.Dispose());
        }

        string? Environment(string name) => context.Environment.GetValueOrDefault(name) ?? System.Environment.GetEnvironmentVariable(name);
    }
}
