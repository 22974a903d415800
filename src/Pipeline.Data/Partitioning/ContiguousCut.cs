using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <summary>
/// Cuts every document in place: its beginning trains, what follows validates, its end tests, as nanoGPT cuts its one long text.
/// The parts share no character, but an author repeats himself: for documents that must not resemble each other there is <see cref="Partitioner"/>.
/// </summary>
public static class ContiguousCut
{
    /// <summary>The passages that fall to a part, in the order of the documents; documents too short to have one are left out.</summary>
    public static IEnumerable<Document> PassagesOf(IEnumerable<Document> documents, Part part, PartitionRules rules)
    {
        if (rules.Problems().FirstOrDefault() is { Property: { } property, Problem: var problem }) throw new ArgumentException($"{property} {problem}.", nameof(rules));
        foreach (var document in documents)
        {
            var (start, end) = (BorderBefore(part, document.Text, rules), BorderBefore(part + 1, document.Text, rules));
            if (start == end) continue;
            var passage = document.Text[start..end];
            yield return document with { Id = Document.StableId(document.Id, part.ToString(), passage), Text = passage };
        }
    }

    private static int BorderBefore(Part part, string text, PartitionRules rules)
    {
        if (part == Part.Train) return 0;
        var rest = Enum.GetValues<Part>().Where(p => p >= part).Sum(rules.RatioOf);
        if (rest == 0) return text.Length;
        var share = part == Part.Validation ? rules.Train : rules.Train + rules.Validation;
        var at = (int)(text.Length * share);
        // A character outside the basic plane is two units that belong together.
        return at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1]) ? at - 1 : at;
    }
}
