namespace Pipeline.Data.Crawling;

/// <summary>What <c>meta name="robots"</c> and <c>X-Robots-Tag</c> forbid; what forbids training of models (<c>noai</c>) forbids to take a page.</summary>
internal sealed class RobotsDirectives(string agent)
{
    public bool NoIndex { get; private set; }

    public bool NoFollow { get; private set; }

    public void AddMeta(ReadOnlySpan<char> name, ReadOnlySpan<char> content)
    {
        name = name.Trim();
        if (name.Equals("robots", StringComparison.OrdinalIgnoreCase) || name.Equals(agent, StringComparison.OrdinalIgnoreCase)) Add(content);
    }

    /// <param name="value">Of the header; before a colon stands whom it is for.</param>
    public void AddHeader(string value)
    {
        var forUs = true;
        foreach (var part in value.Split(','))
        {
            var directive = part.Trim();
            if (directive.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && !directive.StartsWith("unavailable_after", StringComparison.OrdinalIgnoreCase) && !directive.StartsWith("max-", StringComparison.OrdinalIgnoreCase))
            {
                forUs = directive[..colon].Trim().Equals(agent, StringComparison.OrdinalIgnoreCase);
                directive = directive[(colon + 1)..];
            }

            if (forUs) Add(directive);
        }
    }

    private void Add(ReadOnlySpan<char> directives)
    {
        foreach (var range in directives.Split(','))
        {
            var word = directives[range].Trim();
            if (word.Equals("none", StringComparison.OrdinalIgnoreCase)) (NoIndex, NoFollow) = (true, true);
            else if (word.Equals("nofollow", StringComparison.OrdinalIgnoreCase)) NoFollow = true;
            else if (word.Equals("noindex", StringComparison.OrdinalIgnoreCase) || word.Equals("noai", StringComparison.OrdinalIgnoreCase)) NoIndex = true;
        }
    }
}
