using System.Collections;
using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Pipeline.Engine.Authoring;

/// <summary>Reads the options off a <c>Params</c> record: the one description from which validation, schema, docs and recipe follow.</summary>
public static class OptionReader
{
    /// <summary>How a <c>Params</c> record crosses to a worker: snake_case names, enums as snake_case words, unknown names refused.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>The options of a record with a parameterless constructor, as one group.</summary>
    public static Option Read(Type record)
    {
        var root = Group("", "", record, required: false, nullable: false, Instance(record));
        if (root.Members.Count(m => m.Horizon) > 1 || root.Members.SelectMany(m => m.Members).Any(m => m.Horizon))
            throw new NotSupportedException($"{record}: one option at most is a horizon, and not one inside a group.");
        return root;
    }

    public static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static Option Group(string name, string description, Type record, bool required, bool nullable, object? defaults)
    {
        var members = new List<Option>();
        var nullability = new NullabilityInfoContext();
        foreach (var property in PropertiesOf(record)) members.Add(Member(property, nullability, property.GetValue(defaults ?? Instance(record))));

        return new Option
        {
            Name = name,
            Description = description,
            Kind = OptionKind.Group,
            Required = required,
            Nullable = nullable,
            Members = members,
            Default = required || defaults is null ? null : new JsonObject(members.Where(m => !m.Required).Select(m => KeyValuePair.Create(m.Name, m.Default?.DeepClone()))),
        };
    }

    /// <summary>Those that are options, in the order of the source.</summary>
    internal static IEnumerable<PropertyInfo> PropertiesOf(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is not null && p.Name != "EqualityContract").OrderBy(p => p.MetadataToken);

    private static Option Member(PropertyInfo property, NullabilityInfoContext nullability, object? value)
    {
        var required = property.IsDefined(typeof(RequiredMemberAttribute));
        var nullable = System.Nullable.GetUnderlyingType(property.PropertyType) is not null
            || (!property.PropertyType.IsValueType && nullability.Create(property).WriteState == NullabilityState.Nullable);
        var description = property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";
        var name = SnakeCase(property.Name);
        var option = Of(name, description, property.PropertyType, required, nullable, value) with
        {
            ChoicesElsewhere = property.GetCustomAttributes<ChoiceElsewhereAttribute>().SelectMany(a => a.Names, (a, name) => KeyValuePair.Create(name, a.Word)).ToDictionary(StringComparer.Ordinal),
            NamesElsewhere = property.GetCustomAttribute<KnownElsewhereAsAttribute>()?.Names ?? [],
            SpeedOnly = property.IsDefined(typeof(SpeedOnlyAttribute)),
            WholeOnly = property.IsDefined(typeof(WholeOnlyAttribute)),
            Horizon = property.IsDefined(typeof(HorizonAttribute)),
            SourceFiles = property.IsDefined(typeof(SourceFilesAttribute)),
            SourceRoot = property.IsDefined(typeof(SourceRootAttribute)),
            Secret = property.IsDefined(typeof(SecretAttribute)),
        };
        if (option is { Horizon: true, Kind: not OptionKind.Integer }) throw new NotSupportedException($"{property.DeclaringType}.{property.Name}: a horizon is an integer.");
        if (option is { Secret: true, Element: not null }) option = option with { Element = option.Element with { Secret = true } };
        // A range or choice on a list or mapping is about what it holds.
        return option.Element is { } element ? option with { Element = Bounded(element, property) } : Bounded(option, property);
    }

    private static Option Bounded(Option option, PropertyInfo property)
    {
        var range = property.GetCustomAttribute<RangeAttribute>();
        var words = property.GetCustomAttribute<ChoicesAttribute>()?.Words;
        return option with
        {
            Minimum = range?.Minimum,
            Maximum = range?.Maximum,
            Choices = words ?? option.Choices,
            Kind = words is null ? option.Kind : OptionKind.Choice,
        };
    }

    private static Option Of(string name, string description, Type type, bool required, bool nullable, object? value)
    {
        var kind = KindOf(type);
        if (kind == OptionKind.Group) return Group(name, description, type, required, nullable, value);
        var element = kind is OptionKind.List or OptionKind.Map ? Of("", "", ElementOf(type), false, false, null) : null;
        return new Option
        {
            Name = name,
            Description = description,
            Kind = kind,
            Required = required,
            Nullable = nullable,
            Element = element,
            Choices = Words(type),
            Default = required ? null : ParamsJson.Write(value, type),
        };
    }

    /// <summary>What a list or a mapping holds.</summary>
    internal static Type ElementOf(Type type) => type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[^1];

    internal static OptionKind KindOf(Type type)
    {
        type = System.Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return OptionKind.Text;
        if (type == typeof(bool)) return OptionKind.Boolean;
        if (type == typeof(int) || type == typeof(long)) return OptionKind.Integer;
        if (type == typeof(double) || type == typeof(float)) return OptionKind.Number;
        if (type.IsEnum) return OptionKind.Choice;
        if (type.IsGenericType && type.GetGenericTypeDefinition() is var open && (open == typeof(IReadOnlyDictionary<,>) || open == typeof(Dictionary<,>))) return OptionKind.Map;
        if (typeof(IEnumerable).IsAssignableFrom(type)) return OptionKind.List;
        if (type.IsClass) return OptionKind.Group;
        throw new NotSupportedException($"A param cannot be a {type}: use text, numbers, booleans, enums, records, lists of them or a mapping from names.");
    }

    private static IReadOnlyList<string> Words(Type type)
    {
        type = System.Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? [.. Enum.GetNames(type).Select(SnakeCase)] : [];
    }

    private static object Instance(Type record) => Activator.CreateInstance(record)
        ?? throw new NotSupportedException($"{record} needs a constructor without parameters: params are set by name.");
}
