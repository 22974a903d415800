using System.Reflection;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Train;

/// <summary>The options of a params record that are not at their default, each with the record as it is with other values of that one.</summary>
internal static class SetOptions
{
    private static readonly MethodInfo Clone = typeof(object).GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!;

    /// <param name="plain">With every option at its default, groups included.</param>
    /// <param name="elsewhere">One more value to take, by path; or null.</param>
    public static IEnumerable<(string Path, IEnumerable<T> Otherwise)> Of<T>(T with, T plain, Func<string, object?> elsewhere)
        where T : class => Of(with, plain, "", elsewhere).Select(found => (found.Path, found.Otherwise.Cast<T>()));

    private static IEnumerable<(string Path, IEnumerable<object> Otherwise)> Of(object with, object plain, string under, Func<string, object?> elsewhere)
    {
        foreach (var property in with.GetType().GetProperties().Where(p => p.SetMethod is not null && !p.IsDefined(typeof(SpeedOnlyAttribute)) && !p.IsDefined(typeof(HorizonAttribute))))
        {
            var path = under + OptionReader.SnakeCase(property.Name);
            var (value, otherwise) = (property.GetValue(with), property.GetValue(plain));
            if (IsGroup(value) && IsGroup(otherwise))
            {
                foreach (var (inner, changed) in Of(value!, otherwise!, path + ".", elsewhere)) yield return (inner, changed.Select(group => With(with, property, group)));
            }
            else if (!Same(value, otherwise))
            {
                // What is set may be what the default stands for.
                object?[] others = [.. elsewhere(path) is { } far ? [far] : Array.Empty<object?>(), otherwise, .. Near(value, property.GetCustomAttribute<RangeAttribute>())];
                yield return (path, others.Select(other => With(with, property, other)));
            }
        }
    }

    private static IEnumerable<object?> Near(object? value, RangeAttribute? range)
    {
        object[] near = value switch
        {
            bool truth => [!truth],
            int number => [number * 2, number / 2],
            long number => [number + 1],
            double number => [number / 2, number * 2],
            _ => [],
        };
        return near.Where(other => other is bool || range is null || (Convert.ToDouble(other, null) >= range.Minimum && Convert.ToDouble(other, null) <= range.Maximum));
    }

    private static bool IsGroup(object? value) => value is not null && value.GetType() is { IsClass: true } type && type.Namespace == typeof(SetOptions).Namespace;

    private static bool Same(object? a, object? b) => a is System.Collections.IEnumerable x and not string && b is System.Collections.IEnumerable y ? x.Cast<object>().SequenceEqual(y.Cast<object>()) : Equals(a, b);

    private static object With(object record, PropertyInfo property, object? value)
    {
        var copy = Clone.Invoke(record, null)!;
        property.SetValue(copy, value);
        return copy;
    }
}
