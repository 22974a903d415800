using System.Globalization;
using System.Text;

namespace Pipeline.Cli.Screens;

/// <summary>A lineage as a graph for other programs to draw: from sources to what was asked for.</summary>
internal static class LineageDrawing
{
    private sealed record Node(string Id, IReadOnlyList<string> Lines, bool Round);

    private sealed record Edge(string From, string To, string Label);

    public static string Mermaid(LineageView view)
    {
        var (nodes, edges) = Parts(view);
        var text = new StringBuilder("graph TD\n");
        foreach (var node in nodes) text.Append(CultureInfo.InvariantCulture, $"  {node.Id}{(node.Round ? "([" : "[")}\"{string.Join("<br/>", node.Lines.Select(Quoted))}\"{(node.Round ? "])" : "]")}\n");
        foreach (var edge in edges) text.Append(CultureInfo.InvariantCulture, $"  {edge.From} -->|\"{Quoted(edge.Label)}\"| {edge.To}\n");
        return text.ToString();

        // Entities are the only way to write what Mermaid or HTML would read as their own.
        static string Quoted(string line) => string.Concat(line.Select(c => char.IsLetterOrDigit(c) || c is ' ' or '.' or '-' or '_' or ',' or ':' or '/' or '(' or ')' ? c.ToString() : string.Create(CultureInfo.InvariantCulture, $"#{(int)c};")));
    }

    public static string Dot(LineageView view)
    {
        var (nodes, edges) = Parts(view);
        var text = new StringBuilder("digraph lineage {\n  rankdir=TB; node [shape=box];\n");
        foreach (var node in nodes) text.Append(CultureInfo.InvariantCulture, $"  {node.Id} [label=\"{string.Join("\\n", node.Lines.Select(Quoted))}\"{(node.Round ? ", shape=ellipse" : "")}];\n");
        foreach (var edge in edges) text.Append(CultureInfo.InvariantCulture, $"  {edge.From} -> {edge.To} [label=\"{Quoted(edge.Label)}\"];\n");
        return text.Append("}\n").ToString();

        static string Quoted(string line) => LineageView.Plain(line).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
    }

    private static (List<Node> Nodes, List<Edge> Edges) Parts(LineageView view)
    {
        var (nodes, edges) = (new List<Node>(), new List<Edge>());
        foreach (var step in view.Graph.Steps)
        {
            var id = Id(step.Result.Key);
            var lines = new List<string> { LineageView.Name(step), $"{step.Uses} version {step.Version}", $"run {step.Result.Run}" };
            foreach (var tally in view.Licenses.GetValueOrDefault(step.Result.Key) ?? []) lines.Add(tally.Lost.Length > 0 ? "licences not known" : "licences " + string.Join(", ", tally.Counts.Select(c => $"{c.Key} {c.Value}")));
            nodes.Add(new(id, lines, false));
            if (step.Sources is { } sources)
            {
                nodes.Add(new($"s_{id}", [sources.Lost.Length > 0 ? "source files not known" : Text.Count(sources.Files.Count, "source file"), LineageView.Short(sources.Digest)], true));
                edges.Add(new($"s_{id}", id, "sources"));
            }

            foreach (var (input, number) in step.Inputs.Select((input, number) => (input, number)))
            {
                if (view.Graph.Find(input.MadeBy) is { } above) edges.Add(new(Id(above.Result.Key), id, $"{input.Port} {LineageView.Short(input.Digest)}"));
                else if (!view.Downstream)
                {
                    nodes.Add(new($"l_{id}_{number}", ["not known any more", LineageView.Short(input.Digest)], true));
                    edges.Add(new($"l_{id}_{number}", id, input.Port));
                }
            }
        }

        for (var i = 0; i < view.Graph.Targets.Count; i++)
        {
            var target = view.Graph.Targets[i];
            nodes.Add(new($"t_{i}", [target.Port, LineageView.Short(target.Digest)], true));
            if (view.Downstream) edges.AddRange(view.Below(null).Select(s => new Edge($"t_{i}", Id(s.Result.Key), "")));
            else if (view.Graph.Find(target.MadeBy) is { } maker) edges.Add(new(Id(maker.Result.Key), $"t_{i}", target.Output));
        }

        return (nodes, edges);
    }

    private static string Id(string key) => "k_" + LineageView.Short(key);
}
