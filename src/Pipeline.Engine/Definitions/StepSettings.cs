using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Reads what a step says about how it is run: its resources, timeout, retries and variables.</summary>
/// <param name="env">The variables of the file.</param>
internal sealed class StepSettings(StepCatalog catalog, Expressions expressions, JsonObject env, Variables variables, ProblemList problems)
{
    private const int LongestQuestion = 300;

    // Reading options off a record takes milliseconds, and most files set neither.
    private readonly Lazy<OptionBinder> resources = new(() => new("resources", ResourceOptions.Tree, expressions, problems));
    private readonly Lazy<OptionBinder> retry = new(() => new("retry", RetryOptions.Tree, expressions, problems));

    private readonly Lazy<OptionBinder> executor = new(() => new("executor", ExecutorOptions.Tree, expressions, problems));

    public void Read(StepDraft draft, StepType type, MapNode body)
    {
        var gpus = draft.With is { } with ? type.GpusOf(with) : 0;
        draft.Resources = body.Find("resources") is { } given && Resources(given, type, draft.With, gpus) is { } asked ? asked : new(type.CpusOf(draft.With, ranks: 1), 0, gpus, 1);
        if (body.Find("timeout") is { } timeout) draft.Timeout = Timeout(timeout);
        if (body.Find("retry") is { } again) draft.Retry = Retry(again);
        if (body.Find("approve") is { } asks) draft.Approve = Approve(asks);
        Environment(draft, type, body.Find("env"));
        if (body.Find("executor") is not { } where || (draft.Slurm = Executor(where)) is null) return;
        if (SecretReference.In(draft.With).Concat(SecretReference.In(draft.Env)).FirstOrDefault() is { } secret)
            problems.Add(ProblemCodes.BadExecutor, where.Key.Place, $"the step uses the secret '{secret}', and Slurm keeps what a job is given in files of its own", "run it with executor: local");
    }

    /// <summary>How to submit the step to Slurm; null for this machine, and where that cannot be made out.</summary>
    private SlurmOptions? Executor(Entry given)
    {
        switch (expressions.Resolve(given.Value))
        {
            case null or ScalarNode { IsNull: true } or ScalarNode { Text: ExecutorOptions.Local }:
                return null;
            case ScalarNode { Text: ExecutorOptions.OnSlurm }:
                return new();
            case ScalarNode other:
                problems.Add(ProblemCodes.BadExecutor, other.Place, $"there is no executor '{Excerpt.Short(other.Text)}'", Nearest.Remedy(other.Text, [ExecutorOptions.Local, ExecutorOptions.OnSlurm], "there are"));
                return null;
            case var node:
                if (executor.Value.Bind(node, given.Key.Place) is not { } bound) return null;
                var options = bound["slurm"] is JsonObject slurm ? SlurmOptions.From(slurm) : new();
                foreach (var (option, message, remedy) in options.Check())
                    problems.Add(ProblemCodes.BadExecutor, executor.Value.Locate(node, "slurm." + option)?.Place ?? given.Key.Place, message, remedy);
                return node is MapNode { Entries.Count: > 0 } ? options : null;
        }
    }

    private string? Approve(Entry given)
    {
        switch (expressions.Resolve(given.Value))
        {
            case null or ScalarNode { IsNull: true } or ScalarNode { Plain: true, Text: "false" }:
                return null;
            case ScalarNode { Plain: true, Text: "true" }:
                return "";
            case ScalarNode { Plain: true, Text: "yes" or "on" or "no" or "off" } word:
                problems.Add(ProblemCodes.BadApproval, word.Place, $"'approve' is true or what to ask, not '{word.Text}'", word.Text is "yes" or "on" ? "write true" : "write false");
                return null;
            case ScalarNode { Plain: true } number when Scalars.Number(number.Text) is not null:
                problems.Add(ProblemCodes.BadApproval, number.Place, $"'approve' is true or what to ask, not {number.Words}", "write approve: true, or approve: \"Ship it?\"");
                return null;
            case ScalarNode { Text.Length: > 0 and <= LongestQuestion } question when !question.Text.Any(char.IsControl):
                return question.Text;
            case ScalarNode question:
                problems.Add(ProblemCodes.BadApproval, question.Place, $"'approve' asks in one line of at most {LongestQuestion} characters", "write true, or one short sentence");
                return null;
            case var other:
                problems.Add(ProblemCodes.BadApproval, other.Place, $"'approve' is true or what to ask, not {other.Words}", "write approve: true, or approve: \"Ship it?\"");
                return null;
        }
    }

