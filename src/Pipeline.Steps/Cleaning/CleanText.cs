using System.ComponentModel;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Privacy;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Cleaning;

/// <summary>Cleans the text of documents and drops those that are too short or too long.</summary>
public sealed class CleanText : Step<CleanText.With, CleanText.Given, CleanText.Made>
{
    public sealed record With
    {
        [Description("Leave code as it is but for control characters and composition (NFC): blocks between fences (``` and ~~~), code between backticks, indented blocks of Markdown, in plain text literal blocks of reStructuredText and lines that can be nothing but code (statements, prompts, directives, remarks) with their like around them, and documents that are source files by media type, by the name in their source or metadata (`path`, `extension`, `programming_language`), or by a first line such as #!/bin/sh. The funnel counts them (`found`: protected.code_blocks, code_spans, code_files). Without it code is cleaned like prose.")]
        public bool ProtectCode { get; init; } = true;

        [Description("Repair text that was UTF-8 and has been read as Windows-1252 or Latin-1 before, once or more often (`cafÃ©`). Good text stays as it is.")]
        public bool Mojibake { get; init; } = true;

        [Description("Remove control, zero-width and bidirectional formatting characters; line ends become line feeds.")]
        public bool ControlCharacters { get; init; } = true;

        [Description("Unicode normal form. nfkc also folds ligatures, full-width letters and the like.")]
        public UnicodeForm Normalize { get; init; } = UnicodeForm.Nfc;

        [Description("Remove tags of HTML, SVG and MathML, comments, scripts and the wrapping of CDATA, and decode entities. A tag has the name of an element and attributes as HTML writes them; one without attributes whose element has to be closed is a tag only where something closes it, so that `a<b and c>d`, `List<int>`, `cp <source> <target>` and `the <b> element` stay.")]
        public bool StripMarkup { get; init; } = true;

        [Description("Plain quotes, dashes and ellipses in place of typographic ones. Doubled ones (——, ……) and those beside Chinese, Japanese or Korean stay.")]
        public bool Punctuation { get; init; } = true;

        [Description("What becomes of web addresses; the placeholder is [URL]. Removing one takes the brackets around it, a blank beside it, marks that then stand without words, of a Markdown link all but its label, and definitions of links (`[label]: address`) whole. An address has the characters of RFC 3986 and letters of alphabets that set words apart; it ends before marks of the sentence and before a closing bracket that it did not open.")]
        public Treatment Urls { get; init; } = Treatment.Remove;

        [Description("What becomes of mail addresses; the placeholder is [EMAIL].")]
        public Treatment Emails { get; init; } = Treatment.Placeholder;

        [Description("What becomes of names of accounts (@ada); the placeholder is [HANDLE]. Decorators and annotations of code look the same.")]
        public Treatment Handles { get; init; } = Treatment.Keep;

        [Description("What becomes of emoji; the placeholder is [EMOJI].")]
        public Treatment Emoji { get; init; } = Treatment.Keep;

        [Description("Longest run of one punctuation mark that stays; 0 leaves any. Lines that are nothing but a rule stay.")]
        [Engine.Authoring.Range(0, 1000)]
        public int RepeatedPunctuation { get; init; } = 3;

        [Description("Drop short lines that belong to a web page and not to its text: rights reserved (as a sentence of its own, or with a mark of copyright), and lines that begin with stock phrases on cookies, JavaScript or sharing and do not go on from a line of prose.")]
        public bool BoilerplateLines { get; init; } = true;

        [Description("Regular expressions of further lines to drop, without regard to case; no look-around and no back-references, so that they run in linear time.")]
        public IReadOnlyList<string> DropLines { get; init; } = [];

        [Description("Collapse runs of blanks, trim lines and the text. Rows of tables keep their blanks: three lines with two blanks or more at the same place or with as many tabs, two with a bar or all their gaps at the same place, and rows whose cells go on below them.")]
        public bool Whitespace { get; init; } = true;

        [Description("With whitespace: keep the blanks that begin a line, which have a meaning in code. Rows of tables keep theirs.")]
        public bool KeepIndentation { get; init; } = true;

        [Description("With whitespace: longest run of line breaks that stays; 2 is one empty line.")]
        [Engine.Authoring.Range(1, 100)]
        public int MaximumNewlines { get; init; } = 2;

        [Description("One way to write bullets (- ), headings (# Title) and blanks beside commas, full stops and brackets; lines that look like code stay. Numbers stay, for 1.234 has two meanings.")]
        public bool Formatting { get; init; }

        [Description("`lower` writes everything in lower case; `fold` makes the same what differs by case only. Web and mail addresses stay. Both harm language models, which lose names and the beginnings of sentences; they are for search and classic classification.")]
        public Casing Casing { get; init; }

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
    public override int Version => 11;
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

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context) =>
        FilteredShards.RunAsync(new TextCleaner(Options(with)), inputs.Documents, outputs.Documents, outputs.Funnel, context);

    private static CleaningOptions Options(With with) => new()
    {
        ProtectCode = with.ProtectCode,
        Mojibake = with.Mojibake,
        ControlCharacters = with.ControlCharacters,
        Unicode = with.Normalize,
        StripMarkup = with.StripMarkup,
        Punctuation = with.Punctuation,
        Urls = with.Urls,
        Emails = with.Emails,
        Handles = with.Handles,
        Emoji = with.Emoji,
        RepeatedPunctuation = with.RepeatedPunctuation,
        BoilerplateLines = with.BoilerplateLines,
        DropLines = with.DropLines,
        Whitespace = with.Whitespace,
        KeepIndentation = with.KeepIndentation,
        MaximumNewlines = with.MaximumNewlines,
        Formatting = with.Formatting,
        Casing = with.Casing,
        MinimumCharacters = with.MinimumCharacters,
        MinimumWords = with.MinimumWords,
        MaximumWords = with.MaximumWords,
    };
}
