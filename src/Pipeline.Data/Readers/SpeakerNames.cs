namespace Pipeline.Data.Readers;

/// <summary>Speakers written before what they say: <c>MARY ANN: Hello</c>, <c>&gt;&gt; Mary: Hello</c>.</summary>
internal static class SpeakerNames
{
    private const int Longest = 40;
    private const int MostWords = 4;

    /// <summary>Those that come at least twice, as once may be any word before a colon; or are in capitals.</summary>
    public static HashSet<string> In(IEnumerable<string> lines)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in lines)
            if (Name(line) is var (name, _) && counts.Count < 10_000) counts[name] = counts.GetValueOrDefault(name) + 1;
        return [.. counts.Where(c => c.Value > 1 || c.Key.All(l => !char.IsLower(l))).Select(c => c.Key)];
    }

    /// <summary>Who speaks, if one of the names, and what is said; without a name the line as it is, but for the mark of a new speaker.</summary>
    public static (string? Speaker, string Text) Split(string line, HashSet<string> names) =>
        Name(line) is var (name, said) && names.Contains(name) ? (name, said) : (null, Unmarked(line));

    private static string Unmarked(string line) => line.StartsWith(">>", StringComparison.Ordinal) ? line.TrimStart('>').TrimStart() : line;

    private static (string Name, string Said)? Name(string line)
    {
        line = Unmarked(line);
        if (line.StartsWith("- ", StringComparison.Ordinal)) line = line[2..];
        var colon = line.AsSpan(0, Math.Min(line.Length, Longest + 1)).IndexOf(':');
        if (colon <= 0 || colon + 1 < line.Length && line[colon + 1] != ' ') return null;
        var name = line[..colon];
        var words = name.Split(' ');
        return words.Length <= MostWords && words.All(w => w.Length > 0 && (char.IsUpper(w[0]) || char.IsDigit(w[0])) && w.All(c => char.IsLetterOrDigit(c) || c is '.' or '\'' or '’' or '-')) && char.IsLetter(name[0])
            ? (name, line[(colon + 1)..].Trim())
            : null;
    }
}