    /// <summary>The variables of the file under those of the step.</summary>
    private void Environment(StepDraft draft, StepType type, Entry? given)
    {
        if (!Variables.Takes(type))
        {
            if (given is { } useless) problems.Add(ProblemCodes.BadVariable, useless.Key.Place, $"{type.Name} reads no variables", "env is for commands and for steps with a process of their own");
            return;
        }

        var own = given is { } entry ? variables.OfStep(entry) : [];
        draft.Env = new(env.Where(v => !own.ContainsKey(v.Key)).Concat(own).OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => KeyValuePair.Create(v.Key, v.Value?.DeepClone())));
    }

    /// <summary>Says what is wrong with settings whatever step they are for: with the file's <c>defaults</c>, and where the step's type is not known.</summary>
    public void Check(MapNode body)
    {
        if (body.Find("resources") is { } given) Resources(given, null, null, 0);
        if (body.Find("executor") is { } where) Executor(where);
        if (body.Find("timeout") is { } timeout) Timeout(timeout);
        if (body.Find("retry") is { } again) Retry(again);
        if (body.Find("approve") is { } asks) Approve(asks);
    }

    /// <param name="gpus">That the step needs.</param>
    private Resources? Resources(Entry given, StepType? type, JsonObject? with, int gpus)
    {
        var bound = resources.Value.Bind(given.Value, given.Key.Place);
        Place At(string option) => resources.Value.Locate(given.Value, option)?.Place ?? given.Key.Place;
        long memory = 0;
        if ((bound is null ? (resources.Value.Locate(given.Value, "memory") as ScalarNode)?.Text : (string?)bound["memory"]) is { } size)
        {
            if (ResourceOptions.Bytes(size) is { } bytes) memory = bytes;
            else if (!problems.HasOneAt(At("memory"))) problems.Add(ProblemCodes.BadResources, At("memory"), $"'{Excerpt.Short(size)}' is no amount of memory", "write a number and a unit: 8GiB, 500MB");
        }

        if (type is null || bound is null) return null;
        var asked = ResourceOptions.From(bound, type, with, gpus, memory);
        if (asked.Ranks > 1 && !type.SupportsRanks)
            problems.Add(ProblemCodes.BadResources, At("ranks"), $"{type.Name} runs as one process, not as {asked.Ranks} ranks", Ranked() is { Count: > 0 } names ? $"ranks are for {Excerpt.List(names)}" : "remove it");
        else if (asked.Ranks > 1 && gpus > 0)
            problems.Add(ProblemCodes.BadResources, At("ranks"), $"{type.Name} with device: cuda runs as one process, not as {asked.Ranks} ranks", "remove it, or choose device: cpu");
        if (asked.Gpus < gpus)
            problems.Add(ProblemCodes.BadResources, At("gpus"), $"{type.Name} with device: cuda needs {gpus} gpu, not {asked.Gpus}", "remove it, or choose device: cpu");
        return asked;
    }

    private List<string> Ranked() => [.. catalog.All.Where(t => t.SupportsRanks).Select(t => t.Name)];

    private TimeSpan? Timeout(Entry given)
    {
        if (expressions.Resolve(given.Value) is not { } node || node is ScalarNode { IsNull: true }) return null;
        var limit = node is ScalarNode scalar ? TimeText.Parse(scalar.Text) : null;
        if (limit is null || limit == TimeSpan.Zero) problems.Add(ProblemCodes.BadTime, node.Place, $"'timeout' is a length of time, not {node.Words}", $"{TimeText.Rule}, at most 30d");
        return limit;
    }

    private RetryPolicy Retry(Entry given)
    {
        if (expressions.Resolve(given.Value) is ScalarNode { IsNull: true } || retry.Value.Bind(given.Value, given.Key.Place) is not { } bound) return RetryPolicy.Never;
        var delay = TimeText.Parse((string)bound["delay"]!);
        if (delay is null) problems.Add(ProblemCodes.BadTime, retry.Value.Locate(given.Value, "delay")?.Place ?? given.Key.Place, $"'{Excerpt.Short((string)bound["delay"]!)}' is no length of time", TimeText.Rule);
        var on = bound["on"]!.AsArray().Select(cause => Enum.GetValues<RetryCause>().Single(c => OptionReader.SnakeCase(c.ToString()) == (string)cause!)).Distinct().ToList();
        return new((int)(long)bound["attempts"]!, on, delay ?? TimeSpan.Zero);
    }
}
