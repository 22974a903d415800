using System.ComponentModel;
using System.Globalization;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Cleaning;

/// <summary>Cleans the text of documents and drops those that are too short or too long.</summary>
public sealed class CleanText : Step<CleanText.With, CleanText.Given, CleanText.Made>
{
    public sealed record With
    {
        [Description("Remove control, zero-width and bidirectional formatting characters; line ends become line feeds.")]
        public bool ControlCharacters { get; init; } = true;

        [Description("Unicode normal form. nfkc also folds ligatures, full-width letters and the like.")]
        public UnicodeForm Normalize { get; init; } = UnicodeForm.Nfc;

        [Description("Remove HTML tags and decode entities. Names of elements in prose (`the <input> element`) go as well, so leave it off for text that is no HTML but speaks of it.")]
        public bool StripMarkup { get; init; } = true;

        [Description("Plain quotes, dashes and ellipses in place of typographic ones.")]
        public bool Punctuation { get; init; } = true;

        [Description("What becomes of web addresses; the placeholder is [URL].")]
        public Treatment Urls { get; init; } = Treatment.Remove;

        [Description("What becomes of mail addresses; the placeholder is [EMAIL].")]
        public Treatment Emails { get; init; } = Treatment.Placeholder;

        [Description("Longest run of one punctuation mark that stays; 0 leaves any.")]
        [Engine.Authoring.Range(0, 1000)]
        public int RepeatedPunctuation { get; init; } = 3;

        [Description("Drop short lines that belong to a web page and not to its text: rights reserved, cookies, JavaScript, sharing.")]
        public bool BoilerplateLines { get; init; } = true;

        [Description("Regular expressions of further lines to drop, without regard to case; no look-around and no back-references, so that they run in linear time.")]
        public IReadOnlyList<string> DropLines { get; init; } = [];

        [Description("Collapse runs of blanks, trim lines and the text.")]
        public bool Whitespace { get; init; } = true;

        [Description("With whitespace: keep the blanks that begin a line, which have a meaning in code.")]
        public bool KeepIndentation { get; init; } = true;

        [Description("With whitespace: longest run of line breaks that stays; 2 is one empty line.")]
        [Engine.Authoring.Range(1, 100)]
        public int MaximumNewlines { get; init; } = 2;

        [Description("Lower-case everything. Harms language models; for classic text classification.")]
        public bool Lowercase { get; init; }

        [Description("Drop shorter documents, in UTF-16 units after cleaning.")]
        [Engine.Authoring.Range(0, int.MaxValue)]
        public int MinimumCharacters { get; init; } = 1;

        [Description("Drop documents with fewer words.")]
        [Engine.Authoring.Range(0, int.MaxValue)]
        public int MinimumWords { get; init; }

        [Description("Drop documents with more words.")]
        [Engine.Authoring.Range(1, int.MaxValue)]
        public int? MaximumWords { get; init; }
    }

    public sealed record Given
    {
        [Description("Documents to clean.")]
        public required Artifact<Artifacts.Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("The cleaned documents, in the order and with the ids they had.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("What each operation changed and each limit dropped, with samples.")]
        public required Output<Artifacts.Funnel> Funnel { get; init; }
    }

    public override string Name => "clean.text";
    public override int Version => 2;
    public override string Description => "Cleans the text of documents, each operation with its own switch and count, and drops documents that are too short or too long.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of its documents";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.MaximumWords < with.MinimumWords) yield return ("maximum_words", $"is below minimum_words ({with.MinimumWords}), so every document would be dropped");
        foreach (var pattern in with.DropLines)
            if (TextCleaner.ProblemWith(pattern) is { } problem) yield return ("drop_lines", problem);
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var cleaner = new TextCleaner(Options(with));
        var (tally, read, written) = (cleaner.NewTally(), 0, 0);
        try
        {
            await foreach (var piece in inputs.Documents.Files.SelectInOrderAsync(context.Cpus, shard => CleanAsync(cleaner, inputs.Documents, shard, context), context.Cancellation))
            {
                tally.Add(piece.Facts.Counts);
                if (piece.File is { } path) File.Copy(path, outputs.Documents[DocumentShards.NameOf(written++)]);
                context.Report(++read, inputs.Documents.Files.Count, "shards");
            }
        }
        catch (InvalidDataException e)
        {
            throw new StepFailedException(e.Message, e);
        }

