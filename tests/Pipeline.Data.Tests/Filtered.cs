using Pipeline.Data.Documents;

namespace Pipeline.Data.Tests;

/// <summary>What a filter does to one text: what is left, and by which rule with which value it went or was changed.</summary>
internal sealed record Filtered(string? Text, string? Rule, string? Value, Funnel Funnel)
{
    public static Filtered By(DocumentFilter filter, string text, string? url = null)
    {
        var tally = filter.NewTally();
        var left = filter.Apply(Document.Create("s", text) with { Url = url }, tally);
        var funnel = tally.ToFunnel();
        var dropping = funnel.Rules.FirstOrDefault(r => r.DocumentsOut < r.DocumentsIn);
        Assert.Equal(left is null, dropping is not null);
        Assert.Equal(text.Length, funnel.Rules[0].CharactersIn);
        Assert.Equal(left?.Text.Length ?? 0, funnel.Rules[^1].CharactersOut);
        return new(left?.Text, dropping?.Rule, dropping?.Samples[0].Value, funnel);
    }

    public FunnelRule this[string rule] => Funnel.Rules.Single(r => r.Rule == rule);

    /// <summary>Rules that changed it.</summary>
    public IEnumerable<string> Changed => Funnel.Rules.Where(r => r.DocumentsChanged > 0).Select(r => r.Rule);
}
