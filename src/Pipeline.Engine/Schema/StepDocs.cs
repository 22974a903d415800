using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Schema;

/// <summary>The documentation of step types as Markdown, made from the types themselves.</summary>
public static class StepDocs
{
    /// <summary>File name to text: a page for each step type, and <c>README.md</c> that lists them.</summary>
    public static IReadOnlyDictionary<string, string> Pages(StepCatalog catalog)
    {
        var pages = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["README.md"] = Index(catalog) };
        foreach (var type in catalog.All) pages[$"{type.Name}.md"] = Page(type);
        return pages;
    }

    public static string Page(StepType type)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# {type.Name}\n\n{type.Description}\n\n```yaml\n{StepExample.Of(type)}```\n");
        Table(page, "Inputs", ["input", "takes", "required", "what"], type.Inputs.Select(Row));
        Table(page, "Options", ["option", "value", "default", "what"], type.Params.Members.SelectMany(m => Rows(m, "")));
        Table(page, "Outputs", ["output", "holds", "what"], type.Outputs.Select(o => new[] { Code(o.Name), o.Kind.Name, o.Description })
            .Append([Code(Metrics.Port), nameof(Metrics), "Numbers that the step measured."]));
        page.Append(CultureInfo.InvariantCulture, $"\nIncremental: {type.Incremental}.\n\n{string.Join(' ', Facts(type))}\n");
        return page.ToString();
    }

    private static string Index(StepCatalog catalog)
    {
        var page = new StringBuilder("# Step types\n\nGenerated from the step types; `pipeline steps` prints the same.\n");
        foreach (var stage in catalog.All.GroupBy(t => t.Name.Contains('.', StringComparison.Ordinal) ? t.Name.Split('.')[0] : "general").OrderBy(g => g.Key, StringComparer.Ordinal))
            Table(page, stage.Key, ["step type", "what it does"], stage.Select(t => new[] { $"[{t.Name}]({t.Name}.md)", t.Description }));
        return page.ToString();
    }

    private static string[] Row(InputPort port) =>
        [port.Arity == PortArity.AnyName ? "any name" : Code(port.Name), port.Arity == PortArity.AnyName && port.Kind == typeof(ArtifactKind) ? "any artifact" : port.KindName, port.Required ? "yes" : "no", port.Description];

    private static IEnumerable<string[]> Rows(Option option, string path)
    {
        var name = path + option.Name;
        yield return [Code(name), Value(option), Default(option), OptionSchema.Description(option)];
        var below = option.Kind == OptionKind.Group ? option : option.Element is { Kind: OptionKind.Group } element ? element : null;
        foreach (var row in below?.Members.SelectMany(m => Rows(m, option.Element is null ? $"{name}." : $"{name}[].")) ?? []) yield return row;
    }

    private static string Value(Option option) => option.Kind switch
    {
        OptionKind.Group => "options below",
        OptionKind.Choice => string.Join(", ", option.Choices.Select(Code)),
        OptionKind.List => $"list of {Value(option.Element!)}",
        OptionKind.Map => $"mapping of names to {Value(option.Element!)}",
        _ => (option with { Default = null, Required = false }).Describe(),
    };

    private static string Default(Option option) => option switch
    {
        { Required: true } => "required",
        { Kind: OptionKind.Group, Nullable: true, Default: null } => "off",
        { Kind: OptionKind.Group } => "",
        { Default: JsonValue value } when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text => Code(text),
        { Default: { } value } => Code(value.ToJsonString(SchemaWriter.Plain)),
        _ => "none",
    };

    private static IEnumerable<string> Facts(StepType type)
    {
        yield return $"Version {type.Version}.";
        if (type.NeedsWorker) yield return "Runs in a process of its own.";
        if (type.CpusOption is { } option) yield return $"Takes as many CPUs as `{option}` says for each of its processes, where `resources.cpus` does not say.";
        else if (type.DefaultCpus != 1) yield return $"Takes {type.DefaultCpus} CPUs where `resources.cpus` does not say.";
        if (type.SharesPieces) yield return "Can run as several processes that divide its work, with the same bytes (`resources.ranks`), here or on the nodes of a cluster.";
        else if (type.SupportsRanks) yield return "Can run as several processes that work together (`resources.ranks`).";
    }

    private static void Table(StringBuilder page, string title, string[] head, IEnumerable<string[]> rows)
    {
        var lines = rows.ToList();
        if (lines.Count == 0) return;
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n");
        foreach (var row in lines.Prepend([.. head.Select(_ => "---")]).Prepend(head))
            page.Append("| ").AppendJoin(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "))).Append(" |\n");
    }

    private static string Code(string text) => $"`{text}`";
}
