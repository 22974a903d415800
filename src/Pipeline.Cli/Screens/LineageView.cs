using Pipeline.Engine.Lineage;
using Pipeline.Steps.Origins;

namespace Pipeline.Cli.Screens;

/// <summary>A lineage with what the forms in which it is shown have in common.</summary>
/// <param name="Options">By key: the options that are not what they are by default.</param>
/// <param name="Licenses">By key: of the steps that collected documents.</param>
/// <param name="Downstream">It goes from the targets to what was made from them.</param>
internal sealed record LineageView(
    LineageGraph Graph,
    IReadOnlyDictionary<string, IReadOnlyList<(string Path, string Value)>> Options,
    IReadOnlyDictionary<string, IReadOnlyList<LicenseTally>> Licenses,
    bool Downstream)
{
    /// <summary>What a step is called: by the first pipeline that had it, else by the beginning of its key.</summary>
    public static string Name(LineageStep step) => step.Names.Count > 0 ? step.Names[0] : step.Result.Key[..12];

    public static string Short(string digest) => digest.Length > 12 ? digest[..12] : digest;

    /// <summary>Documents by licence over all steps that collected some.</summary>
    public IReadOnlyDictionary<string, long> AllLicenses()
    {
        var all = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (license, count) in Licenses.Values.SelectMany(t => t).SelectMany(t => t.Counts)) all[license] = all.GetValueOrDefault(license) + count;
        return all;
    }

    /// <summary>Licences that could not be counted, or files or makers that are lost.</summary>
    public int Gaps =>
        Graph.Targets.Concat(Graph.Steps.SelectMany(s => s.Inputs)).Count(a => a.Lost.Length > 0) + Graph.Steps.Count(s => s.Sources is { Lost.Length: > 0 }) + Licenses.Values.SelectMany(t => t).Count(t => t.Lost.Length > 0);

    private readonly ILookup<string, LineageStep> readers = (from step in Graph.Steps from read in step.Inputs.SelectMany(i => new[] { i.Digest, i.MadeBy ?? "" }).Distinct() select (read, step)).ToLookup(r => r.read, r => r.step);

    /// <summary>The steps directly below one when it goes downstream; of the targets where <paramref name="key"/> is null.</summary>
    public IEnumerable<LineageStep> Below(string? key)
    {
        if (Graph.Find(key) is not { } step)
        {
            var asked = Graph.Targets.Select(t => t.Digest).ToHashSet(StringComparer.Ordinal);
            return asked.SelectMany(d => readers[d]).Concat(Graph.Steps.Where(s => s.Sources?.Files.Any(f => asked.Contains(f.Sha256)) == true)).Distinct();
        }

        return step.Result.Outputs.Where(o => o.Key != Engine.Authoring.Metrics.Port).SelectMany(o => readers[o.Value.Digest]).Concat(readers[step.Result.Key]).Where(s => s != step).Distinct();
    }

    /// <summary>Texts of results also come from others: nothing in them may steer a terminal.</summary>
    public static string Plain(string text) => text.Any(char.IsControl) ? new([.. text.Select(c => char.IsControl(c) ? '?' : c)]) : text;
}
