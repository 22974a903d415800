namespace Pipeline.Engine.Authoring;

/// <summary>The step types that a pipeline may use, by name.</summary>
public sealed class StepCatalog
{
    private readonly Dictionary<string, StepType> types = new(StringComparer.Ordinal);

    public StepCatalog(IEnumerable<StepType> types)
    {
        foreach (var type in types)
        {
            if (!this.types.TryAdd(type.Name, type))
                throw new ArgumentException($"Two step types are named '{type.Name}': {this.types[type.Name].GetType()} and {type.GetType()}.", nameof(types));
        }

        All = [.. this.types.Values.OrderBy(t => t.Name, StringComparer.Ordinal)];
    }

    /// <summary>Sorted by name.</summary>
    public IReadOnlyCollection<StepType> All { get; }

    /// <summary>A catalog of these types and more.</summary>
    public StepCatalog With(IEnumerable<StepType> more) => new(types.Values.Concat(more));

    public StepType? Find(string name) => types.GetValueOrDefault(name);
}
