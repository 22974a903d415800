using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>Compares stored artifacts with folders that were written just now, byte by byte.</summary>
internal sealed class ArtifactComparison(LocalStore store, Func<string, string, string, string?> describe)
{
    private const int Block = 1 << 16;

    /// <param name="metrics">Compared as the file they would be stored as, written to <paramref name="metricsFolder"/>.</param>
    public IEnumerable<FileDifference> Differences(StepResult stored, IReadOnlyDictionary<string, string> folders, IReadOnlyDictionary<string, double> metrics, string metricsFolder)
    {
        Directory.CreateDirectory(metricsFolder);
        File.WriteAllBytes(Path.Combine(metricsFolder, Metrics.FileName), CanonicalJson.Bytes(new JsonObject(metrics.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)))));
        foreach (var (output, folder) in folders.Append(new(Metrics.Port, metricsFolder)).OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            var before = (stored.Outputs.GetValueOrDefault(output)?.Files ?? []).ToDictionary(f => f.Path, StringComparer.Ordinal);
            var now = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(folder, f).Replace('\\', '/'), StringComparer.Ordinal);
            foreach (var name in before.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
            {
                if (!now.TryGetValue(name, out var fresh)) yield return new(output, name, null, "was not made again");
                else if (!before.TryGetValue(name, out var old)) yield return new(output, name, null, "is not in the stored result");
                else if (Compare(output, name, store.Locate(old), fresh) is { } found) yield return found;
            }
        }
    }

    private FileDifference? Compare(string output, string name, string stored, string fresh)
    {
        if (FirstDifference(stored, fresh) is not { } offset) return null;
        var (before, now) = (new FileInfo(stored).Length, new FileInfo(fresh).Length);
        var what = describe(name, stored, fresh) ?? (before == now ? $"{now} bytes, as before" : $"{now} bytes instead of {before}");
        return new(output, name, offset, what);
    }

    /// <summary>The offset of the first byte that differs, or that one file lacks; null where the files are equal.</summary>
    public static long? FirstDifference(string left, string right)
    {
        using var first = File.OpenRead(left);
        using var second = File.OpenRead(right);
        var (a, b) = (new byte[Block], new byte[Block]);
        for (var at = 0L; ; at += Block)
        {
            var (lengthA, lengthB) = (first.ReadAtLeast(a, Block, throwOnEndOfStream: false), second.ReadAtLeast(b, Block, throwOnEndOfStream: false));
            var common = a.AsSpan(0, lengthA).CommonPrefixLength(b.AsSpan(0, lengthB));
            if (common < Math.Max(lengthA, lengthB)) return at + common;
            if (lengthA < Block) return null;
        }
    }
}
