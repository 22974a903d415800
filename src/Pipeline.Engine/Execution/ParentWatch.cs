using System.Diagnostics;

namespace Pipeline.Engine.Execution;

/// <summary>Ends this process when the engine that started it dies, however that happened, so that no orphan goes on writing.</summary>
public static class ParentWatch
{
    /// <summary>Names a process so that a later one with the same id is not mistaken for it.</summary>
    public static string Describe(Process process) => $"{process.Id}:{StartOf(process.Id)}";

    /// <summary>Watches on a thread of its own; <paramref name="died"/> is called once.</summary>
    public static void Start(string description, Action died)
    {
        var parts = description.Split(':');
        var (id, started) = (int.Parse(parts[0]), parts[1]);
        new Thread(() =>
        {
            while (StartOf(id) == started) Thread.Sleep(250);
            died();
        })
        { IsBackground = true, Name = "parent watch" }.Start();
    }

    /// <summary>When a process started, as the kernel tells it; empty where there is no such process.</summary>
    private static string StartOf(int id)
    {
        try
        {
            // Field 22 of stat; the name before it, in brackets, may hold anything.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? "" : fields[19];
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }
}
