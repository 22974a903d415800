using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>An input as the recipe knows it.</summary>
public sealed record RecipeInput(string Port, string Member, string Digest);

/// <summary>Everything that can change a result's bytes, and the cache key that follows from it. Never a path, a clock, a host or a worker count.</summary>
public sealed class Recipe
{
    private readonly StepType type;
    private readonly JsonObject with;
    private readonly IReadOnlyList<RecipeInput> inputs;
    private readonly string? sources;
    private readonly IReadOnlyList<Ancestor> ancestry;
    private readonly JsonObject? env;
    private readonly bool asks;
    private readonly string? names;

    /// <param name="sources">Digest of the manifest of source files.</param>
    /// <param name="names">Digest of the same by what they are called in what is made of them; null where those are their names.</param>
    public Recipe(StepType type, JsonObject with, IEnumerable<RecipeInput> inputs, string? sources, IReadOnlyList<Ancestor> ancestry, JsonObject? env = null, bool asks = false, string? names = null)
    {
        (this.type, this.with, this.inputs, this.sources, this.ancestry, this.env, this.asks, this.names) = (type, with, [.. inputs], sources, ancestry, env, asks, names);
        Key = Sha256.Of(CanonicalJson.Bytes(new RecipeText(type, with, this.inputs, sources, ancestry, env, asks, names).Write));
    }

    /// <summary>Made when somebody asks: a run that reuses everything needs only the key.</summary>
    public JsonObject Json => field ??= Build();

    /// <summary>SHA-256 of the canonical JSON.</summary>
    public string Key { get; }

    private JsonObject Build()
    {
        var json = OfStep(type, Without(type.Params, with, o => !RecipeText.Counts(o)), Group(type, inputs), sources, env);
        if (ancestry.Count > 0)
            json["ancestry"] = new JsonArray([.. ancestry.Select(a => new JsonObject { ["id"] = a.Id, ["uses"] = a.Uses, ["after"] = new JsonArray([.. a.DependsOn.Select(d => (JsonNode)d)]) })]);
        if (asks) json["approve"] = true;
        if (names is not null) json["names"] = names;
        return json;
    }

    /// <summary>What differs between two recipes, as <c>with.vocab_size: 512 -> 1024</c>; inputs and sources by name only, since their digests say nothing to a reader.</summary>
    public static IReadOnlyList<string> Differences(JsonObject before, JsonObject now)
    {
        var found = new List<string>();
        Compare("", before, now, found);
        // Other sources have other names.
        if (found.Contains("sources: changed")) found.RemoveAll(difference => difference.StartsWith("names: ", StringComparison.Ordinal));
        return found;
    }

    /// <summary>The inputs of a stored recipe, in their order. What is no recipe has none.</summary>
    public static IReadOnlyList<RecipeInput> InputsOf(JsonObject recipe) =>
        [.. from port in recipe["inputs"] as JsonObject ?? []
            from input in port.Value switch
            {
                JsonArray entries => entries.OfType<JsonObject>().Select(e => new RecipeInput(port.Key, TextOf(e["name"]), TextOf(e["digest"]))),
                JsonObject members => members.Select(m => new RecipeInput(port.Key, m.Key, TextOf(m.Value))),
                var digest => [new RecipeInput(port.Key, "", TextOf(digest))],
            }
            select input];

    /// <summary>The digest of the manifest of source files that a stored recipe names, or null.</summary>
    public static string? SourcesOf(JsonObject recipe) => TextOf(recipe["sources"]) is var digest && Sha256.IsDigest(digest) ? digest : null;

    /// <summary>SHA-256 of a recipe without its inputs.</summary>
    internal static string FormOf(JsonObject recipe)
    {
        var form = (JsonObject)recipe.DeepClone();
        form.Remove("inputs");
        return Sha256.Of(CanonicalJson.Bytes(form));
    }

    /// <summary>Whether a stored recipe is one of a step type as it is now.</summary>
    internal static bool IsOf(JsonObject recipe, StepType type) => TextOf(recipe["step"]) == type.Name && recipe["version"] is JsonValue version && version.TryGetValue<int>(out var number) && number == type.Version;

