namespace Pipeline.Training.Sampling;

/// <summary>Texts that end a generated one.</summary>
public static class StopText
{
    /// <summary>The text before the first of the stops that occurs in it.</summary>
    public static string Cut(string text, IEnumerable<string> stops)
    {
        var ends = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).ToList();
        return ends.Count > 0 ? text[..ends.Min()] : text;
    }
}
