using System.Buffers;

namespace Pipeline.Data.Cleaning;

/// <summary>
/// Lines of a page's furniture. A stock phrase alone drops nothing: the line has to be short and to begin with it (or to have nothing but a label with a sign before it), and must not go on from a line of prose; rights
/// reserved have to be all of the line, its last sentence, or stand beside a mark of copyright.
/// </summary>
internal static class BoilerplateLines
{
    /// <summary>A longer line is prose that may speak of cookies.</summary>
    private const int Longest = 160, LongestPhrase = 100;

    /// <summary>A line of prose that is wrapped is at least so long.</summary>
    private const int LeastWrapped = 40;
    private const string Rights = "all rights reserved";

    private static readonly string[] All =
    [
        Rights, "javascript is disabled", "javascript is required", "please enable javascript", "turn on javascript", "accept cookies", "accept all cookies", "we use cookies",
        "this site uses cookies", "this website uses cookies", "our use of cookies", "our cookie policy", "our privacy policy", "privacy policy |", "| privacy policy", "terms of use |",
        "terms of service |", "skip to content", "skip to main content", "subscribe to our newsletter", "sign up for our newsletter", "share on facebook", "share on twitter",
        "share this article", "follow us on", "click here to subscribe", "log in to comment", "leave a comment", "your email address will not be published", "back to top", "powered by wordpress",
    ];

    /// <summary>A part of each phrase that begins with letters that are seldom in a row: whole texts are looked through for these, many times faster than for all phrases.</summary>
    private static readonly string[] AllCores =
        ["hts reserved", "javascript", "cookie", "vacy policy", "rms of use |", "rms of service |", "kip to ", "wsletter", "cebook", "twitter", "hare this article", "llow us on", "ick here to", "og in to comment", "eave a comment", "email address", "ack to top", "rdpress"];

    private static readonly SearchValues<string> Cores = SearchValues.Create(AllCores, StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<string> Phrases = SearchValues.Create(All, StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<string> Copyright = SearchValues.Create(["©", "(c)", "copyright"], StringComparison.OrdinalIgnoreCase);

    public static bool MayBeIn(ReadOnlySpan<char> text) => text.ContainsAny(Cores);

    /// <summary>All that lines begin with.</summary>
    public static IReadOnlyList<string> Stock => All;

    /// <param name="before">The line above.</param>
    public static bool IsOne(ReadOnlySpan<char> line, ReadOnlySpan<char> before)
    {
        line = line.Trim();
        if (line.Length > Longest || line.IndexOfAny(Phrases) is not (>= 0 and var at)) return false;
        if (line[at..].StartsWith(Rights, StringComparison.OrdinalIgnoreCase)) return IsNotice(line, at);
        // A row of links.
        if (line[at] == '|' || line[at..].IndexOf('|') is >= 0 and < 20) return true;
        return line.Length <= LongestPhrase && IsLabel(line[..at]) && !GoesOn(before);
    }

    private static bool IsNotice(ReadOnlySpan<char> line, int at)
    {
        if (line.ContainsAny(Copyright)) return true;
        if (HasWords(line[(at + Rights.Length)..])) return false;
        return !HasWords(line[..at]) || (line.Length <= LongestPhrase && char.IsUpper(line[at]) && line[..at].TrimEnd() is [.., '.' or '|' or ',' or '-' or '–' or '—' or (>= '0' and <= '9')]);
    }

    /// <summary>Nothing, or what ends in a sign that sets labels apart.</summary>
    private static bool IsLabel(ReadOnlySpan<char> text) => !HasWords(text) || text.TrimEnd() is [.., '|' or '·' or '•' or '»' or '›' or '>' or '←' or '↑'];

    /// <summary>Whether a line is prose that its end does not end.</summary>
    private static bool GoesOn(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        return line.Length >= LeastWrapped && (char.IsLetterOrDigit(line[^1]) || line[^1] is ',' or ';' or '-');
    }

    private static bool HasWords(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (char.IsLetter(c)) return true;
        return false;
    }
}
