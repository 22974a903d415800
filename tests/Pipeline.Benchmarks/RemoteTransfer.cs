using System.Diagnostics;
using System.Globalization;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;
using Pipeline.TestKit;

namespace Pipeline.Benchmarks;

/// <summary>A 1 GB artifact up and down through Azurite: the shared cache, which hashes and verifies, beside the bare SDK's parallel transfer, in turn.</summary>
public static class RemoteTransfer
{
    private static readonly StorageTransferOptions Parallel = new() { MaximumConcurrency = 8, InitialTransferSize = 8 << 20, MaximumTransferSize = 8 << 20 };

    public static async Task Compare(int megabytes, int rounds)
    {
        using var server = StorageServer.Azurite();
        using var folder = new TemporaryFolder();
        var source = folder["source"];
        await using (var stream = File.Create(source))
        {
            var chunk = new byte[1 << 20];
            var random = new Random(1);
            for (var i = 0; i < megabytes; i++)
            {
                random.NextBytes(chunk);
                await stream.WriteAsync(chunk);
            }
        }

        var digest = Sha256.OfFile(source);
        var file = new ArtifactFile("model", new FileInfo(source).Length, digest);
        var container = new BlobContainerClient(server.Variables["AZURE_STORAGE_CONNECTION_STRING"], "bare");
        await container.CreateAsync();
        var (up, down) = (new List<double>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            var store = Copy(folder[$"up{round}"], source, digest);
            var bareUp = await Seconds(() => container.GetBlobClient($"{round}").UploadAsync(source, new BlobUploadOptions { TransferOptions = Parallel }));
            var oursUp = await Seconds(async () =>
            {
                using var remote = RemoteStores.Open(server.Uri($"ours{round}"), "/", server.Variables.GetValueOrDefault);
                await new SharedCache(store, new ResultStore(folder["results"], store), remote, writes: true, null, Console.WriteLine).PublishAsync(Result(file), default);
            });
            var bareDown = await Seconds(() => container.GetBlobClient($"{round}").DownloadToAsync(folder["bare"], new BlobDownloadToOptions { TransferOptions = Parallel }));
            var oursDown = await Seconds(async () =>
            {
                using var remote = RemoteStores.Open(server.Uri($"ours{round}"), "/", server.Variables.GetValueOrDefault);
                var empty = new LocalStore(folder[$"down{round}"]);
                await new SharedCache(empty, new ResultStore(folder["results"], empty), remote, writes: false, null, Console.WriteLine).FetchAsync([file], default);
            });
            up.Add(oursUp / bareUp);
            down.Add(oursDown / bareDown);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: up ours {oursUp:0.00} s, SDK {bareUp:0.00} s, ratio {oursUp / bareUp:0.00}; down ours {oursDown:0.00} s, SDK {bareDown:0.00} s, ratio {oursDown / bareDown:0.00}"));
            Directory.Delete(folder[$"up{round}"], true);
            Directory.Delete(folder[$"down{round}"], true);
            File.Delete(folder["bare"]);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median ratio: up {up.Order().ElementAt(rounds / 2):0.00}, down {down.Order().ElementAt(rounds / 2):0.00} ({megabytes} MiB)"));
    }

    /// <summary>The file as a blob of a local store.</summary>
    private static LocalStore Copy(string folder, string source, string digest)
    {
        var place = Path.Combine(folder, "blobs", digest[..2]);
        Directory.CreateDirectory(place);
        File.Copy(source, Path.Combine(place, digest));
        return new(folder);
    }

    private static StepResult Result(ArtifactFile file) => new()
    {
        Key = Sha256.Of("{}"u8),
        Recipe = [],
        Outputs = new Dictionary<string, ResultOutput> { ["model"] = new(new Manifest([file]).Digest, [file]) },
        Metrics = new Dictionary<string, double>(),
        Measurements = new Dictionary<string, double>(),
        Summary = "",
        Seconds = 0,
        Run = "",
        Finished = default,
    };

    private static async Task<double> Seconds(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
