using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;

namespace Pipeline.Engine.Lineage;

/// <summary>Where a pipeline file is kept.</summary>
/// <param name="Url">To open it.</param>
/// <param name="Repository">Null where the repository is fetched from nowhere.</param>
/// <param name="Path">From the root of the repository.</param>
public sealed record CodePlace(string Url, string? Repository, string Path);

/// <summary>What OpenLineage wants to know that no event of a run says.</summary>
/// <param name="JobNamespace">Of jobs; chosen by the user.</param>
/// <param name="DatasetNamespace">The address of the shared store, else <c>file</c>.</param>
/// <param name="Code">Null outside a repository.</param>
/// <param name="Commit">Of the run; null where it is not known.</param>
public sealed record OpenLineageSetting(string JobNamespace, string DatasetNamespace, CodePlace? Code, string? Commit, SharedCache Cache, StepNames Names)
{
    /// <summary>What is known of an output, from the step type, the output's name and the artifact.</summary>
    public Func<string, string, ResultOutput, DatasetFacts> Describe { get; init; } = (_, _, _) => DatasetFacts.None;

    /// <summary>Step and output that each input of a step comes from, before it has a result; nothing for a past run.</summary>
    public Func<string, IReadOnlyList<(string Step, string Output)>> Wiring { get; init; } = _ => [];
}

/// <summary>
/// Translates the log of a run, line by line, into OpenLineage's run events (specification 2-0-2): the run of the pipeline, and below it a run of each step that really ran. Ids follow from the
/// names of run and step, so that telling a run twice tells nothing new.
/// </summary>
public sealed class OpenLineageEvents(OpenLineageSetting setting)
{
    private const int MostSourceDatasets = 100;

    private readonly Dictionary<string, JsonObject> outputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> stepOfKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> open = new(StringComparer.Ordinal);
    private string run = "";
    private string pipeline = "";
    private string time = "";
    private bool ended;

    /// <summary>The end of a past run: what its steps gave, reused ones too, which its log does not have one by one.</summary>
    public void Foresee(JsonObject runFinished)
    {
        foreach (var step in runFinished["steps"]?.AsArray().OfType<JsonObject>() ?? []) Learn(step);
    }

    /// <summary>The events that a line of the log stands for; most stand for none.</summary>
    public IReadOnlyList<JsonObject> Of(JsonObject line)
    {
        time = Text(line, RunLog.Time) is { Length: > 0 } given ? given : time.Length > 0 ? time : TimeOf(Text(line, "run"));
        switch (Text(line, "event"))
        {
            case "run.started":
                (run, pipeline) = (Text(line, "run"), Text(line, "pipeline"));
                return [Event("START", null, line)];
            case "step.started":
                var id = Text(line, "id");
                if (!open.TryAdd(id, Text(line, "uses"))) return [];
                var started = Event("START", id, line);
                if (setting.Wiring(id) is { Count: > 0 } wired) started["inputs"] = new JsonArray([.. wired.Select(w => Dataset(NameOf(w.Step, w.Output), outputs.TryGetValue(w.Step, out var made) ? Text(made, w.Output) : "", DatasetFacts.None))]);
                return [started];
            case "step.finished":
                Learn(line);
                return Finished(line);
            case "run.finished":
                ended = true;
                return [Event(Text(line, "status") switch { "succeeded" => "COMPLETE", "failed" => "FAIL", _ => "ABORT" }, null, line)];
            default:
                return [];
        }
    }

    /// <summary>For a log that breaks off: what was going on then has been aborted.</summary>
    public IReadOnlyList<JsonObject> BrokenOff()
    {
        if (ended || run.Length == 0) return [];
        var line = new JsonObject { ["failure"] = new JsonObject { ["message"] = "the engine ended before the run did" } };
        return [.. open.Keys.Select(id => Event("ABORT", id, line)), Event("ABORT", null, line)];
    }

