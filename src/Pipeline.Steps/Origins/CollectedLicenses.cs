using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Lineage;
using Pipeline.Engine.Storage;

namespace Pipeline.Steps.Origins;

/// <summary>The licences of the documents that a step collected.</summary>
/// <param name="Output">The output that holds them.</param>
/// <param name="Counts">Documents by SPDX identifier, <c>unknown</c> among them; empty where <paramref name="Lost"/> says why.</param>
public sealed record LicenseTally(string Output, IReadOnlyDictionary<string, long> Counts, string Lost);

/// <summary>Counts licences where documents first appear in a lineage: a later step may drop documents and adds no terms.</summary>
/// <param name="fetch">Whether documents that are only in the shared store are fetched.</param>
public sealed class CollectedLicenses(StepCatalog catalog, EngineState state, bool fetch)
{
    public async Task<IReadOnlyList<LicenseTally>> OfAsync(LineageStep step, CancellationToken cancellation)
    {
        var tallies = new List<LicenseTally>();
        if (catalog.Find(step.Uses) is not { } type)
        {
            if (step.Inputs.Count == 0) tallies.Add(new("", Nothing, $"this program has no step type '{step.Uses}': whether it made documents is not known"));
            return tallies;
        }

        // A step that reads documents passes them on, unless those that it read are lost: then it is the first that is known.
        if (type.Inputs.Any(i => i.Kind == typeof(Artifacts.Documents)) && step.Inputs.All(i => i.MadeBy is not null)) return tallies;
        foreach (var output in type.Outputs.Where(o => o.Kind == typeof(Artifacts.Documents)))
        {
            if (step.Result.Outputs.TryGetValue(output.Name, out var made)) tallies.Add(await CountAsync(output.Name, made, cancellation));
        }

        return tallies;
    }

    private async Task<LicenseTally> CountAsync(string output, ResultOutput made, CancellationToken cancellation)
    {
        try
        {
            if (fetch) await state.Cache.FetchAsync(made.Files, cancellation);
            else if (!made.Files.All(state.Store.Has)) return new(output, Nothing, "its documents are not here; --fetch gets them from the shared store");
            return new(output, await LicenseCounts.OfAsync([.. made.Files.Where(f => f.Path.EndsWith(".parquet", StringComparison.Ordinal)).Select(f => (f.Path, state.Store.Locate(f)))], cancellation), "");
        }
        catch (Exception e) when (e is DamagedBlobException or InvalidDataException)
        {
            return new(output, Nothing, e.Message);
        }
    }

    private static readonly IReadOnlyDictionary<string, long> Nothing = new Dictionary<string, long>();
}
