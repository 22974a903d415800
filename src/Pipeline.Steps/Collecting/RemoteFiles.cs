using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Data.Collection;
using Pipeline.Data.Crawling;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <param name="Name">Becomes the documents' source.</param>
/// <param name="Version">Changes with the content.</param>
/// <param name="Check">What is wrong with the file that was fetched, or null.</param>
internal sealed record RemoteFile(string Name, string Version, long Size, Origin Origin, Func<long, CancellationToken, Task<Stream>> Open, Func<string, string?> Check);

/// <summary>Files of a store, fetched into the workspace, where an interrupted step finds them, and read from there.</summary>
internal static class RemoteFiles
{
    public static async Task CollectAsync(IReadOnlyList<RemoteFile> remote, DownloadParams with, Output<Artifacts.Documents> documents, Output<Artifacts.Datasheet> datasheet, StepContext context)
    {
        var total = remote.Sum(f => f.Size);
        if (total > with.MaxGigabytes * (1L << 30))
            throw new StepFailedException(string.Create(CultureInfo.InvariantCulture, $"The {remote.Count} files have {total / (double)(1L << 30):0.###} gigabytes, more than max_gigabytes: {with.MaxGigabytes}. Name fewer, or raise it."));
        var files = new PieceFile[remote.Count];
        var (gate, done) = (new Lock(), new long[remote.Count]);
        await Parallel.ForEachAsync(remote.Index(), new ParallelOptions { MaxDegreeOfParallelism = with.Together, CancellationToken = context.Cancellation }, async (file, stop) =>
        {
            var (i, (name, version, size, origin, open, check)) = file;
            var path = Path.Combine(context.Workspace, "files", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\0{version}"))));
            try
            {
                var sha256 = await new PartialFile(path, size, TimeProvider.System).FetchAsync(open, check, with.Retries, at => Report(i, at), stop);
                Report(i, size);
                files[i] = new(new(name, path, size, sha256), origin);
            }
            catch (InvalidDataException e)
            {
                throw new StepFailedException($"{name}: {e.Message}", e);
            }
        });

        var reading = with.ToReading(context.Scratch);
        await DocumentOutput.WriteAsync(new FilePieces(reading, files, context), documents, datasheet, reading, with.MaxDamaged, context, "documents", sample: null, null);

        void Report(int file, long at)
        {
            lock (gate)
            {
                done[file] = at;
                context.Report(done.Sum() / (double)(1 << 20), total / (double)(1 << 20), "MiB");
            }
        }
    }
}
