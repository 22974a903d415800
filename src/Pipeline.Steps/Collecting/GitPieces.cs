using System.Text.Json.Nodes;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>The files of a git tree, some at a time: a run ends after a file that its own hash says, so that a changed file seldom changes more than its run.</summary>
internal sealed class GitPieces(GitTree tree, string repository, IReadOnlyList<GitFile> files, CollectionOptions options, StepContext context) : DocumentPieces(options, context)
{
    private const long MostBytes = 8 << 20;
    private const int FilesInARun = 32;

    public override string Noun => "repositories";

    public override async Task ReadAsync()
    {
        var pieces = new List<Piece<Facts>>();
        var runs = Runs().ToList();
        await foreach (var piece in runs.SelectInOrderAsync(Context.Cpus, PieceAsync, Context.Cancellation))
        {
            pieces.Add(piece);
            Context.Report(pieces.Count, runs.Count, "runs of files");
        }

        Add($"{repository}@{tree.Commit}", files.Sum(f => f.Size), tree.Commit, pieces, total: 1);
    }

    private IEnumerable<List<GitFile>> Runs()
    {
        var (run, bytes) = (new List<GitFile>(), 0L);
        foreach (var file in files)
        {
            run.Add(file);
            bytes += file.Size;
            if (bytes < MostBytes && Convert.ToByte(file.Id[..2], 16) % FilesInARun != 0) continue;
            yield return run;
            (run, bytes) = ([], 0);
        }

        if (run.Count > 0) yield return run;
    }

    private Task<Piece<Facts>> PieceAsync(List<GitFile> run)
    {
        var input = new JsonObject { ["files"] = new JsonArray([.. run.Select(f => new JsonArray(f.Path, f.Id))]), ["license"] = Options.License };
        return PieceAsync("run", input, run.Sum(f => f.Size), () => tree.Documents(run, Options));
    }
}
