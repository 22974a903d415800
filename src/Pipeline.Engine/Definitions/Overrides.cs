namespace Pipeline.Engine.Definitions;

/// <summary>Lays a profile and the <c>--set</c> values over a file before anything in it is checked, so that they are checked like the file.</summary>
internal sealed class Overrides(ReadOptions options, ProblemList problems)
{
    private static readonly string[] ProfileKeys = ["params", "defaults", "gates", "steps"];

    public MapNode Apply(MapNode root)
    {
        if (Profile(root) is { } profile) root = Merge(root, profile, isFile: true);
        var before = root;
        foreach (var (path, value) in options.Sets)
        {
            if (!IsOfVariant(before, path)) root = Set(root, path, value);
        }

        return root;
    }

    /// <summary>The values for steps that a matrix or rounds have made, which are there only now.</summary>
    /// <param name="root">The file as it was before they were made.</param>
    public MapNode ApplyToVariants(MapNode root, MapNode steps)
    {
        var made = new MapNode(root.Place, [new(new ScalarNode(root.Place, "steps", plain: true), steps)]);
        foreach (var (path, value) in options.Sets)
        {
            if (IsOfVariant(root, path)) made = Set(made, path, value);
        }

        return (MapNode)made["steps"]!;
    }

    private static bool IsOfVariant(MapNode root, string path) =>
        path.Split('.') is ["steps", var name, ..] && name.Contains(VariantNames.Separator, StringComparison.Ordinal) && (root["steps"] as MapNode)?[name] is null;

    private MapNode? Profile(MapNode root)
    {
        var profiles = root["profiles"] switch
        {
            MapNode map => map.Entries,
            null or ScalarNode { IsNull: true } => [],
            var other => Wrong(other, "'profiles' is a mapping of names to what each changes"),
        };
        foreach (var (name, value) in profiles) Check(name, value);
        if (options.Profile is not { } chosen) return null;
        if (profiles.FirstOrDefault(p => p.Key.Text == chosen) is { Key: not null } found) return found.Value as MapNode;
        var names = profiles.Select(p => p.Key.Text).ToList();
        problems.Add(ProblemCodes.UnknownProfile, Words($"--profile {chosen}"), $"the pipeline has no profile '{Excerpt.Short(chosen)}'", Nearest.Remedy(chosen, names, "it has") ?? "it has none");
        return null;
    }

    private void Check(ScalarNode name, Node value)
    {
        if (!Names.IsValid(name.Text)) problems.Add(ProblemCodes.BadName, name.Place, $"the profile '{Excerpt.Short(name.Text)}' has a bad name", Names.Rule);
        if (value is not MapNode map) Wrong(value, $"the profile '{Excerpt.Short(name.Text)}' is a mapping of what it changes");
        else
        {
            foreach (var (key, _) in map.Entries.Where(e => !ProfileKeys.Contains(e.Key.Text)))
                problems.Add(ProblemCodes.UnknownKey, key.Place, $"unknown key '{Excerpt.Short(key.Text)}' of a profile", Nearest.Remedy(key.Text, ProfileKeys, "a profile may change"));
        }
    }

    private List<Entry> Wrong(Node node, string message)
    {
        problems.Add(ProblemCodes.WrongShape, node.Place, $"{message}, not {node.Words}");
        return [];
    }

    /// <summary>Mappings merge; texts and lists replace.</summary>
    public static MapNode Merge(MapNode below, MapNode above, bool isFile = false, bool isParams = false)
    {
        var merged = below.Entries.ToList();
        var places = merged.Select((e, i) => (e.Key.Text, i)).ToDictionary(StringComparer.Ordinal);
        foreach (var entry in above.Entries)
        {
            if (!places.TryGetValue(entry.Key.Text, out var place)) merged.Add(entry);
            else if (merged[place].Value is MapNode old && entry.Value is MapNode overlay) merged[place] = new(merged[place].Key, Merge(old, overlay, isParams: isFile && entry.Key.Text == "params"));
            else if (isParams && merged[place].Value is MapNode declared) merged[place] = new(merged[place].Key, WithDefault(declared, entry.Value));
            else merged[place] = new(merged[place].Key, entry.Value);
        }

        return new(below.Place, merged);
    }

    /// <summary>A value laid over a typed param: it stays what it is declared as.</summary>
    private static MapNode WithDefault(MapNode declared, Node value) => declared.With(new(new ScalarNode(value.Place, ParamType.Default, plain: true), value));

    private MapNode Set(MapNode root, string path, string value)
    {
        var at = Words($"--set {path}={value}", value);
        try
        {
            var segments = path.Split('.');
            if (segments.Any(s => s.Length == 0)) throw Bad(at, $"'{Excerpt.Short(path)}' is not a path", "write it like steps.pretrain.with.steps");
            if (segments is ["steps" or "params", var name, ..] && root[segments[0]] is var section && (section as MapNode)?[name] is null)
            {
                var names = (section as MapNode)?.Entries.Select(e => e.Key.Text).ToList() ?? [];
                throw Bad(at, $"the pipeline has no {segments[0][..^1]} '{Excerpt.Short(name)}'", Nearest.Remedy(name, names, "it has"));
            }

            if (segments is ["params", var typed] && (root["params"] as MapNode)?[typed] is MapNode) segments = ["params", typed, ParamType.Default];
            var node = NodeReader.Read(at.Source, problems) ?? new ScalarNode(at, "", plain: true);
            return (MapNode)NodePaths.Set(root, segments, node, at);
        }
        catch (RefusedException refused)
        {
            refused.AddTo(problems);
            return root;
        }
    }

    private static RefusedException Bad(Place at, string message, string? remedy) => new(ProblemCodes.BadOverride, at, message, remedy);

    private static Place Words(string words, string text = "") => new SourceText(Excerpt.Short(words, 120), text, isFile: false).At(0, 0, 0);
}
