using System.ComponentModel;
using Pipeline.Data.Collection;

namespace Pipeline.Steps.Collecting;

/// <summary>Which pages of MediaWiki exports are read.</summary>
public sealed record WikiParams
{
    [Description("Numbers of the namespaces; 0 is articles.")]
    public IReadOnlyList<int> Namespaces { get; init; } = [0];

    [Description("Also pages that only lead to others.")]
    public bool Redirects { get; init; }

    internal WikiSelection ToSelection() => new() { Namespaces = Namespaces, Redirects = Redirects };
}
