using System.ComponentModel;
using System.Text.Json.Nodes;
using Pipeline.Data.Words;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Cleaning;

/// <summary>Writes abbreviations out, corrects spelling, stems.</summary>
public sealed class CleanWords : Step<CleanWords.With, CleanWords.Given, CleanWords.Made>
{
    public sealed record AbbreviationOptions
    {
        [Description("Abbreviations and what they stand for: `{ \"e.g.\": \"for example\" }`.")]
        public IReadOnlyDictionary<string, string> Table { get; init; } = new Dictionary<string, string>();

        [Description("Also write out what a text defines itself as `long form (LF)`, from there on.")]
        public bool Definitions { get; init; }
    }

    public sealed record SpellingOptions
    {
        [Description("Correct words that neither the dictionaries nor the vocabulary have. A word that differs from one of theirs by marks on its letters alone (naïve and naive) is none to correct.")]
        public bool Enabled { get; init; }

        [Description("Most changes of a letter, or swaps of two; words of up to seven letters may have one.")]
        [Engine.Authoring.Range(1, SpellingDictionary.MostDistance)]
        public int MaximumDistance { get; init; } = SpellingDictionary.MostDistance;

        [Description("Shorter words stay. Of words of three letters, and of lines in capitals, only two swapped letters of the most frequent words are mended (`Teh`); counts of the dictionaries say which these are.")]
        [Engine.Authoring.Range(2, 64)]
        public int MinimumLength { get; init; } = 3;

        [Description("Words that the vocabulary has at least so often are no mistakes.")]
        [Engine.Authoring.Range(1, int.MaxValue)]
        public int KnownCount { get; init; } = 5;
    }

    public sealed record With
    {
        [Description("Leave code as it is: blocks between fences, code between backticks, indented blocks of Markdown, and documents that are source files (see clean.text).")]
        public bool ProtectCode { get; init; } = true;

        [Description("Write abbreviations out.")]
        public AbbreviationOptions Abbreviations { get; init; } = new();

        [Description("Correction of spelling. Code, names (capitals inside a sentence) and short words stay.")]
        public SpellingOptions Spelling { get; init; } = new();

        [Description("For the correction of spelling: files of words with counts, one a line.")]
        [SourceFiles]
        public IReadOnlyList<string> Dictionaries { get; init; } = [];

        [Description("Words that dictionaries and vocabulary may have together.")]
        [Engine.Authoring.Range(1, 10_000_000)]
        public int MaximumWords { get; init; } = 1_000_000;

        [Description("Snowball's stemmer to reduce words with, in lower case; `porter` is the one of 1980, `english` its successor.")]
        public StemmingAlgorithm Stemming { get; init; }
    }

    public sealed record Given
    {
        [Description("Documents of prose.")]
        public required Artifact<Artifacts.Documents> Documents { get; init; }

        [Description("Counts of the corpus' words, from clean.vocabulary.")]
        public Artifact<Artifacts.Vocabulary>? Vocabulary { get; init; }
    }

    public sealed record Made
    {
        [Description("The documents with their words changed.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("What each operation changed, with samples.")]
        public required Output<Artifacts.Funnel> Funnel { get; init; }
    }

    public override string Name => "clean.words";
    public override int Version => 6;
    public override string Description => "Changes words: abbreviations written out, spelling corrected, stems; never web and mail addresses. All of it is off until asked for, and wrong for language models: they would learn a language that nobody writes. It is for search and for classifiers of words.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of its documents, as long as dictionaries and vocabulary are the same";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with is { Abbreviations: { Table.Count: 0, Definitions: false }, Spelling.Enabled: false, Stemming: StemmingAlgorithm.None })
            yield return ("", "switches nothing on: set abbreviations, spelling or stemming, or leave the step out");
    }

    protected override IEnumerable<(string Option, string Message)> Check(With with, IReadOnlyDictionary<string, int> given)
    {
        var words = with.Dictionaries.Count > 0 || given.GetValueOrDefault("vocabulary") > 0;
        if (with.Spelling.Enabled && !words) yield return ("dictionaries", "names no file, and no input vocabulary is given, so there is nothing to correct by; give one of them");
        if (!with.Spelling.Enabled && words) yield return ("spelling.enabled", "is false, so dictionaries and vocabulary are not read; switch it on or leave them out");
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        SpellingDictionary? dictionary = null;
        var madeOf = new JsonArray([.. context.Sources.Select(s => JsonValue.Create(s.Sha256))]);
        if (with.Spelling.Enabled)
        {
            var known = context.Sources.SelectMany(s => SpellingDictionary.Read(s.Name, File.ReadLines(s.Path), with.MaximumWords));
            if (inputs.Vocabulary is { } vocabulary)
            {
                known = known.Concat(SpellingDictionary.Read("words.tsv", File.ReadLines(vocabulary.Locate("words.tsv")), int.MaxValue).TakeWhile(w => w.Count >= with.Spelling.KnownCount).Take(with.MaximumWords));
                madeOf.Add(vocabulary.Digest);
            }

            dictionary = new(known);
            context.Metric("dictionary.words", dictionary.Count);
        }

        var options = new WordOptions
        {
            ProtectCode = with.ProtectCode,
            Abbreviations = with.Abbreviations.Table,
            Definitions = with.Abbreviations.Definitions,
            Dictionary = dictionary,
            MostDistance = with.Spelling.MaximumDistance,
            LeastLength = with.Spelling.MinimumLength,
            Stemming = with.Stemming,
        };
        return FilteredShards.RunAsync(new WordFilter(options), inputs.Documents, outputs.Documents, outputs.Funnel, context, madeOf);
    }
}
