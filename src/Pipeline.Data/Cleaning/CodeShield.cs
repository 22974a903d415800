using System.Globalization;
using System.Text;
using Pipeline.Data.Documents;
using Pipeline.Data.Privacy;

namespace Pipeline.Data.Cleaning;

/// <summary>
/// A text with its code taken out, so that what changes prose leaves code alone. In place of code stands a number in Unicode's noncharacters (U+FDD0 to U+FDEF), which are for such uses and which no operation
/// makes or changes; where a text has some itself they are taken out like code.
/// </summary>
internal sealed class CodeShield
{
    /// <summary>Before the number of a span, and of a block.</summary>
    public const char SpanMark = '\uFDD0', BlockMark = '\uFDD2';

    private const char Close = '\uFDD1', Zero = '\uFDE0', First = '\uFDD0', Last = '\uFDEF';
    private const int DigitBits = 4;

    private readonly List<CodeRegion> regions;
    private readonly string[] code;
    private string proseBefore = "";
    private string[] codeBefore = [];
    private int? length;

    private CodeShield(string text, List<CodeRegion> regions)
    {
        (this.regions, code) = (regions, new string[regions.Count]);
        if (regions.Count == 0)
        {
            Prose = text;
            return;
        }

        var (prose, copied) = (new StringBuilder(text.Length), 0);
        for (var i = 0; i < code.Length; i++)
        {
            var region = regions[i];
            code[i] = text[region.Start..region.End];
            prose.Append(text, copied, region.Start - copied).Append(region.Kind is CodeKind.Block or CodeKind.File ? BlockMark : SpanMark);
            for (var rest = i; ; rest >>= DigitBits)
            {
                prose.Append((char)(Zero + (rest & ((1 << DigitBits) - 1))));
                if (rest < 1 << DigitBits) break;
            }

            prose.Append(Close);
            copied = region.End;
        }

        Prose = prose.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The text without its code.</summary>
    public string Prose { get; private set; }

    /// <summary>With its code.</summary>
    public string Text => Lift(Prose, code);

    /// <summary>Of <see cref="Text"/>, without making it.</summary>
    public int Length => length ??= LengthOf(Prose, code);

    /// <summary>Of a text of a document.</summary>
    public static CodeShield Over(string text, Document document) => new(text, RegionsOf(text, document));

    /// <summary>Of a text whose words are changed: addresses are taken out as well, and code where it is asked for.</summary>
    public static CodeShield OverWords(string text, Document document, bool code)
    {
        var regions = code ? RegionsOf(text, document) : [];
        if (!code && HasMarks(text)) AddForeign(text, regions);
        var (known, next) = (regions.ToArray(), 0);
        foreach (var (start, end) in Addresses.Spans(text))
        {
            while (next < known.Length && known[next].End <= start) next++;
            // What is in code is taken out with it.
            if (next == known.Length || known[next].Start >= end) regions.Add(new(CodeKind.Address, start, end));
        }

        regions.Sort((a, b) => a.Start.CompareTo(b.Start));
        return new(text, regions);
    }

    /// <summary>A shield that takes nothing out.</summary>
    public static CodeShield Off(string text) => new(text, []);

    /// <summary>Whether a text has characters that stand for code: an operation that made some would forge it.</summary>
    public static bool HasMarks(ReadOnlySpan<char> text) => text.ContainsAnyInRange(First, Last);

    /// <summary>Changes the prose by one operation and the code by another or none; false where nothing changes.</summary>
    public bool Apply(Func<string, string> operation, Func<string, string>? onCode = null)
    {
        (proseBefore, codeBefore) = (Prose, onCode is null || code.Length == 0 ? code : [.. code]);
        var after = operation(Prose);
        var changed = !ReferenceEquals(after, Prose) && after != Prose;
        Prose = after;
        for (var i = 0; onCode is not null && i < code.Length; i++)
        {
            if (regions[i].Kind == CodeKind.Foreign) continue;
            after = onCode(code[i]);
            changed |= !ReferenceEquals(after, code[i]) && after != code[i];
            code[i] = after;
        }

        if (changed) length = null;
        return changed;
    }

    /// <summary>The text before the last operation and after it.</summary>
    public (string Before, string After) Texts() => (Lift(proseBefore, codeBefore), Text);

    /// <summary>Adds how much of each kind there is.</summary>
    public void Count(FunnelTally tally)
    {
        foreach (var kind in regions.Where(r => r.Kind is not (CodeKind.Foreign or CodeKind.Address)).GroupBy(r => r.Kind).OrderBy(g => g.Key))
            tally.Found(string.Create(CultureInfo.InvariantCulture, $"protected.code_{kind.Key.ToString().ToLowerInvariant()}s"), kind.Count());
    }

    private static List<CodeRegion> RegionsOf(string text, Document document)
    {
        var regions = SourceFiles.Contain(document) ? [new(CodeKind.File, 0, text.Length)] : CodeRegions.In(text, document.MediaType is "text/markdown" or "text/x-markdown");
        if (HasMarks(text) && !(regions is [{ Kind: CodeKind.File }])) AddForeign(text, regions);
        return regions;
    }

    private static string Lift(string prose, string[] code) => code.Length == 0 ? prose : string.Create(LengthOf(prose, code), (prose, code), static (text, from) =>
    {
        var copied = 0;
        foreach (var (start, end, number) in MarksIn(from.prose))
        {
            from.prose.AsSpan(copied, start - copied).CopyTo(text);
            text = text[(start - copied)..];
            from.code[number].CopyTo(text);
            text = text[from.code[number].Length..];
            copied = end;
        }

        from.prose.AsSpan(copied).CopyTo(text);
    });

    private static int LengthOf(string prose, string[] code)
    {
        var length = prose.Length;
        if (code.Length == 0) return length;
        foreach (var (start, end, number) in MarksIn(prose)) length += code[number].Length - (end - start);
        return length;
    }

    /// <summary>Where code was taken out, and its number.</summary>
    private static IEnumerable<(int Start, int End, int Number)> MarksIn(string prose)
    {
        for (var at = 0; at < prose.Length && prose.AsSpan(at).IndexOfAny(SpanMark, BlockMark) is >= 0 and var found;)
        {
            var start = at + found;
            var (number, shift) = (0, 0);
            for (at = start + 1; prose[at] != Close; at++, shift += DigitBits) number |= (prose[at] - Zero) << shift;
            yield return (start, ++at, number);
        }
    }

    private static void AddForeign(string text, List<CodeRegion> regions)
    {
        var (known, next) = (regions.ToArray(), 0);
        for (var at = 0; at < text.Length && text.AsSpan(at).IndexOfAnyInRange(First, Last) is >= 0 and var found;)
        {
            at += found;
            while (next < known.Length && known[next].End <= at) next++;
            if (next < known.Length && known[next].Start <= at)
            {
                at = known[next].End;
                continue;
            }

            var start = at;
            while (at < text.Length && text[at] is >= First and <= Last) at++;
            regions.Add(new(CodeKind.Foreign, start, next < known.Length ? Math.Min(at, known[next].Start) : at));
        }

        regions.Sort((a, b) => a.Start.CompareTo(b.Start));
    }
}
