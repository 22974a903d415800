using System.Text.Json.Nodes;
using Pipeline.Engine.Caching;

namespace Pipeline.Engine.Lineage;

/// <summary>What is known of a dataset beside its digest.</summary>
/// <param name="Fields">Name and type of each column; empty where it has none.</param>
/// <param name="Rows">Null where it is not known.</param>
/// <param name="Licenses">Rows by licence; empty where that says nothing.</param>
public sealed record DatasetFacts(IReadOnlyList<(string Name, string Type)> Fields, long? Rows, IReadOnlyDictionary<string, long> Licenses)
{
    public static readonly DatasetFacts None = new([], null, new Dictionary<string, long>());
}

/// <summary>The facets of OpenLineage that the engine has something to say in, each after the version of its specification that is named in it.</summary>
internal static class OpenLineageFacets
{
    public const string Spec = "https://openlineage.io/spec/";

    /// <summary>A package URL: who produced the events, as a URI that needs no server.</summary>
    public static readonly string Producer = $"pkg:generic/pipelines@{EngineVersion}";

    public static string EngineVersion => Instruments.Meter.Version is { Length: > 0 } version ? version : "0";

    public static JsonObject Parent(Guid run, string jobNamespace, string job)
    {
        var facet = Facet("1-2-0", "ParentRunFacet");
        facet["run"] = new JsonObject { ["runId"] = run.ToString() };
        facet["job"] = new JsonObject { ["namespace"] = jobNamespace, ["name"] = job };
        return facet;
    }

    public static JsonObject ProcessingEngine()
    {
        var facet = Facet("1-1-1", "ProcessingEngineRunFacet");
        (facet["version"], facet["name"]) = (EngineVersion, "pipelines");
        return facet;
    }

    public static JsonObject ErrorMessage(string message)
    {
        var facet = Facet("1-0-1", "ErrorMessageRunFacet");
        (facet["message"], facet["programmingLanguage"]) = (message, "C#");
        return facet;
    }

    public static JsonObject JobType(string type)
    {
        var facet = Facet("2-0-4", "JobTypeJobFacet");
        (facet["processingType"], facet["integration"], facet["jobType"]) = ("BATCH", "PIPELINES", type);
        return facet;
    }

    public static JsonObject SourceCodeLocation(CodePlace place, string? commit)
    {
        var facet = Facet("1-1-0", "SourceCodeLocationJobFacet");
        (facet["type"], facet["url"], facet["path"]) = ("git", place.Url, place.Path);
        if (place.Repository is { } repository) facet["repoUrl"] = repository;
        if (commit is not null) facet["version"] = commit;
        return facet;
    }

    /// <summary>A facet of this engine's own: the specification has none for it.</summary>
    public static JsonObject Own() => new() { ["_producer"] = Producer, ["_schemaURL"] = $"{Spec}2-0-2/OpenLineage.json#/$defs/RunFacet" };

    public static JsonObject Dataset(string digest, DatasetFacts facts)
    {
        var version = Facet("1-0-1", "DatasetVersionDatasetFacet");
        version["datasetVersion"] = digest;
        var facets = new JsonObject { ["version"] = version };
        if (facts.Fields.Count > 0)
        {
            var schema = facets["schema"] = Facet("1-2-0", "SchemaDatasetFacet");
            schema["fields"] = new JsonArray([.. facts.Fields.Select(f => new JsonObject { ["name"] = f.Name, ["type"] = f.Type })]);
        }

        if (facts.Licenses.Count > 0)
        {
            // One tag for a licence: catalogues search by key and value.
            var tags = facets["tags"] = Facet("1-0-0", "TagsDatasetFacet");
            tags["tags"] = new JsonArray([.. facts.Licenses.Select(l => new JsonObject { ["key"] = $"license.{l.Key}", ["value"] = l.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), ["source"] = "PIPELINES" })]);
        }

        return facets;
    }

    public static JsonObject Statistics(bool output, ResultOutput made, long? rows) => Statistics(output, made.TotalBytes, made.Files.Count, rows);

    public static JsonObject Statistics(bool output, long bytes, int files, long? rows)
    {
        var facet = output ? Facet("1-0-2", "OutputStatisticsOutputDatasetFacet") : Facet("1-0-0", "InputStatisticsInputDatasetFacet");
        (facet["size"], facet["fileCount"]) = (bytes, files);
        if (rows is { } count) facet["rowCount"] = count;
        return new() { [output ? "outputStatistics" : "inputStatistics"] = facet };
    }

    private static JsonObject Facet(string version, string name) => new() { ["_producer"] = Producer, ["_schemaURL"] = $"{Spec}facets/{version}/{name}.json#/$defs/{name}" };
}