        var funnel = tally.ToFunnel();
        if (written == 0) throw new StepFailedException($"None of {funnel.Rules[0].DocumentsIn} documents is left: {string.Join(", ", Drops(funnel).Select(r => $"{r.Rule} {r.Threshold} dropped {r.DocumentsIn - r.DocumentsOut}"))}.");
        await File.WriteAllTextAsync(outputs.Funnel["funnel.json"], funnel.ToJson(), context.Cancellation);
        Report(funnel, context);
    }

    /// <summary>One shard of the input as a shard of the output, or as none where no document of it is left.</summary>
    private static Task<Piece<Cleaned>> CleanAsync(TextCleaner cleaner, Artifact<Artifacts.Documents> documents, ArtifactFile shard, StepContext context) =>
        context.Pieces.GetAsync("shard", shard.Sha256, async () =>
        {
            var (tally, path) = (cleaner.NewTally(), Path.Combine(context.Scratch, shard.Path));
            await using var writer = new DocumentWriter(path);
            await foreach (var document in DocumentReader.ReadAsync([(shard.Path, documents.Locate(shard.Path))], context.Cancellation))
                if (cleaner.Clean(document, tally) is { } kept) await writer.AddAsync(kept);
            if (writer.Count > 0) await writer.CompleteAsync();
            return new MadePiece<Cleaned>(new(tally.Counts)) { File = writer.Count > 0 ? path : null };
        });

    /// <summary>What is known of a cleaned shard.</summary>
    private sealed record Cleaned(FunnelCounts Counts);

    private static void Report(Data.Documents.Funnel funnel, StepContext context)
    {
        var (first, last) = (funnel.Rules[0], funnel.Rules[^1]);
        context.Metric("documents.in", first.DocumentsIn);
        context.Metric("documents.out", last.DocumentsOut);
        context.Metric("characters.in", first.CharactersIn);
        context.Metric("characters.out", last.CharactersOut);
        foreach (var rule in funnel.Rules.Where(r => r.DocumentsChanged > 0)) context.Metric("changed." + rule.Rule, rule.DocumentsChanged);
        foreach (var rule in Drops(funnel)) context.Metric("dropped." + rule.Rule, rule.DocumentsIn - rule.DocumentsOut);
        var drops = string.Join(" · ", Drops(funnel).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Rule.Replace('_', ' ')} {r.DocumentsIn - r.DocumentsOut:N0}")));
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{first.DocumentsIn:N0} -> {last.DocumentsOut:N0}") + (drops.Length > 0 ? $"  ({drops})" : "");
    }

    private static IEnumerable<FunnelRule> Drops(Data.Documents.Funnel funnel) => funnel.Rules.Where(r => r.DocumentsOut < r.DocumentsIn);

    private static CleaningOptions Options(With with) => new()
    {
        ControlCharacters = with.ControlCharacters,
        Unicode = with.Normalize,
        StripMarkup = with.StripMarkup,
        Punctuation = with.Punctuation,
        Urls = with.Urls,
        Emails = with.Emails,
        RepeatedPunctuation = with.RepeatedPunctuation,
        BoilerplateLines = with.BoilerplateLines,
        DropLines = with.DropLines,
        Whitespace = with.Whitespace,
        KeepIndentation = with.KeepIndentation,
        MaximumNewlines = with.MaximumNewlines,
        Lowercase = with.Lowercase,
        MinimumCharacters = with.MinimumCharacters,
        MinimumWords = with.MinimumWords,
        MaximumWords = with.MaximumWords,
    };
}
