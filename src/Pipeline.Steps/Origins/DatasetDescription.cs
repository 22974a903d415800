using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Lineage;
using Pipeline.Engine.Storage;

namespace Pipeline.Steps.Origins;

/// <summary>What this program knows of the artifacts of its own step types.</summary>
public static class DatasetDescription
{
    public static DatasetFacts Of(StepCatalog catalog, LocalStore store, string uses, string output, ResultOutput made)
    {
        if (catalog.Find(uses)?.Outputs.FirstOrDefault(o => o.Name == output)?.Kind != typeof(Artifacts.Documents)) return DatasetFacts.None;
        var facts = DatasetFacts.None with { Fields = [.. DocumentReader.Columns.Select(c => (c, "string"))] };
        if (!made.Files.All(store.Has)) return facts;
        try
        {
            var licenses = LicenseCounts.OfAsync([.. made.Files.Where(f => f.Path.EndsWith(".parquet", StringComparison.Ordinal)).Select(f => (f.Path, store.Locate(f)))]).GetAwaiter().GetResult();
            return facts with { Rows = licenses.Values.Sum(), Licenses = licenses };
        }
        catch (Exception e) when (e is DamagedBlobException or InvalidDataException)
        {
            return facts;
        }
    }
}