    /// <summary>The id of a run, or of a step in it: a UUID (version 8) of their names.</summary>
    public static Guid RunId(string run, string? step)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"pipelines/{run}/{step}"))[..16];
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash, bigEndian: true);
    }

    private List<JsonObject> Finished(JsonObject line)
    {
        var decision = Text(line, "decision");
        if (decision is not ("ran" or "failed")) return [];
        var id = Text(line, "id");
        // A step that cannot even begin has failed all the same.
        List<JsonObject> events = open.Remove(id) ? [] : [Event("START", id, line)];
        var aborted = line["failure"] is JsonObject failure && Text(failure, "cause") == Causes.Word(FailureCause.Cancelled);
        var last = Event(decision == "ran" ? "COMPLETE" : aborted ? "ABORT" : "FAIL", id, line);
        if (setting.Cache.Read(Text(line, "key")) is { } result && decision == "ran")
        {
            var uses = Text(line, "uses");
            last["inputs"] = new JsonArray([.. Inputs(result), .. Sources(id, result)]);
            last["outputs"] = new JsonArray([.. result.Outputs.Select(o => Output(id, uses, o.Key, o.Value))]);
        }

        events.Add(last);
        return events;
    }

    private IEnumerable<JsonObject> Inputs(StepResult result)
    {
        var recorded = Recipe.InputsOf(result.Recipe);
        for (var i = 0; i < recorded.Count; i++)
        {
            var digest = recorded[i].Digest;
            var key = result.Upstream.Count == recorded.Count ? result.Upstream[i] : "";
            var made = setting.Cache.Read(key)?.Outputs.FirstOrDefault(o => o.Value.Digest == digest);
            var dataset = Dataset(NameOf(key, digest, made?.Key), digest, DatasetFacts.None);
            if (made?.Value is { } output) dataset["inputFacets"] = OpenLineageFacets.Statistics(output: false, output, null);
            yield return dataset;
        }
    }

    /// <summary>By the step of this run that gave it; else by what a pipeline here calls its maker; else by its digest.</summary>
    private string NameOf(string key, string digest, string? output)
    {
        if (output is not null && stepOfKey.TryGetValue(key, out var step)) return NameOf(step, output);
        if (output is not null && setting.Names.Of(key) is [var name, ..]) return $"{name.Replace('.', '/')}/{output}";
        var other = outputs.SelectMany(s => s.Value.Select(o => (s.Key, Output: o.Key, Digest: (string?)o.Value))).FirstOrDefault(o => o.Digest == digest);
        return other.Key is null ? digest : NameOf(other.Key, other.Output);
    }

    private IEnumerable<JsonObject> Sources(string step, StepResult result)
    {
        if (Recipe.SourcesOf(result.Recipe) is not { } digest) yield break;
        var manifest = setting.Cache.ReadManifestAsync(digest, CancellationToken.None).GetAwaiter().GetResult();
        if (manifest is null || manifest.Files.Count > MostSourceDatasets)
        {
            var whole = Dataset(NameOf(step, "sources"), digest, DatasetFacts.None, "file");
            if (manifest is not null) whole["inputFacets"] = OpenLineageFacets.Statistics(output: false, manifest.TotalBytes, manifest.Files.Count, null);
            yield return whole;
            yield break;
        }

        foreach (var file in manifest.Files)
        {
            var dataset = Dataset(file.Path, file.Sha256, DatasetFacts.None, "file");
            dataset["inputFacets"] = OpenLineageFacets.Statistics(output: false, file.Size, 1, null);
            yield return dataset;
        }
    }

    private JsonObject Output(string step, string uses, string name, ResultOutput made)
    {
        var facts = setting.Describe(uses, name, made);
        var dataset = Dataset(NameOf(step, name), made.Digest, facts);
        dataset["outputFacets"] = OpenLineageFacets.Statistics(output: true, made, facts.Rows);
        return dataset;
    }

    private JsonObject Dataset(string name, string digest, DatasetFacts facts, string? space = null)
    {
        var dataset = new JsonObject { ["namespace"] = space ?? setting.DatasetNamespace, ["name"] = name };
        if (digest.Length > 0) dataset["facets"] = OpenLineageFacets.Dataset(digest, facts);
        return dataset;
    }

    private string NameOf(string step, string output) => $"{pipeline}/{step}/{output}";

    private void Learn(JsonObject step)
    {
        if (step["outputs"] is JsonObject { Count: > 0 } made) outputs[Text(step, "id")] = made;
        if (Text(step, "key") is { Length: > 0 } key) stepOfKey[key] = Text(step, "id");
    }

    private JsonObject Event(string type, string? step, JsonObject line)
    {
        var facets = new JsonObject { ["processing_engine"] = OpenLineageFacets.ProcessingEngine() };
        if (step is not null) facets["parent"] = OpenLineageFacets.Parent(RunId(run, null), setting.JobNamespace, pipeline);
        if (line["failure"] is JsonObject failure && type != "START") facets["errorMessage"] = OpenLineageFacets.ErrorMessage(Text(failure, "message"));
        var own = facets["pipelines"] = OpenLineageFacets.Own();
        own["run"] = run;
        foreach (var name in step is null ? (string[])["status"] : ["uses", "reason", "key", "attempts"])
        {
            if (line[name] is { } value) own[name] = value.DeepClone();
        }

        var job = new JsonObject { ["jobType"] = OpenLineageFacets.JobType(step is null ? "PIPELINE" : "STEP") };
        if (setting.Code is { } code) job["sourceCodeLocation"] = OpenLineageFacets.SourceCodeLocation(code, setting.Commit);
        return new()
        {
            ["eventType"] = type,
            ["eventTime"] = time,
            ["run"] = new JsonObject { ["runId"] = RunId(run, step).ToString(), ["facets"] = facets },
            ["job"] = new JsonObject { ["namespace"] = setting.JobNamespace, ["name"] = step is null ? pipeline : $"{pipeline}.{step}", ["facets"] = job },
            ["inputs"] = new JsonArray(),
            ["outputs"] = new JsonArray(),
            ["producer"] = OpenLineageFacets.Producer,
            ["schemaURL"] = $"{OpenLineageFacets.Spec}2-0-2/OpenLineage.json#/$defs/RunEvent",
        };
    }

    /// <summary>Logs of older versions have no times: when the run began, which its name says.</summary>
    private static string TimeOf(string run) =>
        run.Length >= 19 && DateTime.TryParseExact(run[..19], "yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture, DateTimeStyles.None, out var began)
            ? began.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) : "1970-01-01T00:00:00.000Z";

    private static string Text(JsonObject line, string name) => Recipe.TextOf(line[name]);
}
