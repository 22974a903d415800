using System.Globalization;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Lineage;

/// <summary>What the index knows of a result without reading it.</summary>
/// <param name="Written">When its file was written, in ticks: a step that was forced writes it anew.</param>
/// <param name="Finished">When the step ended, in UTC ticks.</param>
/// <param name="Sources">The digest of the manifest of its source files, or null.</param>
public sealed record IndexedResult(string Key, long Written, long Finished, string Run, IReadOnlyList<string> Outputs, IReadOnlyList<string> Inputs, IReadOnlyList<string> Upstream, string? Sources)
{
    public static IndexedResult Of(StepResult result, long written) => new(
        result.Key,
        written,
        result.Finished.UtcTicks,
        // Results also come from others: nothing that they hold may end a line or a field.
        new string([.. result.Run.Where(c => !char.IsControl(c))]),
        [.. result.Outputs.Values.Select(o => o.Digest).Where(Sha256.IsDigest)],
        [.. Recipe.InputsOf(result.Recipe).Select(i => i.Digest).Where(Sha256.IsDigest)],
        [.. result.Upstream.Where(Sha256.IsDigest)],
        Recipe.SourcesOf(result.Recipe));

    public string Line() => string.Join('\t', Key, Written.ToString(CultureInfo.InvariantCulture), Finished.ToString(CultureInfo.InvariantCulture), Run, string.Join(',', Outputs), string.Join(',', Inputs), string.Join(',', Upstream), Sources);

    /// <summary>Null for a line that is not what it should be: that result is then read again.</summary>
    public static IndexedResult? Parse(string line)
    {
        var parts = line.Split('\t');
        return parts.Length == 8 && Sha256.IsDigest(parts[0]) && long.TryParse(parts[1], out var written) && long.TryParse(parts[2], out var finished)
            ? new(parts[0], written, finished, parts[3], List(parts[4]), List(parts[5]), List(parts[6]), parts[7].Length == 0 ? null : parts[7]) : null;
    }

    private static string[] List(string text) => text.Length == 0 ? [] : text.Split(',');
}
