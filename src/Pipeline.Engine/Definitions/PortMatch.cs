using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Which outputs of a step a port takes. A step named alone gives its own outputs first and its <c>metrics</c> only where nothing else fits.</summary>
internal static class PortMatch
{
    /// <param name="Outputs">What is taken, with the member or entry name of each; empty where nothing fits or too much does.</param>
    public sealed record Result(IReadOnlyList<(string Member, OutputPort Output)> Outputs, IReadOnlyList<OutputPort> Ambiguous);

    private static readonly Result Nothing = new([], []);

    /// <param name="output">An output that <paramref name="from"/> has, or null where the step is named alone.</param>
    public static Result Resolve(InputPort port, StepDraft from, string? output)
    {
        if (port.Arity == PortArity.Group) return output is null ? Group(port, from) : Nothing;
        if (output is not null)
        {
            var named = from.Output(output)!;
            return !ArtifactKind.Fits(named.Kind, port.Kind) ? Nothing : One(port.Arity == PortArity.List ? $"{from.Id}.{output}" : "", named);
        }

        if (port.Arity == PortArity.List && port.Kind == typeof(ArtifactKind)) return new([.. from.Outputs!.Select(o => ($"{from.Id}.{o.Name}", o))], []);
        var fitting = OutputPort.Meant([.. from.Declared.Where(o => ArtifactKind.Fits(o.Kind, port.Kind))]);
        if (fitting.Count == 0) fitting = [.. from.Outputs!.TakeLast(1).Where(o => ArtifactKind.Fits(o.Kind, port.Kind) && (port.Kind == o.Kind || !from.Declared.Any()))];
        return fitting.Count switch
        {
            0 => Nothing,
            1 => One(port.Arity == PortArity.List ? from.Id : "", fitting[0]),
            _ => new([], fitting),
        };
    }

    /// <summary>Whether a step could be named alone for this port.</summary>
    public static bool Fits(InputPort port, StepDraft from) => from.Outputs is not null && Resolve(port, from, null) is not { Outputs: [], Ambiguous: [] };

    /// <summary>The kinds that a reference gives, for messages.</summary>
    public static string Words(StepDraft from, string? output) =>
        output is not null ? from.Output(output)!.Kind.Name
        : from.Declared.Any() ? Excerpt.List(from.Declared.Select(o => o.Kind.Name).Distinct())
        : "only metrics";

    private static Result One(string member, OutputPort output) => new([(member, output)], []);

    private static Result Group(InputPort port, StepDraft from)
    {
        var members = port.Members.Select(m => (Member: m, Output: from.Output(m)!)).ToList();
        return members.All(m => m.Output is not null && ArtifactKind.Fits(m.Output.Kind, port.Kind)) ? new(members, []) : Nothing;
    }
}
