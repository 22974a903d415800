using System.Text;
using ICU4N.Text;

namespace Pipeline.Data.Tokenizers.Normalizing;

/// <summary>Unicode's normal forms of any text in a time that is linear in it: ICU's own grows with the square of the length.</summary>
internal static class NormalForm
{
    private const int Segment = 512;

    /// <summary>Marks on one letter beyond this many are not brought into an order with those before: sorting them takes quadratic time.</summary>
    private const int LongestSegment = 4096;

    public static string Of(string text, Normalizer2 form)
    {
        StringBuilder? changed = null;
        var copied = 0;
        for (var at = 0; (at = NextOther(text, at)) < text.Length;)
        {
            // The letter before a mark may become one with it.
            var start = at > copied && text[at - 1] < 128 ? at - 1 : at;
            var end = at + 1;
            while (end < text.Length && end - start < LongestSegment && !(text[end] < 128 || (end - start >= Segment && BoundaryBefore(form, text, end)))) end++;
            if (end < text.Length && char.IsLowSurrogate(text[end])) end--;
            var segment = text.AsSpan(start, end - start);
            if (!form.IsNormalized(segment))
            {
                changed ??= new(text.Length);
                changed.Append(text, copied, start - copied).Append(form.Normalize(segment));
                copied = end;
            }

            at = end;
        }

        return changed is null ? text : changed.Append(text, copied, text.Length - copied).ToString();
    }

    private static int NextOther(string text, int from) => text.AsSpan(from).IndexOfAnyExceptInRange('\0', '\x7F') is >= 0 and var offset ? from + offset : text.Length;

    private static bool BoundaryBefore(Normalizer2 form, string text, int at) =>
        !char.IsLowSurrogate(text[at]) && form.HasBoundaryBefore(char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? char.ConvertToUtf32(text, at) : text[at]);
}
