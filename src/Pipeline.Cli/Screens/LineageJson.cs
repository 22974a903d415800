using System.Text.Json.Nodes;
using Pipeline.Engine.Lineage;

namespace Pipeline.Cli.Screens;

/// <summary>A lineage as one JSON object: all that is known, by key and digest. Scripts rely on these names.</summary>
internal static class LineageJson
{
    public static JsonObject Of(LineageView view) => new()
    {
        ["direction"] = view.Downstream ? "downstream" : "upstream",
        ["targets"] = new JsonArray([.. view.Graph.Targets.Select(Artifact)]),
        ["steps"] = new JsonArray([.. view.Graph.Steps.Select(s => Step(view, s))]),
        ["licenses"] = Counts(view.AllLicenses()),
        ["gaps"] = view.Gaps,
    };

    private static JsonObject Step(LineageView view, LineageStep step)
    {
        var result = step.Result;
        var json = new JsonObject
        {
            ["key"] = result.Key,
            ["names"] = new JsonArray([.. step.Names.Select(n => (JsonNode)n)]),
            ["recipe"] = result.Recipe.DeepClone(),
            ["options"] = new JsonObject((view.Options.GetValueOrDefault(result.Key) ?? []).Select(o => KeyValuePair.Create(o.Path, JsonNode.Parse(o.Value)))),
            ["inputs"] = new JsonArray([.. step.Inputs.Select(Artifact)]),
            ["outputs"] = new JsonObject(result.Outputs.Select(o => KeyValuePair.Create(o.Key, (JsonNode?)new JsonObject { ["digest"] = o.Value.Digest, ["files"] = o.Value.Files.Count, ["bytes"] = o.Value.TotalBytes }))),
            ["run"] = result.Run,
            ["finished"] = result.Finished.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture),
            ["seconds"] = result.Seconds,
            ["environment"] = new JsonObject(result.Environment.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)e.Value))),
        };
        if (result.WentOnFrom is { } shorter) json["went_on_from"] = new JsonObject { ["key"] = shorter.Key, ["horizon"] = shorter.Horizon, ["run"] = shorter.Run };
        if (step.Sources is { } sources)
        {
            json["sources"] = new JsonObject
            {
                ["digest"] = sources.Digest,
                ["files"] = new JsonArray([.. sources.Files.Select(f => new JsonObject { ["path"] = f.Path, ["sha256"] = f.Sha256, ["size"] = f.Size })]),
            };
            if (sources.Lost.Length > 0) json["sources"]!["lost"] = sources.Lost;
        }

        foreach (var tally in view.Licenses.GetValueOrDefault(result.Key) ?? [])
        {
            var all = (JsonObject)(json["licenses"] ??= new JsonObject());
            all[tally.Output] = tally.Lost.Length > 0 ? new JsonObject { ["lost"] = tally.Lost } : Counts(tally.Counts);
        }

        return json;
    }

    private static JsonObject Artifact(LineageArtifact artifact)
    {
        var json = new JsonObject { ["port"] = artifact.Port, ["digest"] = artifact.Digest, ["made_by"] = artifact.MadeBy, ["output"] = artifact.Output };
        if (artifact.AlsoMadeBy.Count > 0) json["also_made_by"] = new JsonArray([.. artifact.AlsoMadeBy.Select(k => (JsonNode)k)]);
        if (artifact.Lost.Length > 0) json["lost"] = artifact.Lost;
        return json;
    }

    private static JsonObject Counts(IReadOnlyDictionary<string, long> counts) => new(counts.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value)));
}
