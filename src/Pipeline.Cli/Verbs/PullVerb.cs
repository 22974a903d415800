using System.CommandLine;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Verbs;

internal static class PullVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var wanted = new Argument<string[]>("STEP[.OUTPUT]") { Description = "What to fetch; everything where none is named.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("pull", "Fetch artifacts that are only in the shared store, to work offline. A run fetches by itself what it reads.");
        pipeline.AddTo(command);
        command.Arguments.Add(wanted);
        command.SetAction(async (parsed, cancellation) =>
        {
            var opened = pipeline.Open(parsed);
            opened.RequireStore(forWriting: false);
            var names = parsed.GetValue(wanted) ?? [];
            var chosen = names.Length == 0 ? null : names.SelectMany(opened.Named).ToHashSet();
            var (files, missing) = (new List<ArtifactFile>(), new List<string>());
            foreach (var decision in PlanVerb.Make(opened, new HashSet<string>()).Decisions)
            {
                var outputs = decision.Step.Outputs.Where(o => chosen is null || chosen.Contains((decision.Step.Id, o.Name))).ToList();
                if (outputs.Count == 0) continue;
                if (decision is not Decision.Reuse reuse)
                {
                    missing.Add(decision.Step.Id);
                    continue;
                }

                opened.State.Cache.Keep(reuse.Result);
                files.AddRange(outputs.SelectMany(o => reuse.Result.Outputs[o.Name].Files).Where(f => !opened.State.Store.Has(f)));
            }

            await opened.State.Cache.FetchAsync(files, cancellation);
            var distinct = files.DistinctBy(f => f.Sha256).ToList();
            Console.WriteLine($"{distinct.Count} file{(distinct.Count == 1 ? "" : "s")} fetched, {Text.Bytes(distinct.Sum(f => f.Size))}");
            if (missing.Count > 0) Console.WriteLine($"not made yet, here or there: {string.Join(", ", missing)}");
            return missing.Count > 0 && chosen is not null ? ExitCode.Stale : ExitCode.Success;
        });
        return command;
    }
}
