using System.CommandLine;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Verbs;

internal static class CheckoutVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var wanted = new Argument<string[]>("STEP") { Description = "Steps whose artifacts to fetch; all of the lock file where none is named.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("checkout", "Fetch the artifacts that the lock file names, as they were when it was written.");
        pipeline.AddTo(command);
        command.Arguments.Add(wanted);
        command.SetAction(async (parsed, cancellation) =>
        {
            var opened = pipeline.Open(parsed);
            var names = (parsed.GetValue(wanted) ?? []).Select(id => opened.Step(id).Id).ToHashSet(StringComparer.Ordinal);
            var chosen = LockArguments.Parse(opened).Steps.Where(s => names.Count == 0 || names.Contains(s.Key)).ToList();
            var known = opened.State.Cache.FindAll([.. chosen.Select(s => s.Value.Key)]);
            var found = chosen.Select(s => (Id: s.Key, Locked: s.Value, Result: known.GetValueOrDefault(s.Value.Key))).ToList();
            var gone = found.Where(f => f.Result is null || f.Locked.Outputs.Any(o => f.Result.Outputs.GetValueOrDefault(o.Key)?.Digest != o.Value)).Select(f => f.Id).ToList();
            if (gone.Count > 0) throw new WrongInputException($"Neither here nor in {opened.State.Cache.Address ?? "a shared store (none is set)"}: the locked results of {string.Join(", ", gone)}. Nothing was fetched; 'pipeline run' makes them anew.");

            var history = opened.State.HistoryOf(opened.Definition);
            foreach (var (id, _, result) in found)
            {
                await opened.State.Cache.FetchAsync(result!.Outputs.Values.SelectMany(o => o.Files), cancellation);
                opened.State.Cache.Keep(result);
                history.Add(new HistoryEntry(id, result.Key, result.Run, result.Seconds));
                if (opened.Definition.Steps.FirstOrDefault(s => s.Id == id) is not { } step) continue;
                foreach (var output in step.Outputs.Where(Deliverables.Includes))
                    Console.WriteLine($"{output.Kind.Name.ToLowerInvariant(),-7} {Path.GetRelativePath(Directory.GetCurrentDirectory(), Deliverables.Publish(opened.State, opened.Definition, step.Id, result.Outputs[output.Name]))}");
            }

            var files = found.SelectMany(f => f.Result!.Outputs.Values).SelectMany(o => o.Files).DistinctBy(f => f.Sha256).ToList();
            Console.WriteLine($"{found.Count} locked result{(found.Count == 1 ? " is" : "s are")} here: {files.Count} files, {Text.Bytes(files.Sum(f => f.Size))}");
            return ExitCode.Success;
        });
        return command;
    }
}
