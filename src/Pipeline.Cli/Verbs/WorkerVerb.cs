using System.CommandLine;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Execution.Slurm;
using Pipeline.Steps;
using Pipeline.Steps.Running;

namespace Pipeline.Cli.Verbs;

internal static class WorkerVerb
{
    public static Command Create()
    {
        var task = new Argument<string>("TASK") { Description = "The task file that the engine wrote." };
        var command = new Command("worker", "Do one task in this process: what the engine and clusters start.") { Arguments = { task } };
        command.SetAction((parsed, cancellation) =>
        {
            var file = parsed.GetValue(task)!;
            if (!File.Exists(file)) throw new WrongInputException($"There is no task file '{file}'.");
            if (Ranks.UnderEngine) Ranks.FollowEngine();
            AttemptFence.Follow();
            return Worker.RunAsync(file, BuiltInSteps.Catalog(), Ranks.Current(), Ranks.UnderEngine, Console.In, Console.Out, cancellation);
        });
        return command;
    }

    /// <summary>The command that starts this program as a worker, also when it was itself started as <c>dotnet pipeline.dll</c>.</summary>
    public static IReadOnlyList<string> CommandOfThisProgram()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is not known.");
        var assembly = Path.Combine(AppContext.BaseDirectory, "pipeline.dll");
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, assembly, "worker"] : [program, "worker"];
    }
}
