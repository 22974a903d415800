using System.Globalization;
using System.Text.Json;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution.Slurm;

/// <summary>A job that was written down, and perhaps submitted.</summary>
/// <param name="Attempt">Counted from 1 for all jobs of a cache key.</param>
/// <param name="Id">Null where the engine ended between writing it down and hearing its number.</param>
internal sealed record JobRecord(int Attempt, string Name, string Run, string? Id);

/// <summary>What a step's jobs have in common: <c>KEY.job</c> beside the step's workspace. It outlives the engine that made it.</summary>
/// <remarks>The file <c>attempt</c> names the job that counts. It is written before that job is submitted, and a job that finds another number in it ends.</remarks>
internal sealed class JobFolder(string workspace)
{
    private readonly string root = workspace + ".job";

    public string Fence => Path.Combine(root, "attempt");

    private string Of(JobRecord job) => Path.Combine(root, job.Attempt.ToString(CultureInfo.InvariantCulture));

    public string Log(JobRecord job) => Path.Combine(Of(job), "log");

    public string Script(JobRecord job) => Path.Combine(Of(job), "job.sh");

    public string TaskFile(JobRecord job) => Path.Combine(Of(job), "task.json");

    /// <summary>The job that was last written down; null where there is none that can be made out.</summary>
    public JobRecord? Last() =>
        File.Exists(Fence) && File.ReadAllLines(Fence) is [var number, var name, var run, .. var id] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? new(attempt, name, run, id.FirstOrDefault()) : null;

    /// <summary>From now on this is the job that counts.</summary>
    public void Write(JobRecord job)
    {
        Directory.CreateDirectory(Of(job));
        AtomicFile.Write(Fence, System.Text.Encoding.UTF8.GetBytes(string.Concat(((string?[])[job.Attempt.ToString(CultureInfo.InvariantCulture), job.Name, job.Run, job.Id]).OfType<string>().Select(line => line + "\n"))));
    }

    /// <summary>The task with places that outlive this run.</summary>
    public StepTask Task(JobRecord job, StepTask task) => task with
    {
        Outputs = task.Outputs.ToDictionary(o => o.Key, o => Path.Combine(Of(job), "out." + o.Key), StringComparer.Ordinal),
        State = Path.Combine(Of(job), "state"),
        Scratch = Path.Combine(Of(job), "scratch"),
        OutcomeFile = Path.Combine(Of(job), "outcome.json"),
    };

    public void Prepare(JobRecord job, StepTask task, string script)
    {
        foreach (var folder in task.Outputs.Values) Directory.CreateDirectory(folder);
        AtomicFile.Write(TaskFile(job), JsonSerializer.SerializeToUtf8Bytes(task, TaskJson.Default.StepTask));
        AtomicFile.Write(Script(job), System.Text.Encoding.UTF8.GetBytes(script));
    }

    /// <summary>How the job ended, by its own word; null where it has not said.</summary>
    public TaskOutcome? Outcome(JobRecord job) => WorkerExecutor.ReadOutcome(Path.Combine(Of(job), "outcome.json"));

    /// <summary>Whether all that a job made is still there: an engine may have died while it was taking it.</summary>
    public bool IsWhole(JobRecord job, StepTask task) => Task(job, task).Outputs.Values.All(Directory.Exists);

    /// <summary>Moves what the job made to where the engine wants it, and forgets the jobs.</summary>
    public void Give(JobRecord job, StepTask task)
    {
        var made = Task(job, task);
        foreach (var (name, wanted) in task.Outputs)
        {
            if (Directory.Exists(wanted)) Directory.Delete(wanted, recursive: true);
            Directory.Move(made.Outputs[name], wanted);
        }

        if (Directory.Exists(made.State)) Directory.Move(made.State, task.State);
        Directory.Delete(root, recursive: true);
    }
}
