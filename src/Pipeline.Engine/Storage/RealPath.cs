namespace Pipeline.Engine.Storage;

/// <summary>Where a path leads, with no link left in it.</summary>
internal static class RealPath
{
    /// <summary>As many as Linux follows.</summary>
    private const int MostLinks = 40;

    /// <summary>Null where it leads nowhere, or in a circle.</summary>
    /// <param name="path">Absolute.</param>
    public static string? Of(string path)
    {
        var root = Path.GetPathRoot(path)!;
        var rest = new Stack<string>();
        Push(path[root.Length..]);
        var (real, links) = (root, 0);
        while (rest.TryPop(out var part))
        {
            if (part is "" or ".") continue;
            if (part is "..")
            {
                real = Path.GetDirectoryName(real) ?? root;
                continue;
            }

            var next = Path.Join(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks) return null;
            Push(target);
            if (Path.IsPathRooted(target)) real = root;
        }

        return Path.Exists(real) ? real : null;

        void Push(string parts)
        {
            foreach (var part in parts.Split('/').Reverse()) rest.Push(part);
        }
    }
}
