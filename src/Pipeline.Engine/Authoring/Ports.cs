using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Pipeline.Engine.Authoring;

public enum PortArity
{
    /// <summary>One artifact.</summary>
    One,
    /// <summary>A group whose members are outputs of one step, such as <see cref="Splits{TKind}"/>.</summary>
    Group,
    /// <summary>A list of artifacts.</summary>
    List,
    /// <summary>Any name the pipeline chooses, one artifact each.</summary>
    AnyName,
}

/// <summary>An input of a step type. <paramref name="Kind"/> is the kind of each artifact, also inside a group or list.</summary>
public sealed record InputPort(string Name, Type Kind, PortArity Arity, bool Required, string Description, IReadOnlyList<string> Members)
{
    public string KindName => Arity switch
    {
        PortArity.Group => $"Splits of {Kind.Name}",
        PortArity.One => Kind == typeof(ArtifactKind) ? "any artifact" : Kind.Name,
        _ => Kind == typeof(ArtifactKind) ? "a list of artifacts" : $"a list of {Kind.Name}",
    };
}

/// <summary>An output of a step type.</summary>
public sealed record OutputPort(string Name, Type Kind, string Description)
{
    /// <summary>People open what comes out here. Asked of every step of every run, so reflection is asked once.</summary>
    public bool IsDeliverable { get; } = Kind.IsDefined(typeof(DeliverableAttribute), inherit: false);

    /// <summary>What is meant where the step is named alone: its only output beside those that tell of it, or all that it could be.</summary>
    public static IReadOnlyList<OutputPort> Meant(IReadOnlyList<OutputPort> outputs) =>
        outputs.Where(o => !o.Kind.IsDefined(typeof(CompanionAttribute), inherit: false)).ToList() is [var only] ? [only] : outputs;
}

/// <summary>Reads ports off the <c>Inputs</c> and <c>Outputs</c> records of a step type.</summary>
public static class PortReader
{
    public static IReadOnlyList<InputPort> Inputs(Type record) => [.. Properties(record).Select(Input)];

    public static IReadOnlyList<OutputPort> Outputs(Type record) =>
    [
        .. from property in Properties(record)
           where property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(Output<>)
           select new OutputPort(OptionReader.SnakeCase(property.Name), property.PropertyType.GetGenericArguments()[0], Describe(property)),
    ];

    internal static IEnumerable<PropertyInfo> Properties(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is not null).OrderBy(p => p.MetadataToken);

    private static InputPort Input(PropertyInfo property)
    {
        var type = property.PropertyType;
        var name = OptionReader.SnakeCase(property.Name);
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var required = property.IsDefined(typeof(RequiredMemberAttribute));
        if (open == typeof(Artifact<>)) return new(name, type.GetGenericArguments()[0], PortArity.One, required, Describe(property), []);
        if (open == typeof(ArtifactList<>))
        {
            var arity = property.IsDefined(typeof(AnyNameAttribute)) ? PortArity.AnyName : PortArity.List;
            return new(name, type.GetGenericArguments()[0], arity, required, Describe(property), []);
        }

        if (open == typeof(Splits<>)) return new(name, type.GetGenericArguments()[0], PortArity.Group, required, Describe(property), ["train", "validation", "test"]);
        throw new NotSupportedException($"{property.DeclaringType}.{property.Name}: an input is an Artifact<>, an ArtifactList<> or a Splits<>.");
    }

    private static string Describe(PropertyInfo property) => property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";
}
