namespace Pipeline.Engine.Definitions;

/// <summary>Finds steps that wait for themselves. Without recursion: a chain may be as long as the file.</summary>
internal static class Cycles
{
    private const int LongestShown = 12;

    public static void Report(IReadOnlyList<StepDraft> steps, ProblemList problems)
    {
        var done = new HashSet<StepDraft>();
        var onPath = new Dictionary<StepDraft, int>();
        var path = new List<(StepDraft Step, int Next)>();
        foreach (var start in steps)
        {
            if (!done.Contains(start)) Push(start);
            while (path.Count > 0)
            {
                var (step, next) = path[^1];
                if (next == step.After.Count)
                {
                    path.RemoveAt(path.Count - 1);
                    onPath.Remove(step);
                    done.Add(step);
                    continue;
                }

                path[^1] = (step, next + 1);
                var (before, at) = step.After[next];
                if (onPath.TryGetValue(before, out var from)) problems.Add(ProblemCodes.Cycle, at, Message(path, from), "a step cannot wait for itself: cut one of these links");
                else if (!done.Contains(before)) Push(before);
            }
        }

        void Push(StepDraft step)
        {
            onPath[step] = path.Count;
            path.Add((step, 0));
        }
    }

    /// <summary>In the order the data flows: each step before the one that takes from it.</summary>
    private static string Message(List<(StepDraft Step, int Next)> path, int from)
    {
        var first = path[from].Step.Id;
        List<string> ids = [first, .. path.Skip(from + 1).Select(p => p.Step.Id).Reverse(), first];
        if (ids.Count > LongestShown) ids = [.. ids.Take(LongestShown / 2), "…", .. ids.TakeLast(LongestShown / 2)];
        return $"steps wait for each other in a circle: {string.Join(" -> ", ids)}";
    }
}
