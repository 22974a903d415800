using System.Globalization;
using Pipeline.Data.Collection;

namespace Pipeline.Data.Crawling;

/// <summary>Redirects that lead back to where they began, over one address or more. Nothing else would name them: each leads to what was seen.</summary>
internal sealed class RedirectCircles
{
    private readonly SortedDictionary<string, string> targets = new(StringComparer.Ordinal);

    public void Add(string from, string to) => targets[from] = to;

    /// <summary>Each address of a circle counts, as nothing came of it; those that only lead into one do not.</summary>
    public void Refuse(RefusalTally refused)
    {
        var (walks, walk) = (new Dictionary<string, int>(StringComparer.Ordinal), 0);
        foreach (var start in targets.Keys)
        {
            var at = start;
            walk++;
            while (targets.TryGetValue(at, out var next) && walks.TryAdd(at, walk)) at = next;
            if (!targets.ContainsKey(at) || walks[at] != walk) continue;
            var circle = new List<string> { at };
            for (var on = targets[at]; on != at; on = targets[on]) circle.Add(on);
            foreach (var address in circle)
                refused.Add(Refusals.Redirects, address, circle.Count == 1 ? "to itself" : string.Create(CultureInfo.InvariantCulture, $"in a circle of {circle.Count} addresses, by way of {targets[address]}"));
        }
    }
}
