using System.Globalization;
using System.Text;

namespace Pipeline.Data.Crawling;

/// <summary>What a robots.txt says to one crawler (RFC 9309).</summary>
public sealed class RobotsRules
{
    /// <summary>Bytes that are looked at; what follows is not.</summary>
    public const int MostBytes = 500 * 1024;

    private const string NoRule = "no rule matches";

    /// <summary>About what a <see cref="TimeSpan"/> can hold: 29,000 years.</summary>
    private const double MostSeconds = 9e11;

    private readonly List<(bool Allow, string Pattern, string Written)> rules = [];
    private readonly RobotsVerdict otherwise;

    private RobotsRules(RobotsVerdict otherwise) => this.otherwise = otherwise;

    /// <summary>Addresses as they are written.</summary>
    public IReadOnlyList<string> Sitemaps { get; private set; } = [];

    /// <summary>Not of the standard, and yet often there.</summary>
    public TimeSpan? CrawlDelay { get; private set; }

    public static RobotsRules AllowAll(string why) => new(new(true, why));

    /// <param name="reason">A word of <see cref="Refusals"/>.</param>
    public static RobotsRules DisallowAll(string why, string reason = Refusals.Robots) => new(new(false, why) { Reason = reason });

    /// <summary>Nothing is known of the rules, perhaps for a moment.</summary>
    /// <param name="sitemaps">That they named when they were known.</param>
    public static RobotsRules Unreachable(string why, IReadOnlyList<string> sitemaps) => new(new(false, why) { IsTransient = true }) { Sitemaps = sitemaps };

    /// <param name="agent">The crawler's product token, such as <c>pipelines</c>.</param>
    public static RobotsRules Parse(ReadOnlySpan<byte> content, string agent)
    {
        var cut = content.Length > MostBytes;
        if (cut) content = content[..MostBytes];
        if (content.StartsWith(Encoding.UTF8.Preamble)) content = content[3..];
        // A line that the limit cut in two would say something else.
        if (cut && content.LastIndexOfAny((byte)'\n', (byte)'\r') is > 0 and var last) content = content[..last];
        var (own, all, sitemaps) = (new Group(), new Group(), new List<string>());
        var (namesOwn, namesAll, inAgents) = (false, false, false);
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n', '\r'))
        {
            if (Field(line) is not var (key, value)) continue;
            switch (key)
            {
                case "user-agent":
                    if (!inAgents) (namesOwn, namesAll) = (false, false);
                    inAgents = true;
                    var token = Token(value);
                    namesOwn |= token.Equals(agent, StringComparison.OrdinalIgnoreCase);
                    namesAll |= value is "*" || value.StartsWith("* ", StringComparison.Ordinal);
                    if (namesOwn) own.Named = true;
                    break;
                case "allow" or "disallow":
                    inAgents = false;
                    if (value.Length == 0) break;
                    if (namesOwn) own.Rules.Add((key == "allow", value));
                    if (namesAll) all.Rules.Add((key == "allow", value));
                    break;
                case "crawl-delay":
                    if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || !double.IsFinite(seconds)) break;
                    if (namesOwn) own.Delay ??= seconds;
                    if (namesAll) all.Delay ??= seconds;
                    break;
                case "sitemap":
                    sitemaps.Add(value);
                    break;
            }
        }

        var group = own.Named ? own : all;
        var read = new RobotsRules(new(true, NoRule)) { Sitemaps = sitemaps, CrawlDelay = group.Delay is { } delay ? TimeSpan.FromSeconds(Math.Min(delay, MostSeconds)) : null };
        foreach (var (allow, path) in group.Rules) read.rules.Add((allow, WebAddress.Escapes(path), $"{(allow ? "Allow" : "Disallow")}: {path}"));
        return read;
    }

    /// <summary>The longest rule that matches decides; of two equally long ones that which allows.</summary>
    public RobotsVerdict Judge(Uri address)
    {
        if (address.AbsolutePath == "/robots.txt") return new(true, "robots.txt itself");
        // In rules `*` and `$` are written as escapes where they mean themselves.
        var path = WebAddress.Escapes(address.PathAndQuery).Replace("*", "%2A", StringComparison.Ordinal).Replace("$", "%24", StringComparison.Ordinal);
        (bool Allow, string Pattern, string Written)? best = null;
        foreach (var rule in rules)
        {
            if (best is { } b && (rule.Pattern.Length < b.Pattern.Length || (rule.Pattern.Length == b.Pattern.Length && (b.Allow || !rule.Allow)))) continue;
            var toEnd = rule.Pattern.EndsWith('$');
            if (Wildcards.Matches(toEnd ? rule.Pattern.AsSpan()[..^1] : rule.Pattern, path, toEnd)) best = rule;
        }

        return best is { } decided ? new(decided.Allow, decided.Written) : otherwise;
    }

    /// <summary>What stands before the version or comment in the name of a crawler.</summary>
    public static string Token(string agent)
    {
        var end = 0;
        while (end < agent.Length && (char.IsAsciiLetter(agent[end]) || agent[end] is '-' or '_')) end++;
        return agent[..end];
    }

    private static (string Key, string Value)? Field(string line)
    {
        var hash = line.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0) line = line[..hash];
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (line[..colon].Trim().ToLowerInvariant(), line[(colon + 1)..].Trim());
    }

    private sealed class Group
    {
        public bool Named;
        public double? Delay;
        public readonly List<(bool Allow, string Path)> Rules = [];
    }
}
