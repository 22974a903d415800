using System.Text.Json.Nodes;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Tests.Faults;

/// <summary>What holds after every fault.</summary>
internal static class Invariants
{
    /// <summary>The next plain run needs no help, ends as a run without faults, does nothing again that was said to be finished, and leaves nothing behind but what belongs there.</summary>
    /// <param name="environment">What it takes to share results, where they are shared; null where the folder has to hold all.</param>
    public static async Task GoesOn(Subject subject, Project project, string state, IEnumerable<string> finished, IReadOnlyDictionary<string, string?>? environment = null, params string[] more)
    {
        var again = (await project.Pipeline(environment, ["run", "p.yaml", "--json", .. more])).Expect(ExitCode.Success);
        Same(subject.Whole, again);
        var redone = finished.Where(id => again.Decision(id) != "reused").ToList();
        Assert.True(redone.Count == 0, $"done again though finished: {string.Join(", ", redone)}");
        Sound(state, shares: environment is not null);
        // Half-written files of the killed are gc's, which alone knows that nobody is writing them.
        Assert.Empty(Directory.EnumerateFiles(state).Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal)).Select(f => Path.GetFileName(f)).Except([".gitignore", "files.tsv", "id", "in-use"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(state, "attempts")));
    }

    public static void Same(Ended whole, Ended other)
    {
        foreach (var (id, step) in whole.Steps) Assert.Equal(step["outputs"]!.ToJsonString(), other.Steps[id]["outputs"]!.ToJsonString());
    }

    /// <summary>A blob is there wholly or not at all, and a result that is there can be read and names what is there.</summary>
    /// <param name="shares">Whether blobs of a result may be in a shared store alone.</param>
    public static void Sound(string state, bool shares = false)
    {
        var folder = new EngineState(new StateFolder(state), TimeProvider.System);
        Assert.All(folder.Store.All(), blob => Assert.Equal(blob.Digest, Sha256.OfFile(Path.Combine(state, "store", "blobs", blob.Digest[..2], blob.Digest))));
        Assert.All(folder.Results.All(), result => Assert.NotNull(shares ? folder.Results.Read(result.Key) : folder.Results.Find(result.Key)));
    }

    /// <summary>The same of a shared store.</summary>
    public static async Task Sound(IRemoteStore store)
    {
        var blobs = new HashSet<string>(StringComparer.Ordinal);
        using var folder = new TestKit.TemporaryFolder();
        await foreach (var blob in store.ListAsync("blobs/", CancellationToken.None))
        {
            Assert.True(await store.DownloadAsync(blob.Name, folder["blob"], CancellationToken.None));
            Assert.Equal(Path.GetFileName(blob.Name), Sha256.OfFile(folder["blob"]));
            blobs.Add(Path.GetFileName(blob.Name));
        }

        await foreach (var result in store.ListAsync("results/", CancellationToken.None))
        {
            var read = JsonNode.Parse((await store.ReadAsync(result.Name, CancellationToken.None))!)!;
            var named = read["outputs"]!.AsObject().SelectMany(o => o.Value!["files"]!.AsArray()).Select(f => (string)f!["sha256"]!);
            Assert.Subset(blobs, named.ToHashSet());
        }
    }

    /// <summary>The steps that a run said it had done. The last line of one that was killed may be torn.</summary>
    public static IReadOnlyList<string> Finished(string output) =>
    [
        .. from line in output.Split('\n')
           where line.Contains("\"step.finished\"", StringComparison.Ordinal) && line.EndsWith('}') && line.Contains("\"decision\":\"ran\"", StringComparison.Ordinal)
           select (string)JsonNode.Parse(line)!["id"]!,
    ];
}
