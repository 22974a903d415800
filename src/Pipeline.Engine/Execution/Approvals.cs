using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>A step that asks a person before it runs. <paramref name="File"/> is the pipeline's.</summary>
public sealed record ApprovalRequest(string Run, string Step, string Pipeline, string File, string Key, string Message, DateTimeOffset Asked);

/// <summary>What a person said of a cache key: of everything that the step is made of.</summary>
public sealed record Approval(string Key, string Step, string Pipeline, bool Approved, string By, DateTimeOffset At, string Comment)
{
    /// <summary><c>approved by ann@host at 2026-01-31 12:00 UTC: looks good</c>.</summary>
    public string Words => $"{(Approved ? "approved" : "rejected")} by {By} at {At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)} UTC{(Comment.Length > 0 ? $": {Comment}" : "")}";
}

/// <summary>Questions and answers as files of the state folder, so that any process can answer and none that ends takes anything along.</summary>
public sealed class Approvals(StateFolder state)
{
    private const string Question = ".approval.json";

    /// <summary>The answer for a key; null where there is none, or none that can be read.</summary>
    public Approval? Find(string key)
    {
        var path = PathOf(key);
        return File.Exists(path) && Parse(path, ApprovalJson.Default.Approval) is { } answer && answer.Key == key ? answer : null;
    }

    public void Ask(ApprovalRequest request)
    {
        var folder = Path.Combine(state.Runs, request.Run);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, request.Step + Question), JsonSerializer.SerializeToUtf8Bytes(request, ApprovalJson.Default.ApprovalRequest));
    }

    /// <summary>The later answer replaces the earlier one.</summary>
    public void Answer(Approval answer)
    {
        Directory.CreateDirectory(state.Approvals);
        AtomicFile.Write(PathOf(answer.Key), JsonSerializer.SerializeToUtf8Bytes(answer, ApprovalJson.Default.Approval));
    }

    /// <summary>Every question that was asked, those of the newest run first.</summary>
    public IEnumerable<ApprovalRequest> Asked()
    {
        if (!Directory.Exists(state.Runs)) yield break;
        foreach (var folder in Directory.EnumerateDirectories(state.Runs).OrderDescending(StringComparer.Ordinal))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*" + Question).Order(StringComparer.Ordinal))
            {
                if (Parse(file, ApprovalJson.Default.ApprovalRequest) is { Step: not null, File: not null } request && request.Run == Path.GetFileName(folder) && Sha256.IsDigest(request.Key ?? "")) yield return request;
            }
        }
    }

    /// <summary>What nobody has answered: of each step, what it asked last.</summary>
    public IReadOnlyList<ApprovalRequest> Open() => [.. Asked().DistinctBy(r => (r.File, r.Step)).Where(r => Find(r.Key) is null)];

    private string PathOf(string key) => Path.Combine(state.Approvals, key + ".json");

    private static T? Parse<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Approval))]
[JsonSerializable(typeof(ApprovalRequest))]
internal sealed partial class ApprovalJson : JsonSerializerContext;

/// <summary>Holds the steps of one run back until a person has answered.</summary>
internal sealed class ApprovalDesk(Approvals approvals, PipelineDefinition definition, RunOptions options, string run, TimeProvider clock, Action<RunEvent> tell)
{
    /// <summary>How soon an answer is seen.</summary>
    private static readonly TimeSpan UntilLookedAgain = TimeSpan.FromMilliseconds(300);

    /// <summary>The answer that there is; null where the step has to wait for one, which is then asked for.</summary>
    public Approval? Ask(StepDefinition step, string key)
    {
        if (approvals.Find(key) is { } answer) return Told(step, answer);
        var request = new ApprovalRequest(run, step.Id, definition.Name, definition.File, key, step.Approve!, clock.GetUtcNow());
        approvals.Ask(request);
        tell(new RunEvent.StepAsks(step, request, options.WaitForApproval));
        return null;
    }

    /// <summary>The answer once there is one; null where none is wanted any more.</summary>
    public async Task<Approval?> WaitAsync(StepDefinition step, string key, Func<bool> isOver)
    {
        while (!isOver())
        {
            await Task.Delay(UntilLookedAgain);
            if (approvals.Find(key) is { } answer) return Told(step, answer);
        }

        return null;
    }

    private Approval Told(StepDefinition step, Approval answer)
    {
        if (answer.Approved) tell(new RunEvent.StepApproved(step, answer));
        return answer;
    }

    public static StepOutcome Rejected(StepDefinition step, string key, Approval answer) =>
        new(step, StepState.Failed, "rejected", key, 0, null, new(FailureCause.Gate, answer.Words, ""), "");

    public static StepOutcome Waiting(StepDefinition step, string key) =>
        new(step, StepState.Skipped, $"waits for approval{(step.Approve!.Length > 0 ? $": {step.Approve}" : "")}", key, 0, null, null, "") { WaitsForApproval = true };
}
