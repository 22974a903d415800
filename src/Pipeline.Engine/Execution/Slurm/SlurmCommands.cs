using System.ComponentModel;
using System.Diagnostics;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution.Slurm;

/// <summary>Slurm refused, or could not be asked. The message stands alone.</summary>
internal sealed class SlurmException(string message) : Exception(message);

/// <summary>Slurm's programs, each started once a call.</summary>
internal static class SlurmCommands
{
    /// <summary>A controller that is being restarted answers within this, or the call counts as unanswered.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What is missing here, or null.</summary>
    public static string? Missing()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return ((string[])["sbatch", "squeue", "scancel"]).FirstOrDefault(name => !folders.Any(f => File.Exists(Path.Combine(f, name)))) is { } absent
            ? $"{absent} is not on PATH here: run this where the cluster's jobs are submitted, or with executor: local" : null;
    }

    /// <summary>The id of the new job.</summary>
    /// <exception cref="SlurmException">It was not taken.</exception>
    public static async Task<string> SubmitAsync(IReadOnlyList<string> options, string script)
    {
        var said = await RunAsync("sbatch", [.. options, script]);
        // With several clusters it is ID;CLUSTER.
        return said.Trim().Split(';')[0] is { Length: > 0 } id ? id : throw new SlurmException("sbatch said nothing, not even the number of the job");
    }

    public static Task CancelAsync(string id) => RunAsync("scancel", [id]);

    /// <summary>Asks a job of one process to stop by itself.</summary>
    public static Task AskToStopAsync(string id) => RunAsync("scancel", ["--signal=TERM", "--batch", id]);

    /// <summary>This user's jobs, those that ended lately too.</summary>
    /// <exception cref="SlurmException">Slurm does not answer.</exception>
    public static async Task<IReadOnlyList<JobState>> LookAsync()
    {
        var said = await RunAsync("squeue", ["--noheader", "--states=all", "--user", Environment.UserName, "--format", JobState.Format]);
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(JobState.Parse).OfType<JobState>()];
    }

    private static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // A job gets this environment; whose death a worker on this machine follows is nothing to it.
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("PIPELINE_ENGINE", StringComparison.Ordinal) || n.StartsWith(Worker.SecretVariable, StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        try
        {
            using var process = Process.Start(start)!;
            using var late = new CancellationTokenSource(Patience);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw new SlurmException($"{program} did not answer within {Durations.Say(Patience.TotalSeconds)}");
            }

            if (process.ExitCode == 0) return await output;
            throw new SlurmException($"{program} ended with {process.ExitCode}: {Definitions.Excerpt.Short((await error).Trim().ReplaceLineEndings("; "), 500)}");
        }
        catch (Win32Exception e)
        {
            throw new SlurmException($"{program} cannot be started: {e.Message}");
        }
    }
}
