using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>Events and plans as JSON: what <c>--json</c> prints and what the run log keeps. Scripts rely on these names.</summary>
public static class RunEventJson
{
    public static JsonObject Of(RunEvent happened) => happened switch
    {
        RunEvent.RunStarted e => new() { ["event"] = "run.started", ["run"] = e.Run, ["pipeline"] = e.Definition.Name, ["file"] = e.Definition.File, ["steps"] = e.Plan.Decisions.Count, ["reuse"] = e.Plan.Count<Decision.Reuse>() },
        RunEvent.StepStarted e => new() { ["event"] = "step.started", ["id"] = e.Step.Id, ["uses"] = e.Step.Type.Name, ["reason"] = e.Reason, ["notice"] = e.Notice },
        RunEvent.StepWaits e => new() { ["event"] = "step.waits", ["id"] = e.Step.Id, ["for"] = e.For },
        RunEvent.StepAsks e => new() { ["event"] = "step.asks", ["id"] = e.Step.Id, ["run"] = e.Request.Run, ["key"] = e.Request.Key, ["message"] = e.Request.Message, ["waits"] = e.Waits },
        RunEvent.StepApproved e => new() { ["event"] = "step.approved", ["id"] = e.Step.Id, ["by"] = e.Answer.By, ["at"] = e.Answer.At, ["comment"] = e.Answer.Comment },
        RunEvent.StepProgressed e => new() { ["event"] = "step.progress", ["id"] = e.Step.Id, ["done"] = e.Progress.Done, ["total"] = e.Progress.Total, ["unit"] = e.Progress.Unit, ["note"] = e.Progress.Note },
        RunEvent.StepLogged e => new() { ["event"] = "step.log", ["id"] = e.Step.Id, ["line"] = e.Line },
        RunEvent.StepRetries e => new() { ["event"] = "step.retry", ["id"] = e.Step.Id, ["attempt"] = e.Attempt, ["attempts"] = e.Step.Retry.Attempts, ["cause"] = Causes.Word(e.Failure.Cause), ["message"] = e.Failure.Message, ["wait"] = e.Wait.TotalSeconds },
        RunEvent.RunStopping => new() { ["event"] = "run.stopping" },
        RunEvent.StepFinished e => With("step.finished", Of(e.Outcome)),
        RunEvent.RunFinished e => Of(e.Summary),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, "no such event"),
    };

    public static JsonObject Of(RunSummary summary)
    {
        var json = new JsonObject { ["event"] = "run.finished", ["run"] = summary.Run, ["status"] = Word(summary.Status), ["seconds"] = Math.Round(summary.Seconds, 3) };
        if (summary.Notice.Length > 0) json["notice"] = summary.Notice;
        json["steps"] = new JsonArray([.. summary.Outcomes.Select(Of)]);
        return json;
    }

    public static JsonObject Of(StepOutcome outcome)
    {
        var json = new JsonObject
        {
            ["id"] = outcome.Step.Id,
            ["uses"] = outcome.Step.Type.Name,
            ["decision"] = Word(outcome.State),
            ["reason"] = outcome.Reason,
            ["key"] = outcome.Key,
            ["seconds"] = Math.Round(outcome.Seconds, 3),
            ["outputs"] = Outputs(outcome.Result),
        };
        if (outcome.Result?.Summary is { Length: > 0 } summary) json["summary"] = summary;
        if (outcome is { State: StepState.Ran, Result.WentOnFrom: { } from }) json["went_on_from"] = Of(from);
        if (outcome.Anew is { } anew) json["anew"] = anew;
        if (outcome.Attempts > 1) json["attempts"] = outcome.Attempts;
        if (outcome.Notice.Length > 0) json["notice"] = outcome.Notice;
        if (outcome.Failure is { } failure) json["failure"] = new JsonObject { ["cause"] = Causes.Word(failure.Cause), ["message"] = failure.Message, ["log"] = failure.LogFile };
        return json;
    }

    /// <summary>The line of <c>plan --json</c> for a step.</summary>
    public static JsonObject Of(Decision decision, StepEstimate? estimate = null)
    {
        var json = Line(decision);
        if (decision is Decision.Run { Asks: true }) json["asks"] = decision.Step.Approve;
        if (decision is Decision.Run { From: { State: { } state } from }) json["goes_on_from"] = Of(new ShorterRun(from.Key, state.Horizon, from.Run));
        if (estimate is { Lines.Count: > 0 }) json["estimate"] = new JsonObject(estimate.Figures.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)f.Value)));
        return json;
    }

    private static JsonObject Of(ShorterRun run) => new() { ["key"] = run.Key, ["horizon"] = run.Horizon, ["run"] = run.Run };

    private static JsonObject Line(Decision decision) => new()
    {
        ["id"] = decision.Step.Id,
        ["uses"] = decision.Step.Type.Name,
        ["decision"] = decision.Word,
        ["reason"] = decision.Reason,
        ["key"] = decision.Key,
        ["seconds"] = decision is Decision.Run or Decision.Maybe ? decision.Time : 0,
        ["outputs"] = Outputs((decision as Decision.Reuse)?.Result),
    };

    public static string Line(RunEvent happened) => CanonicalOrder(Of(happened));

    /// <summary>One line, keys as written here: the event's name first.</summary>
    public static string CanonicalOrder(JsonObject json) => json.ToJsonString(Compact);

    private static readonly System.Text.Json.JsonSerializerOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonObject With(string name, JsonObject rest)
    {
        rest.Insert(0, "event", name);
        return rest;
    }

    private static JsonObject Outputs(StepResult? result) => new((result?.Outputs ?? new Dictionary<string, ResultOutput>()).Select(o => KeyValuePair.Create(o.Key, (JsonNode?)o.Value.Digest)));

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
