using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Lineage;

/// <summary>
/// From a digest to the results that made it and to those that read it. Kept in <c>lineage.tsv</c> beside the results, and brought up to date when it is opened: only results written since are read.
/// The file is a shortcut: without it all results are read once.
/// </summary>
public sealed class ResultIndex
{
    private readonly Dictionary<string, IndexedResult> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<IndexedResult>> makers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<IndexedResult>> readers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<IndexedResult>> bySources = new(StringComparer.Ordinal);

    private ResultIndex(IEnumerable<IndexedResult> results)
    {
        foreach (var result in results) Add(result);
    }

    /// <summary>How many results had to be read to bring it up to date.</summary>
    public int Read { get; private init; }

    public int Count => byKey.Count;

    /// <summary>By the digest of the manifest of their source files.</summary>
    public IReadOnlyDictionary<string, List<IndexedResult>> BySources => bySources;

    public static ResultIndex Open(ResultStore results, string file)
    {
        var known = Load(file);
        var here = results.All().ToList();
        var (kept, unknown) = (new List<IndexedResult>(here.Count), new List<(string Key, long Written)>());
        foreach (var (key, written) in here)
        {
            if (known.TryGetValue(key, out var entry) && entry.Written == written.Ticks) kept.Add(entry);
            else unknown.Add((key, written.Ticks));
        }

        // A damaged result is no result; it is looked at again each time, until it is made anew.
        var read = unknown.AsParallel().Select(u => results.Read(u.Key) is { } result ? IndexedResult.Of(result, u.Written) : null).OfType<IndexedResult>().ToList();
        kept.AddRange(read);
        if (read.Count > 0 || known.Count != kept.Count) Save(file, kept);
        return new(kept) { Read = read.Count };
    }

    /// <summary>Adds results of elsewhere, for this process only.</summary>
    public void Add(IEnumerable<StepResult> others)
    {
        foreach (var result in others.Where(r => !byKey.ContainsKey(r.Key))) Add(IndexedResult.Of(result, 0));
    }

    public IndexedResult? Find(string key) => byKey.GetValueOrDefault(key);

    /// <summary>The results that an artifact is an output of, the last one first.</summary>
    public IReadOnlyList<IndexedResult> MakersOf(string digest) => makers.TryGetValue(digest, out var found) ? [.. found.OrderByDescending(r => r.Finished).ThenBy(r => r.Key, StringComparer.Ordinal)] : [];

    /// <summary>The results that an artifact is an input of, the first one first.</summary>
    public IReadOnlyList<IndexedResult> ReadersOf(string digest) => readers.TryGetValue(digest, out var found) ? [.. found.OrderBy(r => r.Finished).ThenBy(r => r.Key, StringComparer.Ordinal)] : [];

    /// <summary>Every key and artifact digest that begins so.</summary>
    public IReadOnlySet<string> Beginning(string prefix) =>
        byKey.Keys.Concat(makers.Keys).Concat(readers.Keys).Where(d => d.StartsWith(prefix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);

    private void Add(IndexedResult result)
    {
        byKey[result.Key] = result;
        foreach (var digest in result.Outputs.Distinct()) Add(makers, digest, result);
        foreach (var digest in result.Inputs.Distinct()) Add(readers, digest, result);
        if (result.Sources is { } sources) Add(bySources, sources, result);
    }

    private static void Add(Dictionary<string, List<IndexedResult>> map, string digest, IndexedResult result)
    {
        if (!map.TryGetValue(digest, out var list)) map[digest] = list = [];
        list.Add(result);
    }

    private static Dictionary<string, IndexedResult> Load(string file)
    {
        var known = new Dictionary<string, IndexedResult>(StringComparer.Ordinal);
        if (!File.Exists(file)) return known;
        foreach (var entry in File.ReadLines(file).Select(IndexedResult.Parse).OfType<IndexedResult>()) known[entry.Key] = entry;
        return known;
    }

    private static void Save(string file, IEnumerable<IndexedResult> results)
    {
        try
        {
            AtomicFile.Write(file, string.Concat(results.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Line() + "\n")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever may only read here reads more the next time.
        }
    }
}
