namespace Pipeline.Engine.Definitions;

/// <summary>Lays the file's <c>defaults</c> under what each step says itself: mappings entry by entry, the rest as a whole.</summary>
internal static class StepDefaults
{
    private static readonly string[] Keys = ["resources", "executor", "retry", "timeout"];

    /// <summary>The defaults of a file as far as they are right, or null where it has none.</summary>
    public static MapNode? Read(Node? given, ProblemList problems)
    {
        switch (given)
        {
            case null or ScalarNode { IsNull: true }:
                return null;
            case MapNode map:
                foreach (var (key, _) in map.Entries.Where(e => !Keys.Contains(e.Key.Text)))
                    problems.Add(ProblemCodes.UnknownKey, key.Place, $"unknown key '{Excerpt.Short(key.Text)}' of defaults", Nearest.Remedy(key.Text, Keys, "there are defaults for"));
                if ((map["resources"] as MapNode)?.Find("ranks") is { } ranks)
                    problems.Add(ProblemCodes.BadResources, ranks.Key.Place, "ranks cannot be a default", "not every step type can have them: write it at the steps that can");
                return map;
            case var other:
                problems.Add(ProblemCodes.WrongShape, other.Place, $"'defaults' is a mapping of {string.Join(", ", Keys)}, not {other.Words}");
                return null;
        }
    }

    public static MapNode Apply(MapNode steps, MapNode defaults) =>
        new(steps.Place, [.. steps.Entries.Select(e => e.Value is MapNode step ? e with { Value = Under(step, defaults) } : e)]);

    private static MapNode Under(MapNode step, MapNode defaults)
    {
        var entries = step.Entries.ToList();
        foreach (var entry in defaults.Entries.Where(e => Keys.Contains(e.Key.Text)))
        {
            var at = entries.FindIndex(e => e.Key.Text == entry.Key.Text);
            if (at < 0) entries.Add(entry);
            else if (entries[at].Value is MapNode own && entry.Value is MapNode under)
                entries[at] = entries[at] with { Value = new MapNode(own.Place, [.. own.Entries, .. under.Entries.Where(e => own.Find(e.Key.Text) is null)]) };
        }

        return new(step.Place, entries);
    }
}
