using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Planning;

/// <summary>Options that are metrics of other steps: <c>with: { steps: "${{ steps.pretrain.best_step }}" }</c>.</summary>
public static class MetricValues
{
    /// <summary>Every whole number up to here is a double of its own.</summary>
    private const double LargestInteger = 1L << 53;

    public static IEnumerable<string> StepsOf(StepDefinition step) => step.MetricNames.Count == 0 ? [] : step.MetricNames.Select(n => Split(n).Step).Distinct();

    /// <summary>The step with the values in their places, or what is wrong with them.</summary>
    public static (StepDefinition Step, string? Problem) Fill(StepDefinition step, Func<string, IReadOnlyDictionary<string, double>> metricsOf)
    {
        if (step.MetricNames.Count == 0) return (step, null);
        string? problem = null;
        var with = MetricReference.Fill(step.Type.Params, step.With, Value);
        if (problem is not null) return (step, problem);
        try
        {
            foreach (var (option, message) in step.Type.CheckParams(SecretReference.Fill(with, _ => "***"))) problem ??= $"with the metrics of {string.Join(", ", StepsOf(step))}, '{(option.Length > 0 ? option : "with")}' of {step.Type.Name}: {message}";
        }
        catch (JsonException e)
        {
            problem = $"with the metrics of {string.Join(", ", StepsOf(step))}, {(e.Path ?? "with").TrimStart('$', '.')} is more than its type can hold";
        }

        return problem is null ? (step with { With = with }, null) : (step, problem);

        JsonNode Value(Option option, string path, string name)
        {
            var (from, metric) = Split(name);
            if (!metricsOf(from).TryGetValue(metric, out var value))
            {
                problem ??= $"its {path} asks for {name}, and '{from}' has no metric '{metric}'; it has: {string.Join(", ", metricsOf(from).Keys)}";
                return 0;
            }

            if (option.Kind == OptionKind.Integer && (Math.Truncate(value) != value || Math.Abs(value) > LargestInteger)) problem ??= string.Create(CultureInfo.InvariantCulture, $"its {path} takes an integer, and {name} is {value:R}");
            else if (option.Kind != OptionKind.Text && (value < (option.Minimum ?? double.NegativeInfinity) || value > (option.Maximum ?? double.PositiveInfinity))) problem ??= string.Create(CultureInfo.InvariantCulture, $"its {path} cannot be {value:R}, which {name} is ({option.Describe()})");
            return problem is not null ? 0 : option.Kind switch { OptionKind.Integer => JsonValue.Create((long)value), OptionKind.Number => JsonValue.Create(value), _ => JsonValue.Create(value.ToString("R", CultureInfo.InvariantCulture)) };
        }
    }

    private static (string Step, string Metric) Split(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return (name[..dot], name[(dot + 1)..]);
    }
}
