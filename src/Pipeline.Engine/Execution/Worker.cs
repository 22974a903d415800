using System.Text.Json;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Plugins;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>The other side of <see cref="WorkerExecutor"/>: does the task of a file and tells of it on standard output.</summary>
public static class Worker
{
    /// <summary>Before a secret's name: the variable by which its value is handed to a worker.</summary>
    public const string SecretVariable = "PIPELINE_SECRET_";

    /// <summary>Returns the exit code: 0, or 1 where the task failed (the outcome file says how).</summary>
    /// <param name="rank">0 for the process that speaks and writes the outcome; others are silent.</param>
    /// <param name="underEngine">An engine on this machine started it and closes its input to stop it.</param>
    public static async Task<int> RunAsync(string taskFile, StepCatalog catalog, int rank, bool underEngine, TextReader input, TextWriter output, CancellationToken stop)
    {
        var task = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(taskFile, CancellationToken.None), TaskJson.Default.StepTask) ?? throw new InvalidDataException($"{taskFile} holds no task");
        task = task with { Secrets = SecretsHandedOn() };
        // Ranks that stopped at different steps would wait for one another: their launcher ends them.
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(task.Ranks == 1 ? stop : CancellationToken.None);
        // A launcher gives ranks no input to close. A worker started by hand or by a cluster may have no input at all.
        if (underEngine && task.Ranks == 1) CancelWhenClosed(input, cancel);

        // An orphan of a killed engine may still be ending: two must never write in one workspace.
        using var alone = rank == 0 ? await Caching.FileLock.TakeAsync(Path.ChangeExtension(task.Workspace, ".worker"), () => { }, cancel.Token) : null;
        var listener = rank == 0 ? new LineListener(output) : (IStepListener)new Silent();
        var outcome = Refuse(task, ref catalog) ?? await StepRunner.RunAsync(task, catalog, new LocalStore(task.Store), listener, cancel.Token, rank);
        // Of ranks that share pieces each may be the one that fails, and the first waits for its pieces.
        var speaks = rank == 0 || (outcome.Failure is not null && catalog.Find(task.Uses) is { SharesPieces: true } && !File.Exists(task.OutcomeFile));
        if (speaks) AtomicFile.Write(task.OutcomeFile, JsonSerializer.SerializeToUtf8Bytes(outcome, TaskJson.Default.TaskOutcome));
        return outcome.Failure is null ? 0 : 1;
    }

    /// <summary>Loads the plugins of the task. The outcome where one of them is not what the run began with, else null.</summary>
    private static TaskOutcome? Refuse(StepTask task, ref StepCatalog catalog)
    {
        foreach (var plugin in task.Plugins)
        {
            try
            {
                catalog = catalog.With(PluginLoader.Load(plugin.File, plugin.Code));
            }
            catch (PluginException e)
            {
                return TaskOutcome.Failed(FailureCause.Step, $"{plugin.Name}: {e.Message}; {e.Remedy}");
            }
        }

        return null;
    }

    /// <summary>The secrets in this process's environment, from which they are removed: what the step starts has no business with them.</summary>
    private static Dictionary<string, string> SecretsHandedOn()
    {
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is not string name || !name.StartsWith(SecretVariable, StringComparison.Ordinal)) continue;
            secrets[name[SecretVariable.Length..]] = (string?)variable.Value ?? "";
            Environment.SetEnvironmentVariable(name, null);
        }

        return secrets;
    }

    private static void CancelWhenClosed(TextReader input, CancellationTokenSource cancel) =>
        new Thread(() =>
        {
            while (input.ReadLine() is not null)
            {
                // Nothing is said to a worker; the end of its input is the word to stop.
            }

            cancel.Cancel();
        })
        { IsBackground = true, Name = "cancellation" }.Start();

    private sealed class LineListener(TextWriter output) : IStepListener
    {
        public void Logged(string line) => Say(new(line, null));

        public void Progressed(StepProgress progress) => Say(new(null, progress));

        private void Say(WorkerLine line)
        {
            lock (output)
            {
                output.WriteLine(JsonSerializer.Serialize(line, TaskJson.Default.WorkerLine));
                output.Flush();
            }
        }
    }

    private sealed class Silent : IStepListener
    {
        public void Logged(string line)
        {
        }

        public void Progressed(StepProgress progress)
        {
        }
    }
}
