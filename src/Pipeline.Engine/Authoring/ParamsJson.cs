using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Engine.Authoring;

/// <summary>
/// Params to JSON and back, in the shapes that <see cref="OptionReader"/> knows. By hand: until a general serializer has looked at its first record it compiles for longer than all else takes in a
/// run that reuses everything. What is more than these shapes, such as a set, is left to it.
/// </summary>
internal static class ParamsJson
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, PropertyInfo>> Properties = new();

    /// <param name="type">The type that the value was declared as.</param>
    public static JsonNode? Write(object? value, Type type) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool truth => JsonValue.Create(truth),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number when double.IsFinite(number) => JsonValue.Create(number),
        Enum word => JsonValue.Create(OptionReader.SnakeCase(word.ToString())),
        IEnumerable<string> texts => new JsonArray([.. texts.Select(t => JsonValue.Create(t))]),
        ICollection { Count: 0 } => OptionReader.KindOf(type) == OptionKind.Map ? new JsonObject() : new JsonArray(),
        _ => JsonSerializer.SerializeToNode(value, type, OptionReader.Json),
    };

    /// <exception cref="JsonException">The JSON is not of this type; its path says where.</exception>
    public static T Read<T>(JsonObject json) => (T)Read(typeof(T), json, "$")!;

    private static object? Read(Type type, JsonNode? json, string path)
    {
        if (json is null) return !type.IsValueType || Nullable.GetUnderlyingType(type) is not null ? null : throw Wrong(path, type);
        type = Nullable.GetUnderlyingType(type) ?? type;
        return (OptionReader.KindOf(type), json) switch
        {
            (OptionKind.Group, JsonObject group) => Group(type, group, path),
            (OptionKind.List, JsonArray list) when type.IsAssignableFrom(OptionReader.ElementOf(type).MakeArrayType()) => List(OptionReader.ElementOf(type), list, path),
            (OptionKind.Map, JsonObject map) when type.GetGenericArguments()[0] == typeof(string) => Map(OptionReader.ElementOf(type), map, path),
            (OptionKind.List or OptionKind.Map, _) => json.Deserialize(type, OptionReader.Json),
            (_, JsonValue value) => Scalar(type, value, path),
            _ => throw Wrong(path, type),
        };
    }

    private static object Group(Type record, JsonObject group, string path)
    {
        var made = Activator.CreateInstance(record)!;
        var properties = Properties.GetOrAdd(record, r => OptionReader.PropertiesOf(r).ToDictionary(p => OptionReader.SnakeCase(p.Name), StringComparer.Ordinal));
        foreach (var (name, value) in group)
        {
            var at = $"{path}.{name}";
            var property = properties.GetValueOrDefault(name) ?? throw new JsonException($"{at} is no option of {record.Name}", at, null, null);
            property.SetValue(made, Read(property.PropertyType, value, at), BindingFlags.DoNotWrapExceptions, null, null, null);
        }

        return made;
    }

    private static Array List(Type element, JsonArray list, string path)
    {
        var made = Array.CreateInstance(element, list.Count);
        for (var i = 0; i < list.Count; i++) made.SetValue(Read(element, list[i], $"{path}[{i}]"), i);
        return made;
    }

    private static IDictionary Map(Type element, JsonObject map, string path)
    {
        var made = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), element))!;
        foreach (var (name, value) in map) made.Add(name, Read(element, value, $"{path}.{name}"));
        return made;
    }

    private static object Scalar(Type type, JsonValue value, string path)
    {
        if (type == typeof(string) || type.IsEnum)
        {
            if (!value.TryGetValue<string>(out var text)) throw Wrong(path, type);
            if (type == typeof(string)) return text;
            return Enum.GetNames(type).FirstOrDefault(n => OptionReader.SnakeCase(n) == text) is { } word ? Enum.Parse(type, word) : throw Wrong(path, type);
        }

        // By its text: a number made here and one that was read look the same there.
        var written = value.ToJsonString();
        if (type == typeof(bool) && bool.TryParse(written, out var truth)) return truth;
        if (type == typeof(int) && int.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small)) return small;
        if (type == typeof(long) && long.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large)) return large;
        if (type == typeof(double) && double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        if (type == typeof(float) && float.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var single)) return single;
        throw Wrong(path, type);
    }

    private static JsonException Wrong(string path, Type type) => new($"{path} is no {type.Name}", path, null, null);
}
