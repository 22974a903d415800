using System.Buffers;

namespace Pipeline.Data.Privacy;

/// <summary>
/// Secrets that are given to a name: <c>password = "…"</c>, <c>AccountKey=…</c>, <c>Authorization: Bearer …</c>, <c>scheme://user:…@host</c>. What a name is given must look drawn at random, or for a password
/// like no word, so that <c>password: required</c>, names of variables and placeholders stay.
/// </summary>
internal static class AssignedSecrets
{
    private const int LeastValue = 16, LongestValue = 512, LongestName = 48;
    private const int LeastPassword = 6, LeastBarePassword = 8, LongestPassword = 64, LeastInAddress = 4;
    private const int LeastKey = 32;
    private const double LeastEntropy = 3.5, LeastKeyEntropy = 4;
    private const int LongestUserInfo = 256;

    private static readonly SearchValues<char> Value = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+/=.~!$%^&*");
    private static readonly SearchValues<char> PasswordValue = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+/=.~!$%^&*@#?:");
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    private static readonly SearchValues<char> Signs = SearchValues.Create("!@#$%^&*?~+");
    private static readonly SearchValues<char> UserInfoEnds = SearchValues.Create("@/?#<>\"'`[]{}|\\()*, \t\r\n");

    private static readonly string[] PasswordNames = ["password", "passwd", "pwd", "passphrase"];
    private static readonly string[] Schemes = ["bearer", "basic", "token", "digest", "apikey"];

    /// <summary>Values that begin like a password and are the name of something else.</summary>
    private static readonly string[] Technical = ["sha", "md5", "utf", "base64", "base32", "argon", "pbkdf", "scram", "bcrypt", "varchar", "int", "uint", "latin", "iso"];

    /// <summary>What stands for a password where one is explained.</summary>
    private static readonly string[] Examples = ["password", "passwd", "passw0rd", "pass", "pwd", "pw", "secret", "token", "user", "username", "example", "changeme", "xxx", "xxxx", "xxxxx", "xxxxxx", "xxxxxxxx"];

    /// <summary>Where a secret begins and how long it is, behind the name that the text begins with; a length of 0 where none is.</summary>
    public static (int Start, int Length) At(ReadOnlySpan<char> text)
    {
        var name = Secrets.Run(text, NameCharacters, LongestName);
        var at = name.Length;
        // Without a colon: Bearer TOKEN, and the header's own scheme.
        if (name.Equals("bearer", StringComparison.OrdinalIgnoreCase) && at < text.Length && text[at] == ' ') return Credential(text, at);
        at += Blanks(text[at..], "\"'` \t");
        if (at >= text.Length || text[at] is not (':' or '=')) return default;
        at += Blanks(text[at..], ":=>");
        at += Blanks(text[at..], " \t");
        if (name.Equals("authorization", StringComparison.OrdinalIgnoreCase)) return Header(text, at);
        var quote = at < text.Length && text[at] is '"' or '\'' or '`' ? text[at++] : '\0';
        var password = EndsAsPassword(name) ? Password(text[at..], quote) : 0;
        if (password > 0) return (at, password);
        var value = Secrets.Run(text[at..], Value, LongestValue + 1);
        // In an address the next parameter begins.
        if (quote == '\0') value = value[..(value.IndexOf('&') is >= 0 and var next ? next : value.Length)].TrimEnd(".!,");
        var after = at + value.Length < text.Length ? text[at + value.Length] : ' ';
        return value.Length is < LeastValue or > LongestValue || after is '(' or '[' or '<' || !IsRandom(value) || (quote == '\0' && IsName(value)) ? default : (at, value.Length);
    }

