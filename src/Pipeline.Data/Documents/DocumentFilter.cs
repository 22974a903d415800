namespace Pipeline.Data.Documents;

/// <summary>Changes documents or drops them, one at a time, by rules that a funnel counts. Several threads may use it at once, each with its own tally.</summary>
public abstract class DocumentFilter
{
    /// <summary>In the order in which they are asked; the threshold is the rule's setting as text.</summary>
    public abstract IReadOnlyList<(string Rule, string? Threshold)> Rules { get; }

    /// <summary>By rule, what to do about documents that it drops; the funnel has it where it drops any.</summary>
    public virtual IReadOnlyDictionary<string, string> Hints => NoHints;

    /// <summary>Counts for documents that pass here, none as yet.</summary>
    public FunnelTally NewTally() => new(Rules, Hints);

    /// <summary>The document as it comes out; null where a rule drops it.</summary>
    public abstract Document? Apply(Document document, FunnelTally tally);

    private static readonly Dictionary<string, string> NoHints = [];
}
