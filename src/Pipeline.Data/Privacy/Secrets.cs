using System.Buffers;

namespace Pipeline.Data.Privacy;

/// <summary>Keys and tokens by the shapes that their issuers gave them, private keys, and values of high entropy that are given to a name such as <c>password</c>.</summary>
internal static class Secrets
{
    private const int LongestToken = 4096;
    private const int LongestKeyBlock = 16 << 10;
    private const int LeastValue = 16;
    private const int LongestValue = 512;
    private const double LeastEntropy = 3.5;

    private static readonly SearchValues<char> Token = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    private static readonly SearchValues<char> TokenOrDot = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");
    private static readonly SearchValues<char> Value = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+/=.~!$%^&*");
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <summary>Prefix, and how many characters follow it at least and at most.</summary>
    private static readonly (string Prefix, int Least, int Most)[] Shapes =
    [
        ("AKIA", 16, 16), ("ASIA", 16, 16), ("AROA", 16, 17), ("AIDA", 16, 17), ("AGPA", 16, 17), ("ANPA", 16, 17),
        ("ghp_", 36, 255), ("gho_", 36, 255), ("ghu_", 36, 255), ("ghs_", 36, 255), ("ghr_", 36, 255), ("github_pat_", 60, 255), ("glpat-", 20, 64),
        ("AIza", 35, 35), ("ya29.", 20, 2048), ("xoxb-", 10, 250), ("xoxp-", 10, 250), ("xoxa-", 10, 250), ("xoxr-", 10, 250), ("xoxs-", 10, 250), ("xapp-", 10, 250),
        ("sk_live_", 16, 255), ("rk_live_", 16, 255), ("sk-ant-", 20, 255), ("sk-proj-", 20, 255), ("hf_", 30, 40), ("npm_", 36, 36), ("pypi-", 40, 255), ("dop_v1_", 64, 64), ("SG.", 40, 80),
    ];

    private static readonly SearchValues<string> Starts = SearchValues.Create([.. Shapes.Select(s => s.Prefix), "eyJ", "-----BEGIN "], StringComparison.Ordinal);
    private static readonly SearchValues<string> Names = SearchValues.Create(["password", "passwd", "pwd", "secret", "token", "api_key", "apikey", "api-key", "access_key", "accesskey", "private_key", "credential", "bearer"], StringComparison.OrdinalIgnoreCase);

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
            var (start, length) = Assigned(text[at..]);
            if (length > 0) found.Add(new(PersonalKind.Secret, at + start, at + start + length));
            at += Math.Max(3, start + length);
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
        const string Mark = "PRIVATE KEY-----", End = "-----END ";
        var line = text[..Math.Min(text.Length, 64)];
        var head = line.IndexOf(Mark);
        if (head < 0) return 0;
        var block = text[..Math.Min(text.Length, LongestKeyBlock)];
        var end = block[(head + Mark.Length)..].IndexOf(End);
        if (end < 0) return block.Length;
        var tail = head + Mark.Length + end;
        return block[tail..].IndexOf(Mark) is >= 0 and <= 64 and var mark ? tail + mark + Mark.Length : tail;
    }

    /// <summary>The value in <c>password = "…"</c>, where a value of that entropy is no word.</summary>
    private static (int Start, int Length) Assigned(ReadOnlySpan<char> text)
    {
        var at = Run(text, NameCharacters, 48).Length;
        at += Blanks(text[at..], "\"'` \t");
        if (at >= text.Length || text[at] is not (':' or '=')) return default;
        at += Blanks(text[at..], ":=>");
        at += Blanks(text[at..], " \t");
        var quoted = at < text.Length && text[at] is '"' or '\'' or '`';
        if (quoted) at++;
        var value = Run(text[at..], Value, LongestValue + 1);
        if (!quoted) value = value.TrimEnd(".!,");
        var after = at + value.Length < text.Length ? text[at + value.Length] : ' ';
        if (value.Length is < LeastValue or > LongestValue || after is '(' or '[' or '<') return default;
        var (digits, letters) = (0, 0);
        foreach (var c in value)
        {
            if (char.IsAsciiDigit(c)) digits++;
            else if (char.IsAsciiLetter(c)) letters++;
        }

        return digits * 10 >= value.Length && letters > 0 && Entropy(value) >= LeastEntropy ? (at, value.Length) : default;
    }

    /// <summary>Shannon's, in bits a character. For 16 characters at most 4.</summary>
    private static double Entropy(ReadOnlySpan<char> value)
    {
        Span<int> counts = stackalloc int[128];
        foreach (var c in value) counts[c & 127]++;
        var entropy = 0.0;
        foreach (var count in counts)
        {
            if (count > 0) entropy -= (double)count / value.Length * Math.Log2((double)count / value.Length);
        }

        return entropy;
    }

    private static readonly SearchValues<char> UpperOrDigit = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    private static ReadOnlySpan<char> Run(ReadOnlySpan<char> text, SearchValues<char> of, int most)
    {
        text = text[..Math.Min(text.Length, most)];
        return text.IndexOfAnyExcept(of) is >= 0 and var end ? text[..end] : text;
    }

    private static int Blanks(ReadOnlySpan<char> text, ReadOnlySpan<char> of)
    {
        text = text[..Math.Min(text.Length, 8)];
        return text.IndexOfAnyExcept(of) is >= 0 and var end ? end : text.Length;
    }
}
