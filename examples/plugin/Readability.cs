using System.ComponentModel;
using System.Globalization;
using System.Text;
using Pipeline.Engine.Authoring;

[assembly: StepTypes(typeof(ReadabilitySteps.Readability))]

namespace ReadabilitySteps;

/// <summary>Scores texts by how long their words and sentences are: the automated readability index (Smith and Senter, 1967).</summary>
public sealed class Readability : Step<Readability.With, Readability.Given, Readability.Made>
{
    public sealed record With
    {
        [Description("Texts with a higher index are left out."), Range(0, 100)]
        public double MostDifficult { get; init; } = 100;
    }

    public sealed record Given
    {
        [Description("Text files in UTF-8.")]
        public required Artifact<Files> Texts { get; init; }
    }

    public sealed record Made
    {
        [Description("The texts that are easy enough.")]
        public required Output<Files> Texts { get; init; }

        [Description("A line a text: its name, a tab, its index.")]
        public required Output<Files> Scores { get; init; }
    }

    public override string Name => "text.readability";
    public override int Version => 1;
    public override string Description => "Keeps texts that are easy enough to read, and says how easy each is.";

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var scores = new StringBuilder();
        var kept = 0;
        foreach (var (name, path) in inputs.Texts.LocateAll())
        {
            var text = await File.ReadAllTextAsync(path, context.Cancellation);
            var index = Index(text);
            scores.Append(CultureInfo.InvariantCulture, $"{name}\t{index:0.00}\n");
            if (index > with.MostDifficult) continue;
            kept++;
            var target = outputs.Texts[name];
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await File.WriteAllTextAsync(target, text, context.Cancellation);
        }

        await File.WriteAllTextAsync(outputs.Scores["scores.tsv"], scores.ToString(), context.Cancellation);
        context.Metric("texts.in", inputs.Texts.Files.Count);
        context.Metric("texts.out", kept);
        context.Summary = $"{inputs.Texts.Files.Count} -> {kept}";
    }

    private static double Index(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return 0;
        var sentences = Math.Max(1, text.Count(c => c is '.' or '!' or '?'));
        var letters = words.Sum(word => word.Count(char.IsLetterOrDigit));
        return Math.Max(0, (4.71 * letters / words.Length) + (0.5 * words.Length / sentences) - 21.43);
    }
}
