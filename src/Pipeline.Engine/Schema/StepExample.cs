using System.Globalization;
using System.Text;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Schema;

/// <summary>A use of a step type with what it requires filled in.</summary>
internal static class StepExample
{
    public static string Of(StepType type)
    {
        var id = type.Name[(type.Name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        var example = new StringBuilder($"{id}:\n  uses: {type.Name}\n");
        var inputs = type.Inputs.Where(p => p.Required).Select(Input).ToList();
        if (inputs.Count == 0) inputs = [.. type.Inputs.Take(1).Select(Input)];
        if (inputs.Count > 0) example.Append(CultureInfo.InvariantCulture, $"  inputs: {{ {string.Join(", ", inputs)} }}\n");
        var required = type.Params.Members.Where(m => m.Required).ToList();
        if (required.Count > 0) example.Append(CultureInfo.InvariantCulture, $"  with: {Value(type.Params)}\n");
        return example.ToString();
    }

    private static string Input(InputPort port) => port.Arity switch
    {
        PortArity.AnyName when port.Kind == typeof(ArtifactKind) => "corpus: documents",
        // The port's own name is taken: it is what messages and the page call all of them together.
        PortArity.AnyName => $"first: {port.Name}, second: other_{port.Name}",
        PortArity.List => $"{port.Name}: [{port.Name}]",
        _ => $"{port.Name}: {port.Name}",
    };

    private static string Value(Option option) => option.Kind switch
    {
        OptionKind.Choice => option.Choices[0],
        OptionKind.Integer => (option.Minimum ?? 1).ToString(CultureInfo.InvariantCulture),
        OptionKind.Number => (option.Minimum ?? 0.5).ToString(CultureInfo.InvariantCulture),
        OptionKind.Boolean => "true",
        OptionKind.List => $"[{Value(option.Element!)}]",
        OptionKind.Map => $"{{ name: {Value(option.Element!)} }}",
        OptionKind.Group => $"{{ {string.Join(", ", option.Members.Where(m => m.Required).Select(m => $"{m.Name}: {Value(m)}"))} }}",
        _ => "\"...\"",
    };
}
