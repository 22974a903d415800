using System.CommandLine;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli.Verbs;

/// <summary>Answers a step that asks a person before it runs: from any terminal that reaches the state folder.</summary>
internal static class ApproveVerb
{
    private const int LongestComment = 500;

    public static Command Create()
    {
        var run = new Argument<string?>("RUN") { Description = "The run that asked. Without it: lists what waits for an answer.", Arity = ArgumentArity.ZeroOrOne };
        var step = new Argument<string?>("STEP") { Description = "The step that asks.", Arity = ArgumentArity.ZeroOrOne };
        var reject = new Option<bool>("--reject") { Description = "Say no: the step fails, as a gate that does not hold." };
        var comment = new Option<string>("--comment") { Description = "Why; it is kept with the answer.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var state = PipelineArguments.StateOption();
        comment.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is { } text && (text.Length > LongestComment || text.Any(char.IsControl))) given.AddError($"--comment takes one line of at most {LongestComment} characters.");
        });
        var command = new Command("approve", "Approve a step that asks a person before it runs, or reject it; without arguments, list what waits.") { Arguments = { run, step }, Options = { reject, comment, state } };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(state) is { } given ? new StateFolder(given) : StateFolder.For(Path.Combine(Directory.GetCurrentDirectory(), "any.yaml"));
            var approvals = new Approvals(folder);
            return parsed.GetValue(run) is not { } wanted ? List(approvals, folder)
                : Answer(approvals, Find(approvals, folder, wanted, parsed.GetValue(step)), !parsed.GetValue(reject), parsed.GetValue(comment)!);
        });
        return command;
    }

    private static int List(Approvals approvals, StateFolder folder)
    {
        var open = approvals.Open();
        foreach (var asked in open) Console.WriteLine($"{asked.Run}  {asked.Pipeline}  {asked.Step}: {(asked.Message.Length > 0 ? asked.Message : "may it run?")}   {GivenCommand.Approve(asked.Run, asked.Step, folder)}");
        if (open.Count == 0) Console.WriteLine("nothing waits for approval");
        return ExitCode.Success;
    }

    private static ApprovalRequest Find(Approvals approvals, StateFolder folder, string run, string? step)
    {
        var asked = approvals.Asked().Where(r => r.Run == run).ToList();
        if (asked.Count == 0) throw new WrongInputException($"No step of a run '{run}' has asked for approval in {folder.Root}; pipeline approve lists those that wait.");
        var steps = string.Join(", ", asked.Select(r => r.Step));
        if (step is null) throw new WrongInputException($"Name the step: of run {run} {(asked.Count == 1 ? "one asks" : "these ask")}: {steps}.");
        return asked.Find(r => r.Step == step) ?? throw new WrongInputException($"'{step}' has not asked for approval in run {run}; asked have: {steps}.");
    }

    private static int Answer(Approvals approvals, ApprovalRequest asked, bool approved, string comment)
    {
        if (approvals.Find(asked.Key) is { } before) Console.WriteLine($"was {before.Words}; this answer takes its place");
        var answer = new Approval(asked.Key, asked.Step, asked.Pipeline, approved, $"{Environment.UserName}@{Environment.MachineName}", TimeProvider.System.GetUtcNow(), comment);
        approvals.Answer(answer);
        Console.WriteLine($"{asked.Step} of {asked.Pipeline}: {answer.Words}");
        Console.WriteLine($"A run that waits for it goes on by itself; where none does: pipeline run {GivenCommand.Quoted(Path.GetRelativePath(Directory.GetCurrentDirectory(), asked.File))}");
        return ExitCode.Success;
    }
}
