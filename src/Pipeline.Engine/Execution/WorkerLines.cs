using System.Text.Json;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Execution;

/// <summary>What a worker prints, line by line.</summary>
internal static class WorkerLines
{
    /// <summary>Passes a line on: as what the worker says, or as it is where a native library printed it.</summary>
    public static void Tell(string line, IStepListener listener)
    {
        if (Parse(line) is not { } spoken) listener.Logged(line);
        else if (spoken.Progress is { } progress) listener.Progressed(progress);
        else listener.Logged(spoken.Log ?? "");
    }

    private static WorkerLine? Parse(string line)
    {
        if (!line.StartsWith('{')) return null;
        try
        {
            return JsonSerializer.Deserialize(line, TaskJson.Default.WorkerLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
