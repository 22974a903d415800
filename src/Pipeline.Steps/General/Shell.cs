using System.ComponentModel;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.General;

/// <summary>Runs a command with declared inputs and outputs, for what has no step type.</summary>
public sealed class Shell : Step<Shell.With, Shell.Given, DeclaredOutputs>
{
    public sealed record With
    {
        [Description("The command, given to `sh -c`. It sees $OUT (the folder of the output, or of the folders named by `outputs` when there are several), $IN_NAME for each input (a folder; the file itself where the input is one file), and the variables of `env`. What it writes to the file $PIPELINE_METRICS as JSON, {\"accuracy\": 0.9}, are the metrics of the step.")]
        public required string Run { get; init; }

        [Description("Names of the outputs. With one, it is written to $OUT; with several, each to $OUT/NAME.")]
        public IReadOnlyList<string> Outputs { get; init; } = ["out"];

        [Secret, Description("Environment variables for the command, beside PATH, HOME and those of the pipeline's `env`. They are part of the recipe; of a `${{ secrets.NAME }}` the name is.")]
        public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();
    }

    public sealed record Given
    {
        [AnyName]
        [Description("Any names; each becomes $IN_NAME.")]
        public ArtifactList<ArtifactKind> Inputs { get; init; } = new([]);
    }

    public override string Name => "shell";
    public override int Version => 1;
    public override string Description => "Runs a command in a clean folder with declared inputs and outputs, in any language.";

    public override IReadOnlyList<OutputPort> OutputsOf(JsonObject with) =>
        [.. (with["outputs"] as JsonArray ?? []).Select(name => new OutputPort((string)name!, typeof(Files), "Written by the command."))];

    public override bool ReadsEnvironment => true;

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Run.Trim().Length == 0) yield return ("run", "the command is empty");
        if (with.Outputs.Count == 0) yield return ("outputs", "at least one output is needed: what a step does beside its outputs is not kept");
        foreach (var name in with.Outputs.Where(n => n.Length == 0 || n == Metrics.Port || n.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))))
            yield return ("outputs", $"'{name}' cannot name an output: use letters, digits, '_' and '-', and not 'metrics'");
        if (with.Outputs.Distinct().Count() < with.Outputs.Count) yield return ("outputs", "an output is named twice");
        foreach (var name in with.Env.Keys.Where(n => n.Length == 0 || n.Contains('=') || n.StartsWith("IN_", StringComparison.Ordinal) || n == "OUT"))
            yield return ("env", $"'{name}' cannot be set: $OUT and $IN_… belong to the step");
    }

    protected override async Task RunAsync(With with, Given inputs, DeclaredOutputs outputs, StepContext context)
    {
        var scratch = context.Scratch;
        var environment = new Dictionary<string, string>();
        foreach (var name in new[] { "PATH", "HOME" }) environment[name] = Environment.GetEnvironmentVariable(name) ?? "";
        foreach (var (name, value) in context.Environment) environment[name] = value;
        foreach (var (name, value) in with.Env) environment[name] = value;
        foreach (var entry in inputs.Inputs.Entries) environment["IN_" + entry.Name.ToUpperInvariant().Replace('-', '_')] = Place(entry, scratch);
        var several = with.Outputs.Count > 1;
        environment[ShellMetrics.Variable] = Path.Combine(scratch, "metrics.json");
        environment["OUT"] = several ? Gather(outputs, scratch) : outputs.Folders[with.Outputs[0]];

        var work = Directory.CreateDirectory(Path.Combine(scratch, "work")).FullName;
        var code = await ShellCommand.RunAsync(with.Run, work, environment, context.Log, context.Cancellation);
        if (code != 0) throw new StepFailedException($"the command ended with exit code {code}");
        if (several) Spread(outputs, environment["OUT"]);
        foreach (var (name, value) in ShellMetrics.Read(environment[ShellMetrics.Variable])) context.Metric(name, value);
        Directory.Delete(scratch, recursive: true);
    }

    /// <summary>A copy of the input that the command may do with as it likes: blobs in the store are shared by all steps.</summary>
    private static string Place(NamedArtifact entry, string scratch)
    {
        var folder = Path.Combine(scratch, "in", entry.Name);
        foreach (var (name, path) in entry.Artifact.LocateAll())
        {
            var target = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }

        Directory.CreateDirectory(folder);
        return entry.Artifact.Files is [var only] && !only.Path.Contains('/') ? Path.Combine(folder, only.Path) : folder;
    }

    private static string Gather(DeclaredOutputs outputs, string scratch)
    {
        var folder = Path.Combine(scratch, "out");
        foreach (var name in outputs.Folders.Keys.Where(n => n != Metrics.Port)) Directory.CreateDirectory(Path.Combine(folder, name));
        return folder;
    }

    private static void Spread(DeclaredOutputs outputs, string folder)
    {
        foreach (var (name, target) in outputs.Folders.Where(o => o.Key != Metrics.Port))
        {
            Directory.Delete(target);
            Directory.Move(Path.Combine(folder, name), target);
        }
    }
}
