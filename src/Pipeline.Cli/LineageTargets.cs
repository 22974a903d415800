using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Lineage;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli;

/// <summary>Finds what a user asks the lineage of. Pipeline files are not read: they may have changed since, or be gone.</summary>
internal sealed class LineageTargets(EngineState state, ResultIndex index, LineageWalk walk)
{
    private const int ShortestPrefix = 6;
    private const int MostNamed = 8;

    public static bool IsDigest(string text) => text.Length is >= ShortestPrefix and <= 64 && text.All(char.IsAsciiHexDigitLower) && !File.Exists(text);

    /// <summary>By a digest of an artifact or a cache key, or the beginning of one.</summary>
    /// <exception cref="WrongInputException">There is none, or more than one.</exception>
    public async Task<IReadOnlyList<LineageArtifact>> ByDigestAsync(string prefix, CancellationToken cancellation)
    {
        var found = index.Beginning(prefix);
        if (found.Count > 1)
        {
            throw new WrongInputException($"'{prefix}' begins {found.Count} digests: {string.Join(", ", found.Order(StringComparer.Ordinal).Take(MostNamed).Select(d => d[..Math.Min(64, prefix.Length + 6)]))}{(found.Count > MostNamed ? ", …" : "")}. Give more digits.");
        }

        var digest = found.FirstOrDefault() ?? prefix;
        if (digest.Length == 64 && state.Cache.Read(digest) is { } result) return walk.TargetsOf(result, digest[..12]);
        if (digest.Length == 64 && await walk.TargetAsync(digest, cancellation) is var target && (found.Count == 1 || target.MadeBy is not null)) return [target];
        throw new WrongInputException($"No result in {state.Folder.Root}{(state.Cache.Address is { } there ? $" or in {there}" : "")} has a digest or a key that begins with '{prefix}'. Digests: pipeline artifacts ls FILE.");
    }

    /// <summary>By <c>STEP</c> or <c>STEP.OUTPUT</c> of a pipeline file, as it was when it last ran here, else as its lock file says; by the file alone, what no other of its steps reads.</summary>
    /// <exception cref="WrongInputException">There is no such step or output.</exception>
    public IReadOnlyList<LineageArtifact> ByStep(string file, string? reference)
    {
        var last = Last(file);
        if (last.Count == 0) throw new WrongInputException($"{Path.GetRelativePath(Directory.GetCurrentDirectory(), file)} has never run with the state in {state.Folder.Root}, and has no lock file.");
        if (reference is null) return [.. Ends(last).SelectMany(r => walk.TargetsOf(r.Result, r.Step))];
        var dot = reference.IndexOf('.');
        var id = dot < 0 ? reference : reference[..dot];
        if (!last.TryGetValue(id, out var key)) throw new WrongInputException($"{Path.GetFileNameWithoutExtension(file)} had no result of a step '{id}'; it had of: {string.Join(", ", last.Keys.Order(StringComparer.Ordinal))}.");
        var result = state.Cache.Read(key) ?? throw new WrongInputException($"The last result of '{id}' ({key[..12]}) is neither here nor in a shared store; make it again: pipeline run.");
        if (dot < 0) return walk.TargetsOf(result, id);
        var output = reference[(dot + 1)..];
        if (!result.Outputs.TryGetValue(output, out var made)) throw new WrongInputException($"'{id}' has no output '{output}'; it has: {string.Join(", ", result.Outputs.Keys)}.");
        return [new(reference, made.Digest, key, output, [.. index.MakersOf(made.Digest).Select(m => m.Key).Where(k => k != key)], "")];
    }

    /// <summary>The keys of the results that read a source file: one with the bytes of a file that is there, or of that name.</summary>
    /// <exception cref="WrongInputException">None did.</exception>
    public async Task<(LineageArtifact Target, IReadOnlyList<string> ReadBy)> BySourceAsync(string given, CancellationToken cancellation)
    {
        var digest = File.Exists(given) ? Sha256.OfFile(given) : null;
        var name = given.Replace('\\', '/');
        var keys = new List<string>();
        string? named = null;
        foreach (var (sources, results) in index.BySources)
        {
            var files = (await state.Cache.ReadManifestAsync(sources, cancellation))?.Files ?? [];
            var match = files.FirstOrDefault(f => digest is null ? f.Path == name || f.Path.EndsWith('/' + name) : f.Sha256 == digest);
            if (match is null) continue;
            named = match.Sha256;
            keys.AddRange(results.Select(r => r.Key));
        }

        return named is null ? throw new WrongInputException($"No result in {state.Folder.Root} was made from a file {(digest is null ? $"named '{given}'" : $"with the content of '{given}' ({digest[..12]})")}.")
            : (new(given, named, null, "", [], ""), keys);
    }

    private Dictionary<string, string> Last(string file)
    {
        var last = new History(state.Folder, file).All.ToDictionary(e => e.Step, e => e.Key, StringComparer.Ordinal);
        var path = LockFile.PathFor(file);
        if (last.Count > 0 || !File.Exists(path)) return last;
        try
        {
            return LockFile.Parse(File.ReadAllText(path), path).Steps.ToDictionary(s => s.Key, s => s.Value.Key, StringComparer.Ordinal);
        }
        catch (InvalidDataException e)
        {
            throw new WrongInputException(e.Message);
        }
    }

    private List<(string Step, StepResult Result)> Ends(Dictionary<string, string> last)
    {
        var results = last.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => (Step: l.Key, Result: state.Cache.Read(l.Value))).Where(r => r.Result is not null).Select(r => (r.Step, Result: r.Result!)).ToList();
        var read = results.SelectMany(r => Recipe.InputsOf(r.Result.Recipe)).Select(i => i.Digest).ToHashSet(StringComparer.Ordinal);
        return [.. results.Where(r => !r.Result.Outputs.Any(o => o.Key != Metrics.Port && read.Contains(o.Value.Digest)))];
    }
}