    /// <summary>The password in <c>user:password@host</c>, where an address begins behind its slashes.</summary>
    public static (int Start, int Length) InAddress(ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, LongestUserInfo)];
        var end = text.IndexOfAny(UserInfoEnds);
        if (end <= 0 || text[end] != '@') return default;
        var colon = text[..end].IndexOf(':');
        if (colon < 0 || colon + 1 == end) return default;
        var password = text[(colon + 1)..end];
        if (password.Length < LeastInAddress || password[0] is '$' or '%' or '&' || IsOneOf(password, Examples)) return default;
        return (colon + 1, password.Length);
    }

    /// <summary>Whether a value of digits and letters is none that somebody would write by hand: many digits, or cases that change as they do in base64.</summary>
    public static bool IsRandom(ReadOnlySpan<char> value)
    {
        var (digits, upper, lower) = Count(value);
        if (digits == 0 || upper + lower == 0) return false;
        var entropy = Entropy(value);
        if (digits * 10 >= value.Length && entropy >= LeastEntropy) return true;
        return value.Length >= LeastKey && entropy >= LeastKeyEntropy && upper * 5 >= upper + lower && lower * 5 >= upper + lower;
    }

    /// <summary><c>Bearer TOKEN</c> behind the name of the header.</summary>
    private static (int Start, int Length) Header(ReadOnlySpan<char> text, int at)
    {
        at += Blanks(text[at..], "\"'` \t");
        var scheme = Secrets.Run(text[at..], NameCharacters, LongestName);
        if (!IsOneOf(scheme, Schemes) || at + scheme.Length >= text.Length || text[at + scheme.Length] != ' ') return default;
        return Credential(text, at + scheme.Length, header: true);
    }

    /// <param name="header">The name of the header stands before it, so that it may be short: a name and a password in base64, say.</param>
    private static (int Start, int Length) Credential(ReadOnlySpan<char> text, int at, bool header = false)
    {
        at += Blanks(text[at..], " \t\"'");
        var value = Secrets.Run(text[at..], Value, LongestValue * 8).TrimEnd(".!,");
        var (digits, upper, lower) = Count(value);
        var found = header ? value.Length >= LeastBarePassword && ((digits > 0 && upper + lower > 0) || (upper > 1 && lower > 1)) : value.Length >= LeastValue && digits > 0 && IsRandom(value);
        return found ? (at, value.Length) : default;
    }

    /// <summary>The length of what looks like a password; 0 where it does not.</summary>
    private static int Password(ReadOnlySpan<char> text, char quote)
    {
        var value = Secrets.Run(text, PasswordValue, LongestPassword + 1);
        if (quote == '\0') value = value.TrimEnd(".,:?");
        var after = value.Length < text.Length ? text[value.Length] : ' ';
        if (value.Length > LongestPassword || value.Length < (quote == '\0' ? LeastBarePassword : LeastPassword) || (quote != '\0' ? after != quote : after is '(' or '[' or '<' or '{')) return 0;
        // Paths, variables and entities.
        if (value[0] is '$' or '%' or '/' or '~' or '.' or '&' or '-' or '=' || value.IndexOf("://") >= 0 || value.IndexOf("...") >= 0) return 0;
        var (digits, upper, lower) = Count(value);
        var letters = upper + lower;
        var signs = value[..^1].ContainsAny(Signs);
        if (letters == 0 || (digits == 0 && !signs) || IsOneOf(value, Examples) || Begins(value, Technical)) return 0;
        if (signs && (digits > 0 || (upper > 0 && lower > 0))) return value.Length;
        if (digits == 0) return 0;
        // What is left could be the name of a variable.
        foreach (var name in PasswordNames)
            if (value.Contains(name, StringComparison.OrdinalIgnoreCase)) return 0;
        if (quote != '\0') return value.Length;
        var tail = value.Length - value.TrimEnd("0123456789").Length;
        var named = value.ContainsAny('.', '_', '-') || value.ContainsAny('/', ':') || (digits == tail && tail < 3);
        return named || (digits < 2 && (upper == 0 || lower == 0)) ? 0 : value.Length;
    }

    /// <summary>Names with dots or underscores between them, as in code: <c>config.v2.client_secret</c>.</summary>
    private static bool IsName(ReadOnlySpan<char> value)
    {
        if (!value.ContainsAny('.', '_')) return false;
        foreach (var range in value.SplitAny("._~"))
        {
            var (digits, runs) = (0, 0);
            var part = value[range];
            for (var i = 0; i < part.Length; i++)
            {
                if (!char.IsAsciiLetterOrDigit(part[i])) return false;
                if (!char.IsAsciiDigit(part[i])) continue;
                digits++;
                if (i == 0 || !char.IsAsciiDigit(part[i - 1])) runs++;
            }

            if (runs > 2 || digits > 4) return false;
        }

        return true;
    }

    private static bool EndsAsPassword(ReadOnlySpan<char> name)
    {
        name = name.TrimEnd("0123456789");
        foreach (var known in PasswordNames)
            if (name.EndsWith(known, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool IsOneOf(ReadOnlySpan<char> value, string[] words)
    {
        foreach (var word in words)
            if (value.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool Begins(ReadOnlySpan<char> value, string[] words)
    {
        foreach (var word in words)
            if (value.StartsWith(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static (int Digits, int Upper, int Lower) Count(ReadOnlySpan<char> value)
    {
        var (digits, upper, lower) = (0, 0, 0);
        foreach (var c in value)
        {
            if (char.IsAsciiDigit(c)) digits++;
            else if (char.IsAsciiLetterUpper(c)) upper++;
            else if (char.IsAsciiLetterLower(c)) lower++;
        }

        return (digits, upper, lower);
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

    private static int Blanks(ReadOnlySpan<char> text, ReadOnlySpan<char> of)
    {
        text = text[..Math.Min(text.Length, 8)];
        return text.IndexOfAnyExcept(of) is >= 0 and var end ? end : text.Length;
    }
}
