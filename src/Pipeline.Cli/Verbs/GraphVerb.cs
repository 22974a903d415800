using System.CommandLine;
using System.Text;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Verbs;

internal static class GraphVerb
{
    public static Command Create()
    {
        var pipeline = new PipelineArguments();
        var format = new Option<string>("--format") { Description = "text, mermaid or dot.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "mermaid", "dot");
        var command = new Command("graph", "Draw the steps and what each waits for.") { Options = { format } };
        pipeline.AddTo(command);
        command.SetAction(parsed =>
        {
            var graph = new StepGraph(pipeline.Open(parsed).Definition);
            Console.Write(parsed.GetValue(format) switch { "mermaid" => Mermaid(graph), "dot" => Dot(graph), _ => Plain(graph) });
            return ExitCode.Success;
        });
        return command;
    }

    private static string Plain(StepGraph graph)
    {
        var text = new StringBuilder();
        var width = graph.Ordered.Select(s => s.Id.Length).DefaultIfEmpty().Max();
        var uses = graph.Ordered.Select(s => s.Type.Name.Length).DefaultIfEmpty().Max();
        foreach (var step in graph.Ordered)
        {
            var above = graph.DependenciesOf(step.Id);
            text.AppendLine($"{step.Id.PadRight(width)}  {step.Type.Name.PadRight(uses)}  {(above.Count == 0 ? "" : "<- " + string.Join(", ", above))}".TrimEnd());
        }

        return text.ToString();
    }

    private static string Mermaid(StepGraph graph)
    {
        var text = new StringBuilder("graph TD\n");
        foreach (var step in graph.Ordered)
        {
            // The word "end" closes a block in Mermaid, so ids are prefixed.
            text.AppendLine($"  s_{step.Id}[\"{step.Id}<br/>{step.Type.Name}\"]");
            foreach (var above in graph.DependenciesOf(step.Id)) text.AppendLine($"  s_{above} --> s_{step.Id}");
        }

        return text.ToString();
    }

    private static string Dot(StepGraph graph)
    {
        var text = new StringBuilder("digraph pipeline {\n  rankdir=TB; node [shape=box];\n");
        foreach (var step in graph.Ordered)
        {
            text.AppendLine($"  \"{step.Id}\" [label=\"{step.Id}\\n{step.Type.Name}\"];");
            foreach (var above in graph.DependenciesOf(step.Id)) text.AppendLine($"  \"{above}\" -> \"{step.Id}\";");
        }

        return text.Append("}\n").ToString();
    }
}
