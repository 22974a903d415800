namespace Pipeline.Engine.Definitions;

/// <summary>Brings the params and steps of fragments into the file that includes them.</summary>
internal sealed class Includes(ProblemList problems)
{
    private const int MostFiles = 100;

    private static readonly string[] Keys = ["include", "params", "steps"];

    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly List<string> chain = [];
    private readonly Dictionary<string, ScalarNode> steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScalarNode> parameters = new(StringComparer.Ordinal);
    private readonly List<Entry> includedSteps = [];
    private readonly List<Entry> includedParams = [];
    private long nodes;

    /// <summary>The file with all that it includes: fragments come first, and what the file itself says of a param is laid over them.</summary>
    public MapNode Apply(MapNode root, SourceText source)
    {
        if (root.Find("include") is not { } include) return root;
        chain.Add(Path.GetFullPath(source.Name));
        foreach (var (key, _) in (root["steps"] as MapNode)?.Entries ?? []) steps.TryAdd(key.Text, key);
        Follow(include.Value, source);
        root = Merged(root, "params", includedParams);
        root = Merged(root, "steps", includedSteps);
        return new(root.Place, [.. root.Entries.Where(e => e.Key.Text != "include")]);
    }

    private static MapNode Merged(MapNode root, string section, List<Entry> included)
    {
        if (included.Count == 0) return root;
        var key = root.Find(section)?.Key ?? included[0].Key;
        // A section of the wrong shape is for its reader to refuse.
        if (root[section] is { } own and not MapNode and not ScalarNode { IsNull: true }) return root;
        var fragments = new MapNode(key.Place, included);
        return root.With(new(new ScalarNode(key.Place, section, plain: true), root[section] is MapNode map ? Overrides.Merge(fragments, map, isParams: section == "params") : fragments));
    }

    private void Follow(Node given, SourceText from)
    {
        foreach (var item in given is ListNode list ? list.Items : given is ScalarNode { IsNull: true } ? [] : [given])
        {
            if (item is not ScalarNode { IsNull: false } name) Refuse(item.Place, $"'include' is a list of files, not {item.Words}", "write include: [fragments/data.yaml]");
            else if (name.Text.Contains(Expressions.Opening, StringComparison.Ordinal)) Expressions.Refuse(name, "a file to include", problems);
            else if (Path.IsPathRooted(name.Text) || !(name.Text.EndsWith(".yaml", StringComparison.Ordinal) || name.Text.EndsWith(".yml", StringComparison.Ordinal)))
                Refuse(name.Place, $"'{Excerpt.Short(name.Text)}' cannot be included", "write the path of a .yaml file, relative to this one");
            else Read(name, from);
        }
    }

    private void Read(ScalarNode name, SourceText from)
    {
        var file = Path.Combine(Path.GetDirectoryName(from.Name) ?? "", name.Text);
        var full = Path.GetFullPath(file);
        if (chain.Contains(full))
        {
            Refuse(name.Place, $"files include each other in a circle: {string.Join(" -> ", chain.SkipWhile(f => f != full).Append(full).Select(Path.GetFileName))}", "cut one of these links");
            return;
        }

        // Two fragments may need the same third one: it is there once.
        if (!seen.Add(full)) return;
        if (seen.Count > MostFiles) throw new RefusedException(ProblemCodes.TooDeepOrTooMany, name.Place, $"more than {MostFiles} files are included", null);
        if (Fragment(name, file) is not { } fragment) return;
        nodes += fragment.Root.Size;
        if (nodes > NodeReader.MaximumNodes) throw new RefusedException(ProblemCodes.TooDeepOrTooMany, name.Place, $"the included files hold more than {NodeReader.MaximumNodes:N0} values", null);
        chain.Add(full);
        if (fragment.Root["include"] is { } include) Follow(include, fragment.Source);
        chain.RemoveAt(chain.Count - 1);
        Take(fragment.Root["params"], parameters, includedParams, "param");
        Take(fragment.Root["steps"], steps, includedSteps, "step");
    }

    private (MapNode Root, SourceText Source)? Fragment(ScalarNode name, string file)
    {
        SourceText source;
        try
        {
            source = SourceText.Load(file);
        }
        catch (RefusedException refused)
        {
            Refuse(name.Place, $"'{Excerpt.Short(name.Text)}' cannot be included: {refused.Message}", "paths start from the folder of the file that includes");
            return null;
        }

        try
        {
            switch (NodeReader.Read(source, problems))
            {
                case MapNode root:
                    foreach (var (key, _) in root.Entries.Where(e => !Keys.Contains(e.Key.Text)))
                        problems.Add(ProblemCodes.UnknownKey, key.Place, $"unknown key '{Excerpt.Short(key.Text)}' of a fragment", Nearest.Remedy(key.Text, Keys, "a fragment has"));
                    return (root, source);
                case var other:
                    problems.Add(ProblemCodes.WrongShape, other?.Place ?? source.At(1, 1, 0), $"a fragment is a mapping of params and steps, not {other?.Words ?? "nothing"}");
                    return null;
            }
        }
        catch (RefusedException refused)
        {
            refused.AddTo(problems);
            return null;
        }
    }

    private void Take(Node? section, Dictionary<string, ScalarNode> names, List<Entry> included, string what)
    {
        if (section is not MapNode map)
        {
            if (section is not null and not ScalarNode { IsNull: true }) problems.Add(ProblemCodes.WrongShape, section.Place, $"'{what}s' is a mapping, not {section.Words}");
            return;
        }

        foreach (var entry in map.Entries)
        {
            if (names.TryAdd(entry.Key.Text, entry.Key)) included.Add(entry);
            else Refuse(entry.Key.Place, $"the {what} '{Excerpt.Short(entry.Key.Text)}' is in {names[entry.Key.Text].Place.Source.Name}:{names[entry.Key.Text].Place.Line} already", "give one of them another name");
        }
    }

    private void Refuse(Place at, string message, string? remedy) => problems.Add(ProblemCodes.BadInclude, at, message, remedy);
}
