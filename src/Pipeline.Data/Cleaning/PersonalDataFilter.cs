using Pipeline.Data.Documents;
using Pipeline.Data.Privacy;

namespace Pipeline.Data.Cleaning;

public enum PersonalAction
{
    /// <summary>Put a typed placeholder in its place.</summary>
    Redact,

    /// <summary>Drop the document.</summary>
    Drop,

    /// <summary>Count it and leave it.</summary>
    Report,

    /// <summary>Do not look at it.</summary>
    Ignore,
}

/// <summary>Redacts, drops or reports personal data, each kind by its own action. Neither its counts nor its samples hold anything that was found.</summary>
public sealed class PersonalDataFilter : DocumentFilter
{
    private static readonly PersonalKind[] Kinds = Enum.GetValues<PersonalKind>();

    private readonly PersonalAction[] actions;

    /// <param name="action">What becomes of each kind.</param>
    public PersonalDataFilter(Func<PersonalKind, PersonalAction> action)
    {
        actions = [.. Kinds.Select(action)];
        Rules = [.. Kinds.Select(k => (NameOf(k), (string?)actions[(int)k].ToString().ToLowerInvariant()))];
    }

    public override IReadOnlyList<(string Rule, string? Threshold)> Rules { get; }

    /// <summary>As in a funnel: <c>ip_address</c>.</summary>
    public static string NameOf(PersonalKind kind) => PersonalData.Placeholder(kind)[1..^1].ToLowerInvariant();

    public override Document? Apply(Document document, FunnelTally tally)
    {
        tally.Begin(document.Text.Length);
        var spans = PersonalData.Find(document.Text);
        spans.RemoveAll(s => actions[(int)s.Kind] == PersonalAction.Ignore);
        if (spans.Count == 0) return document;
        var counts = new int[Kinds.Length];
        foreach (var span in spans) counts[(int)span.Kind]++;
        foreach (var kind in Kinds)
        {
            if (counts[(int)kind] == 0) continue;
            tally.Found(NameOf(kind), counts[(int)kind]);
            tally.Found(NameOf(kind) + ".documents");
        }

        var dropping = Array.FindIndex(Kinds, k => counts[(int)k] > 0 && actions[(int)k] == PersonalAction.Drop);
        if (dropping >= 0)
        {
            tally.Dropped(dropping, document.Id, document.Text, document.Text.Length, counts[dropping].ToString(System.Globalization.CultureInfo.InvariantCulture));
            return null;
        }

        // A kind at a time, so that each rule's own change is counted.
        foreach (var kind in Kinds)
        {
            if (counts[(int)kind] == 0 || actions[(int)kind] != PersonalAction.Redact) continue;
            var own = PersonalData.Replace(document.Text, [.. spans.Where(s => s.Kind == kind)], _ => PersonalData.Placeholder(kind));
            tally.Changed((int)kind, document.Id, document.Text, own);
        }

        return document with { Text = PersonalData.Replace(document.Text, [.. spans.Where(s => actions[(int)s.Kind] == PersonalAction.Redact)], s => PersonalData.Placeholder(s.Kind)) };
    }
}
