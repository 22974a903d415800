using System.Globalization;

namespace Pipeline.Engine.Execution.Slurm;

/// <summary>In a job: ends it soon after another has taken its place. A node that was given up may go on, and must not write where its successor does.</summary>
public static class AttemptFence
{
    /// <summary>The number of the job's attempt and the file that says which one counts: <c>3:/path/attempt</c>.</summary>
    public const string Variable = "PIPELINE_ATTEMPT";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Does nothing in a process that is no job.</summary>
    public static void Follow()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } fence || fence.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon)) return;
        var (attempt, file) = (fence[..colon], fence[(colon + 1)..]);
        new Thread(() =>
        {
            while (Counts(attempt, file)) Thread.Sleep(Interval);
            Console.Error.WriteLine($"attempt {attempt} ends: another one has taken its place, or what it was for is done");
            Environment.Exit(1);
        })
        { IsBackground = true, Name = "attempt" }.Start();
    }

    private static bool Counts(string attempt, string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault() == attempt;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            // A file server that does not answer says nothing about who counts.
            return true;
        }
    }

    internal static string Of(JobFolder folder, JobRecord job) => string.Create(CultureInfo.InvariantCulture, $"{job.Attempt}:{folder.Fence}");
}
