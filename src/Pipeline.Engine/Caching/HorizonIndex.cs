using System.Globalization;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>Which results lie on a line: an empty file each, named by how far it went and its key, so that nothing is ever rewritten. An entry whose result is gone is passed over.</summary>
public sealed class HorizonIndex(string root)
{
    internal const string Shared = "horizons/";

    /// <summary>Before the result itself is written: a crash in between leaves an entry of nothing, and never a result that cannot be found.</summary>
    public void Add(KeptState state, string key)
    {
        var file = Path.Combine(root, NameOf(state, key));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        if (!File.Exists(file)) AtomicFile.Write(file, "");
    }

    public IEnumerable<(long Horizon, string Key)> Find(string line)
    {
        var folder = Path.Combine(root, line);
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Select(f => Parse(Path.GetFileName(f))).OfType<(long, string)>() : [];
    }

    /// <summary>Removes the entries of results that are gone.</summary>
    public void Prune(Func<string, bool> isThere)
    {
        foreach (var file in Directory.Exists(root) ? Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToList() : [])
        {
            if (Parse(Path.GetFileName(file)) is { } entry && !isThere(entry.Key)) File.Delete(file);
        }
    }

    /// <summary>Below the root here, and below <see cref="Shared"/> in a shared store.</summary>
    internal static string NameOf(KeptState state, string key) => string.Create(CultureInfo.InvariantCulture, $"{state.Line}/{state.Horizon:D19}-{key}");

    /// <summary>Null for a file that is no entry.</summary>
    internal static (long Horizon, string Key)? Parse(string name) =>
        name.Split('-') is [var horizon, var key] && long.TryParse(horizon, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && Sha256.IsDigest(key) ? (value, key) : null;
}
