namespace Pipeline.Engine.Definitions;

/// <summary>Sets a value at a path of names and places in lists.</summary>
internal static class NodePaths
{
    /// <param name="at">Where the one who sets it says so.</param>
    /// <exception cref="RefusedException">The path leads past a value or past the end of a list.</exception>
    public static Node Set(Node below, ReadOnlySpan<string> path, Node value, Place at)
    {
        if (path.IsEmpty) return value;
        switch (below)
        {
            case MapNode map:
                // The keys of a matrix are paths themselves.
                for (var length = path.Length; length > 1; length--)
                {
                    if (map.Find(string.Join('.', path[..length])) is { } dotted) return map.With(dotted with { Value = Set(dotted.Value, path[length..], value, at) });
                }

                var entry = map.Find(path[0]) ?? new Entry(new ScalarNode(at, path[0], plain: true), new MapNode(at, []));
                return map.With(new(entry.Key, Set(entry.Value, path[1..], value, at)));
            case ListNode list when int.TryParse(path[0], System.Globalization.NumberStyles.None, null, out var index) && index < list.Items.Count:
                var items = list.Items.ToArray();
                items[index] = Set(items[index], path[1..], value, at);
                return new ListNode(list.Place, items);
            case ListNode list:
                throw Bad(at, $"'{Excerpt.Short(path[0])}' is no place in a list of {list.Items.Count}", "count from 0, or set the whole list: [a, b]");
            case ScalarNode { IsNull: true }:
                return Set(new MapNode(at, []), path, value, at);
            default:
                throw Bad(at, $"nothing lies under {below.Words}: '{Excerpt.Short(path[0])}' cannot be set there", null);
        }
    }

    private static RefusedException Bad(Place at, string message, string? remedy) => new(ProblemCodes.BadOverride, at, message, remedy);
}
