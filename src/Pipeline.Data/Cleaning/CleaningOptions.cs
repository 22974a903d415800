using Pipeline.Data.Privacy;

namespace Pipeline.Data.Cleaning;

/// <summary>Which operations clean a text, each with its own switch. They run in the order written here.</summary>
public sealed record CleaningOptions
{
    /// <summary>Code in texts, and texts that are code, keep every character but for controls and composition.</summary>
    public bool ProtectCode { get; init; } = true;

    /// <summary>UTF-8 that was once read as Windows-1252 or Latin-1 becomes what it was.</summary>
    public bool Mojibake { get; init; } = true;

    /// <summary>Control, zero-width and bidirectional formatting characters; line ends become <c>\n</c>.</summary>
    public bool ControlCharacters { get; init; } = true;

    public UnicodeForm Unicode { get; init; } = UnicodeForm.Nfc;

    /// <summary>HTML tags and entities.</summary>
    public bool StripMarkup { get; init; } = true;

    /// <summary>Curly quotes, dashes and ellipses become the plain ones of a keyboard.</summary>
    public bool Punctuation { get; init; } = true;

    public Treatment Urls { get; init; } = Treatment.Remove;
    public Treatment Emails { get; init; } = Treatment.Placeholder;

    /// <summary>Names of accounts such as <c>@ada</c>.</summary>
    public Treatment Handles { get; init; } = Treatment.Keep;

    public Treatment Emoji { get; init; } = Treatment.Keep;

    /// <summary>Longest run of one punctuation mark that stays, 0 for any.</summary>
    public int RepeatedPunctuation { get; init; } = 3;

    /// <summary>Short lines that belong to a page and not to its text.</summary>
    public bool BoilerplateLines { get; init; } = true;

    /// <summary>Regular expressions (without look-around or back-references) of further lines to drop.</summary>
    public IReadOnlyList<string> DropLines { get; init; } = [];

    /// <summary>Runs of blanks become one, line ends are trimmed.</summary>
    public bool Whitespace { get; init; } = true;

    /// <summary>Keeps the blanks that begin a line, which are meaning in code.</summary>
    public bool KeepIndentation { get; init; } = true;

    /// <summary>Longest run of line breaks that stays; 2 is one empty line.</summary>
    public int MaximumNewlines { get; init; } = 2;

    /// <summary>One way to write bullets, headings and blanks beside marks.</summary>
    public bool Formatting { get; init; }

    public Casing Casing { get; init; }

    public int MinimumCharacters { get; init; } = 1;
    public int MinimumWords { get; init; }
    public int? MaximumWords { get; init; }
}

public enum UnicodeForm
{
    None,
    Nfc,
    Nfkc,
}

public enum Casing
{
    Keep,
    Lower,

    /// <summary>Unicode's full case folding: what differs by case only becomes the same (ß and SS).</summary>
    Fold,
}
