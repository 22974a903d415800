using System.CommandLine;
using Pipeline.Cli.Promoting;
using Pipeline.Engine.Planning;
using Pipeline.Engine.Registry;

namespace Pipeline.Cli.Verbs;

/// <summary><c>registry promote</c>.</summary>
internal static class PromoteVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var artifact = new Argument<string>("STEP[.OUTPUT]") { Description = "What to promote: the current result of a step." };
        var reference = new Argument<string>("NAME[@ALIAS]") { Description = "The model's name, and the alias to point at it; without one it only becomes a version." };
        var require = new Option<string[]>("--require") { Description = "A condition that must hold: over the step's metrics, STEP.METRIC of others, and current.METRIC of where the alias points now.", HelpName = "CONDITION", DefaultValueFactory = _ => [] };
        var gate = new Option<string[]>("--gate") { Description = "A gate of the pipeline that must have passed; all that stand above or below the step otherwise.", HelpName = "STEP", DefaultValueFactory = _ => [] };
        var ungated = new Option<bool>("--ungated") { Description = "Promote though gates of the pipeline have not passed; the history says so." };
        var note = RegistryVerb.NoteOption();
        var json = PipelineArguments.JsonOption();
        var command = new Command("promote", "Give a step's current result a version, and point an alias at it, if its gates have passed. Ends with 3 when the result is stale or another moved the alias meanwhile, with 4 when a gate does not hold.") { Options = { require, gate, ungated, note, json } };
        pipeline.AddTo(command);
        command.Arguments.Add(artifact);
        command.Arguments.Add(reference);
        command.SetAction(async (parsed, cancellation) =>
        {
            var opened = pipeline.Open(parsed, writes: true);
            var (step, port) = opened.Output(parsed.GetValue(artifact)!);
            var wanted = RegistryArguments.Reference(parsed.GetValue(reference)!);
            if (wanted.Version is not null) throw new WrongInputException($"'{wanted}' is a version; versions are counted by the registry. Name an alias.");
            var gates = (parsed.GetValue(gate) ?? []).Select(id => opened.Step(id).Id).ToList();
            if (opened.State.Cache.Address is not null) opened.RequireStore(forWriting: true);

            var registry = RegistryArguments.Of(opened);
            var seen = wanted.Alias is { } alias ? await registry.CurrentAsync(wanted.Name, alias, cancellation) : null;
            var plan = PlanVerb.Make(opened, new HashSet<string>());
            var decision = plan.Decisions.Single(d => d.Step.Id == step.Id);
            if (decision is not Decision.Reuse current)
            {
                await Console.Error.WriteLineAsync($"'{step.Id}' has no current result: {decision.Reason}. Nothing was promoted; make it: {opened.Given.Line("run")}");
                return ExitCode.Stale;
            }

            var judged = Judgement.Of(plan, current, gates, parsed.GetValue(require) ?? [], seen);
            if (judged.Failed.Count > 0 && !parsed.GetValue(ungated))
            {
                await Console.Error.WriteLineAsync($"'{step.Id}' was not promoted to {wanted}:");
                foreach (var failed in judged.Failed) await Console.Error.WriteLineAsync($"  {failed}");
                return ExitCode.GateFailed;
            }

            var output = current.Result.Outputs[port.Name];
            await opened.State.Cache.FetchAsync(output.Files, cancellation);
            if (opened.State.Results.Find(current.Result.Key) is { } here) await opened.State.Cache.PublishAsync(here, cancellation);
            if (opened.State.Cache.Address is { } store && !opened.State.Cache.IsShared) throw new RegistryException($"{store} does not have the files of '{step.Id}', so nothing was promoted.");

            opened.State.Folder.Create();
            var version = await registry.AddVersionAsync(wanted.Name, new(0, output.Digest, output.Files, port.Kind.Name, opened.Definition.Name, step.Id, port.Name, step.Type.Name, current.Result.Key, current.Result.Finished), cancellation);
            if (wanted.Alias is not { } pointed)
            {
                Console.WriteLine(parsed.GetValue(json) ? $"{{\"name\":\"{wanted.Name}\",\"version\":{version.Number},\"digest\":\"{version.Digest}\"}}" : $"{step.Id}.{port.Name} is {wanted.Name}@{version.Number} in {registry.Address}");
                return ExitCode.Success;
            }

            var entry = new AliasEntry(0, "promote", version.Number, seen?.Version, Promoter.Name(), opened.State.Clock.GetUtcNow(), Promoter.Commit(opened.Definition.Folder), Promoter.LockDigest(opened.Definition.File), judged.Metrics, [.. judged.Held, .. judged.Failed.Select(f => "did not hold: " + f)]) { Note = parsed.GetValue(note) ?? "" };
            return await RegistryVerb.PointAsync(registry, wanted.Name, pointed, seen, entry, parsed.GetValue(json), cancellation);
        });
        return command;
    }
}
