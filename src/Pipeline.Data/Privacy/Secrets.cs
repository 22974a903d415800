using System.Buffers;

namespace Pipeline.Data.Privacy;

/// <summary>Keys and tokens by the shapes that their issuers gave them, private keys, and what <see cref="AssignedSecrets"/> finds.</summary>
internal static class Secrets
{
    private const int LongestToken = 4096;
    private const int LongestKeyBlock = 16 << 10, LeastKeyLine = 32;

    private static readonly SearchValues<char> Token = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    private static readonly SearchValues<char> TokenOrDot = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

    private static readonly SearchValues<char> Base64 = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=");

    /// <summary>Of a private key with the lines before it, also where it is a string in code.</summary>
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/= \r\n\t\\\"',:-.|@<>");

    /// <summary>Prefix, and how many characters follow it at least and at most.</summary>
    private static readonly (string Prefix, int Least, int Most)[] Shapes =
    [
        ("AKIA", 16, 16), ("ASIA", 16, 16), ("AROA", 16, 17), ("AIDA", 16, 17), ("AGPA", 16, 17), ("ANPA", 16, 17),
        ("ghp_", 36, 255), ("gho_", 36, 255), ("ghu_", 36, 255), ("ghs_", 36, 255), ("ghr_", 36, 255), ("github_pat_", 60, 255), ("glpat-", 20, 64),
        ("AIza", 35, 35), ("ya29.", 20, 2048), ("xoxb-", 10, 250), ("xoxp-", 10, 250), ("xoxa-", 10, 250), ("xoxr-", 10, 250), ("xoxs-", 10, 250), ("xoxe-", 10, 250), ("xoxd-", 10, 250), ("xapp-", 10, 250),
        ("sk_live_", 16, 255), ("rk_live_", 16, 255), ("sk-ant-", 20, 255), ("sk-proj-", 20, 255), ("sk-", 20, 255), ("hf_", 30, 40), ("npm_", 36, 36), ("pypi-", 40, 255), ("dop_v1_", 64, 64), ("SG.", 40, 80),
        ("GOCSPX-", 28, 28), ("shpat_", 32, 32), ("hvs.", 24, 255), ("whsec_", 24, 64), ("glrt-", 20, 64), ("dckr_pat_", 20, 64), ("AGE-SECRET-KEY-1", 58, 58),
    ];

    private static readonly SearchValues<string> Starts = SearchValues.Create([.. Shapes.Select(s => s.Prefix), "eyJ", "-----BEGIN "], StringComparison.Ordinal);
    private static readonly SearchValues<string> Names = SearchValues.Create(["password", "passwd", "pwd", "passphrase", "secret", "token", "api_key", "apikey", "api-key", "access_key", "accesskey", "account_key", "accountkey", "private_key", "credential", "bearer", "authorization", "sig="], StringComparison.OrdinalIgnoreCase);

    public static void Find(ReadOnlySpan<char> text, List<PersonalSpan> found)
    {
        for (var at = 0; at < text.Length && text[at..].IndexOfAny(Starts) is >= 0 and var next;)
        {
            at += next;
            var length = text[at] == '-' ? KeyBlock(text[at..]) : at > 0 && char.IsLetterOrDigit(text[at - 1]) ? 0 : text[at..].StartsWith("eyJ") ? WebToken(text[at..]) : ByShape(text[at..]);
            if (length > 0) found.Add(new(PersonalKind.Secret, at, at + length));
            at += Math.Max(1, length);
        }

        for (var at = 0; at < text.Length && text[at..].IndexOfAny(Names) is >= 0 and var next;)
        {
            at += next;
            var (start, length) = AssignedSecrets.At(text[at..]);
            if (length > 0) found.Add(new(PersonalKind.Secret, at + start, at + start + length));
            at += Math.Max(3, start + length);
        }

        for (var at = 0; at < text.Length && text[at..].IndexOf("://") is >= 0 and var next;)
        {
            at += next + 3;
            if (AssignedSecrets.InAddress(text[at..]) is (var start, > 0 and var length)) found.Add(new(PersonalKind.Secret, at + start, at + start + length));
        }
    }

    private static int ByShape(ReadOnlySpan<char> text)
    {
        foreach (var (prefix, least, most) in Shapes)
        {
            if (!text.StartsWith(prefix)) continue;
            var body = Run(text[prefix.Length..], prefix is "SG." ? TokenOrDot : Token, LongestToken);
            var upper = prefix[0] == 'A' && prefix[1] != 'I' || prefix is "AIDA";
            if (body.Length < least || body.Length > most || (upper && body.ContainsAnyExcept(UpperOrDigit)) || !body.ContainsAnyInRange('0', '9')) continue;
            if (prefix is "sk-" && (body[..least].ContainsAny('-', '_') || !AssignedSecrets.IsRandom(body))) continue;
            return prefix.Length + body.Length;
        }

        return 0;
    }

    /// <summary>A JSON Web Token (RFC 7519): header and payload begin with <c>{"</c> in base64.</summary>
    private static int WebToken(ReadOnlySpan<char> text)
    {
        var token = Run(text, TokenOrDot, LongestToken).TrimEnd('.');
        var first = token.IndexOf('.');
        if (first < 10 || !token[(first + 1)..].StartsWith("eyJ")) return 0;
        var second = token[(first + 1)..].IndexOf('.');
        return second >= 10 && token.Length - first - second - 2 >= 10 ? token.Length : 0;
    }

    private static int KeyBlock(ReadOnlySpan<char> text)
    {
        const string Kind = "PRIVATE KEY", Rule = "-----", End = "-----END ";
        var line = text[..Math.Min(text.Length, 64)];
        var kind = line.IndexOf(Kind);
        if (kind < 0 || line[Rule.Length..kind].Contains('-') || line[kind..].IndexOf(Rule) < 0) return 0;
        var head = kind + line[kind..].IndexOf(Rule) + Rule.Length;
        var body = Run(text[head..], KeyCharacters, LongestKeyBlock);
        if (body.IndexOf(End) is >= 0 and var end && body[(end + End.Length)..].IndexOf(Rule) is >= 0 and <= 64 and var close) return head + end + End.Length + close + Rule.Length;
        // Cut short: as many lines of it as there are, and where there is none somebody only speaks of keys.
        var length = 0;
        for (var start = body.StartsWith("\n") ? 1 : body.StartsWith("\r\n") ? 2 : body.Length; start < body.Length;)
        {
            var own = Run(body[start..], Base64, LongestKeyBlock).Length;
            if (own < LeastKeyLine) break;
            start += own;
            length = start;
            if (start < body.Length && body[start] == '\r') start++;
            if (start >= body.Length || body[start] != '\n') break;
            start++;
        }

        return length == 0 ? 0 : head + length;
    }

    private static readonly SearchValues<char> UpperOrDigit = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    internal static ReadOnlySpan<char> Run(ReadOnlySpan<char> text, SearchValues<char> of, int most)
    {
        text = text[..Math.Min(text.Length, most)];
        return text.IndexOfAnyExcept(of) is >= 0 and var end ? text[..end] : text;
    }
}
