using System.ComponentModel;
using Pipeline.Data.Documents;
using Pipeline.Data.Languages;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Cleaning;

/// <summary>Tells the language of documents and keeps those of some.</summary>
public sealed class CleanLanguage : Step<CleanLanguage.With, CleanLanguage.Given, CleanLanguage.Made>
{
    public sealed record With
    {
        [Description("BCP 47 tags of the languages to keep, such as `en`; none keeps all.")]
        public IReadOnlyList<string> Keep { get; init; } = [];

        [Description("Drop documents with a lower score: the share of the text that is in the language. 0 keeps all.")]
        [Engine.Authoring.Range(0, 1)]
        public double MinimumScore { get; init; } = 0.65;
    }

    public sealed record Given
    {
        [Description("Documents in any language.")]
        public required Artifact<Artifacts.Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("The documents of the languages kept, with their language and, as metadata, `language_score` and what their source had said (`language_declared`).")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("What was dropped, and how many documents each language has.")]
        public required Output<Artifacts.Funnel> Funnel { get; init; }
    }

    public override string Name => "clean.language";
    public override int Version => 5;
    public override string Description => "Tells the language of each document (79 languages, naive Bayes on runs of letters) and drops those of other languages or of none for sure.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of its documents";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        foreach (var tag in with.Keep.Where(t => t != LanguageIdentifier.Undetermined && !LanguageModel.Default.Languages.Contains(LanguageTags.Canonical(t))))
            yield return ("keep", $"has '{tag}', which is no language that is known here; expected some of {string.Join(", ", LanguageModel.Default.Languages)}");
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context) =>
        FilteredShards.RunAsync(new LanguageFilter(with.Keep, with.MinimumScore), inputs.Documents, outputs.Documents, outputs.Funnel, context);
}