    /// <summary>Empty for what is no text: recipes also come from others.</summary>
    public static string TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static void Compare(string path, JsonNode? before, JsonNode? now, List<string> found)
    {
        if (before is JsonObject old && now is JsonObject fresh)
        {
            foreach (var name in old.Select(p => p.Key).Union(fresh.Select(p => p.Key)).Order(StringComparer.Ordinal))
            {
                var inner = path.Length == 0 ? name : $"{path}.{name}";
                var (had, has) = (old.ContainsKey(name), fresh.ContainsKey(name));
                if (had && has) Compare(inner, old[name], fresh[name], found);
                else if (path.Length > 0 || name is not "with") found.Add(Opaque(inner) ? $"{inner}: {(has ? "added" : "removed")}" : has ? $"{inner}: added {Show(fresh[name])}" : $"{inner}: removed {Show(old[name])}");
            }
        }
        else if (CanonicalJson.Text(before) is var left && CanonicalJson.Text(now) is var right && left != right)
        {
            found.Add(path switch
            {
                "step" => $"uses: {left.Trim('"')} -> {right.Trim('"')}",
                "version" => $"step version {left} -> {right}",
                _ when Opaque(path) => $"{path}: changed",
                _ => $"{path}: {Show(before)} -> {Show(now)}",
            });
        }
    }

    private static bool Opaque(string path) => path.StartsWith("inputs.", StringComparison.Ordinal) || path.StartsWith("plugin.", StringComparison.Ordinal) || path is "sources" or "names" or "ancestry" or "plugin";

    private static string Show(JsonNode? value)
    {
        var text = CanonicalJson.Text(value);
        return text.Length <= 60 ? text : text[..57] + "...";
    }

    /// <summary>What all pieces of a step have in common: its recipe without what it reads and without the params that are about the whole.</summary>
    internal static JsonObject OfPieces(StepType type, JsonObject with, JsonObject env) => OfStep(type, Without(type.Params, with, o => !RecipeText.Counts(o) || o.WholeOnly), [], null, env);

    private static JsonObject OfStep(StepType type, JsonObject with, JsonObject inputs, string? sources, JsonObject? env)
    {
        var json = new JsonObject { ["step"] = type.Name, ["version"] = type.Version, ["with"] = with, ["inputs"] = inputs };
        if (type.Plugin is { } plugin) json["plugin"] = new JsonObject(plugin.Code.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value)));
        if (sources is not null) json["sources"] = sources;
        if (type.Facets.Count > 0) json["environment"] = new JsonObject(type.Facets.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value)));
        if (env is { Count: > 0 }) json["env"] = env.DeepClone();
        return json;
    }

    private static JsonObject Without(Option options, JsonObject with, Func<Option, bool> left)
    {
        var kept = new JsonObject();
        foreach (var option in options.Members)
        {
            if (left(option) || !with.TryGetPropertyValue(option.Name, out var value)) continue;
            kept[option.Name] = option.Kind == OptionKind.Group && value is JsonObject group ? Without(option, group, left) : value?.DeepClone();
        }

        return kept;
    }

    private static JsonObject Group(StepType type, IEnumerable<RecipeInput> inputs)
    {
        var ports = new JsonObject();
        foreach (var input in inputs)
        {
            switch (type.Inputs.FirstOrDefault(p => p.Name == input.Port)?.Arity)
            {
                case PortArity.List:
                    if (ports[input.Port] is not JsonArray entries) ports[input.Port] = entries = [];
                    entries.Add((JsonNode)new JsonObject { ["name"] = input.Member, ["digest"] = input.Digest });
                    break;
                case PortArity.Group:
                    if (ports[input.Port] is not JsonObject members) ports[input.Port] = members = [];
                    members[input.Member] = input.Digest;
                    break;
                default:
                    ports[input.Port] = input.Digest;
                    break;
            }
        }

        return ports;
    }
}
