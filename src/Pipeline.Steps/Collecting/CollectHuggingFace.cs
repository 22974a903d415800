using System.ComponentModel;
using Pipeline.Data.Collection;
using Pipeline.Data.Crawling;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>Documents from files of datasets on a Hugging Face Hub.</summary>
public sealed class CollectHuggingFace : Step<CollectHuggingFace.With, CollectHuggingFace.Given, CollectHuggingFace.Made>
{
    private const string UserAgent = "pipelines/0.1";

    public sealed record With : DownloadParams
    {
        [Description("Files of datasets: `hf://datasets/OWNER/NAME/PATH`, or `NAME@REVISION` for a branch, tag or commit. `*` in the path stands for any characters.")]
        [WholeOnly]
        public required IReadOnlyList<string> Urls { get; init; }

        [Description("Access token, for datasets that are private or gated.")]
        [Secret]
        [WholeOnly]
        public string? Token { get; init; }

        [Description("Address of the Hub.")]
        [WholeOnly]
        public string Endpoint { get; init; } = "https://huggingface.co";
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("The documents of the files, in the order of their paths. Metadata: dataset, revision (the commit that was read).")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("Sources, licences, counts and damage.")]
        public required Output<Artifacts.Datasheet> Datasheet { get; init; }
    }

    public override string Name => "collect.huggingface";
    public override int Version => 10;
    public override string Description => "Collects documents from files of datasets on the Hugging Face Hub, at a commit that is recorded, with the licence of the dataset's card.";
    public override int DefaultCpus => 2;
    public override string Incremental => "per file: those that have not changed are not read again, though they are fetched";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Urls.Count == 0) yield return ("urls", $"names no file; write {HubAddress.Form}");
        foreach (var url in with.Urls)
            if (HubAddress.Parse(url) is null) yield return ("urls", $"'{url}' names no file of a dataset; write {HubAddress.Form}");
        if (WebAddress.Normalize(with.Endpoint, null, []) is null) yield return ("endpoint", $"'{with.Endpoint}' is no address of http or https, such as https://huggingface.co");
        foreach (var problem in with.Problems()) yield return problem;
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var endpoint = WebAddress.Normalize(with.Endpoint.TrimEnd('/') + "/", null, [])!;
        // The endpoint was named by whoever wrote the pipeline; where it redirects to was not.
        using var web = new WebFetcher(UserAgent, new() { BodyBytes = 64 << 20, Together = with.Together + 2, Retries = with.Retries }, TimeProvider.System, trusts: host => host == endpoint.Host.Trim('[', ']'));
        var hub = new HuggingFaceHub(web, endpoint, with.Token);
        var files = new SortedDictionary<string, RemoteFile>(StringComparer.Ordinal);
        foreach (var (key, addresses) in with.Urls.Select(u => HubAddress.Parse(u)!).GroupBy(a => (a.Dataset, a.Revision)).ToDictionary(g => g.Key, g => g.ToList()))
        {
            var found = await hub.FindAsync(key.Dataset, key.Revision, context.Cancellation);
            context.Log($"{key.Dataset}@{key.Revision} is {found.Commit}{(found.License is { } license ? $", under {license}" : ", under a licence that is not known")}");
            foreach (var address in addresses)
            {
                var matched = found.Files.Where(f => address.Takes(f.Path)).ToList();
                if (matched.Count == 0) throw new StepFailedException($"'{address.Path}' matches none of the {found.Files.Count} files of {key.Dataset}@{key.Revision}: {string.Join(", ", found.Files.Take(5).Select(f => f.Path))}{(found.Files.Count > 5 ? ", …" : "")}.");
                foreach (var file in matched) files[address.NameOf(file.Path)] = Remote(hub, web, address, found, file);
            }
        }

        await RemoteFiles.CollectAsync([.. files.Values], with, outputs.Documents, outputs.Datasheet, context);
    }

    private static RemoteFile Remote(HuggingFaceHub hub, WebFetcher web, HubAddress address, HubRevision revision, HubFile file)
    {
        var at = hub.AddressOf(address.Dataset, revision.Commit, file.Path);
        var origin = new Origin(at.AbsoluteUri, file.Path) { License = revision.License, Metadata = new Dictionary<string, string> { ["dataset"] = address.Dataset, ["revision"] = revision.Commit } };
        return new(address.NameOf(file.Path), $"{revision.Commit} {file.Sha256 ?? file.GitSha1}", file.Size, origin, (offset, stop) => web.OpenAsync(new(at, Authorization: hub.Authorization), offset, stop), file.Wrong);
    }
}
