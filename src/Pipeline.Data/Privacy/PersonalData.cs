using System.Text;

namespace Pipeline.Data.Privacy;

/// <summary>Finds personal data by shape, bounds and checksum, in linear time. What has no shape (names, street addresses) it does not find.</summary>
public static class PersonalData
{
    public const char MaskCharacter = '*';

    /// <summary>Ascending, without overlaps: of two that overlap the first stays, of two that begin together the longer.</summary>
    public static List<PersonalSpan> Find(string text)
    {
        var all = new List<PersonalSpan>();
        for (var (start, end) = Addresses.NextEmail(text, 0); start >= 0; (start, end) = Addresses.NextEmail(text, end)) all.Add(new(PersonalKind.Email, start, end));
        Secrets.Find(text, all);
        InternetAddresses.FindVersion6(text, all);
        FindNumbers(text, all);
        if (all.Count < 2) return all;
        all.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        var kept = 0;
        for (var i = 0; i < all.Count; i++)
        {
            if (kept == 0 || all[i].Start >= all[kept - 1].End) all[kept++] = all[i];
        }

        all.RemoveRange(kept, all.Count - kept);
        return all;
    }

    /// <summary>The text with every character of personal data starred out, as long as it was.</summary>
    public static string Mask(string text) => Replace(text, Find(text), span => new string(MaskCharacter, span.End - span.Start));

    /// <summary>What stands in a text in place of something personal: <c>[IP_ADDRESS]</c>.</summary>
    public static string Placeholder(PersonalKind kind) => kind switch
    {
        PersonalKind.Email => Addresses.EmailPlaceholder,
        PersonalKind.Phone => "[PHONE]",
        PersonalKind.IpAddress => "[IP_ADDRESS]",
        PersonalKind.CreditCard => "[CREDIT_CARD]",
        PersonalKind.Iban => "[IBAN]",
        PersonalKind.Ssn => "[SSN]",
        _ => "[SECRET]",
    };

    internal static string Replace(string text, IReadOnlyCollection<PersonalSpan> spans, Func<PersonalSpan, string> replacement)
    {
        if (spans.Count == 0) return text;
        var (replaced, copied) = (new StringBuilder(text.Length), 0);
        foreach (var span in spans)
        {
            replaced.Append(text, copied, span.Start - copied).Append(replacement(span));
            copied = span.End;
        }

        return replaced.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Everything that begins with a digit, or with a sign or letters just before one.</summary>
    private static void FindNumbers(ReadOnlySpan<char> text, List<PersonalSpan> found)
    {
        for (var at = 0; at < text.Length && text[at..].IndexOfAnyInRange('0', '9') is >= 0 and var next;)
        {
            at += next;
            var end = Iban.EndAt(text, at) is var iban and > 0 ? Add(PersonalKind.Iban, at - 2, iban)
                : CreditCards.EndAt(text, at) is var card and > 0 ? Add(PersonalKind.CreditCard, at, card)
                : InternetAddresses.EndOfVersion4(text, at) is var ip and not 0 ? Add(PersonalKind.IpAddress, at, ip)
                : SocialSecurity.EndAt(text, at) is var ssn and > 0 ? Add(PersonalKind.Ssn, at, ssn)
                : Phones.SpanAt(text, at) is { End: > 0 } phone ? Add(PersonalKind.Phone, phone.Start, phone.End)
                : 0;
            if (end != 0) at = Math.Abs(end);
            else while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        }

        int Add(PersonalKind kind, int start, int end)
        {
            if (end > 0) found.Add(new(kind, start, end));
            return end;
        }
    }
}
