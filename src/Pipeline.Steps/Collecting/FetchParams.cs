using System.ComponentModel;
using Pipeline.Data.Crawling;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>What all steps have in common that ask web servers. Documents of a page depend on the page, and so all but what is about reading them is of the whole alone.</summary>
public abstract record FetchParams : TextParams
{
    [Description("Who asks, as servers will see it: a name, which robots.txt may have rules for, and an address or page where their owners can complain. `example-lab/1.0 (+https://example.org/crawler)`")]
    [WholeOnly]
    public required string UserAgent { get; init; }

    [Description("How often all of it was fetched. Raise it to fetch again: servers are asked whether what the last run got has changed, and only what has is sent. What fails for a moment (5xx, 429, no answer in time, no connection, or a robots.txt that fails so) stays as the last run got it, and is counted and marked as kept from before; what is gone (404, 410, any other answer) or does not want to be taken (robots.txt, noindex) goes.")]
    [Horizon]
    [WholeOnly]
    [Engine.Authoring.Range(0, int.MaxValue)]
    public int Refresh { get; init; }

    [Description("How servers are asked.")]
    [WholeOnly]
    public WebParams Web { get; init; } = new();

    [Description("Media types that are taken; `text/*` stands for all of text, `*` for any.")]
    [WholeOnly]
    public IReadOnlyList<string> MediaTypes { get; init; } = [.. new CrawlOptions { UserAgent = "" }.MediaTypes];

    [Description("Pages that are asked for, redirects among them.")]
    [WholeOnly]
    [Engine.Authoring.Range(1, int.MaxValue)]
    public int MaxPages { get; init; } = 10_000;

    [Description("Megabytes (2^20 bytes) of all pages, unpacked. Which pages are in when it is reached depends on how fast servers are.")]
    [WholeOnly]
    [Engine.Authoring.Range(0.001, 1e9)]
    public double MaxMegabytes { get; init; } = 10_240;

    [Description("Hours that an attempt may ask for new pages. Which pages are in when they are over depends on how fast servers are.")]
    [WholeOnly]
    [Engine.Authoring.Range(0.0001, 100_000)]
    public double MaxHours { get; init; } = 12;

    internal IEnumerable<(string Option, string Message)> Check()
    {
        if (RobotsRules.Token(UserAgent).Length == 0) yield return ("user_agent", $"'{UserAgent}' begins with no name; begin with letters, as in example-lab/1.0 (+https://example.org/crawler)");
        else if (!UserAgent.Contains('@', StringComparison.Ordinal) && !UserAgent.Contains("http", StringComparison.OrdinalIgnoreCase))
            yield return ("user_agent", $"'{UserAgent}' says nowhere whom owners of servers can complain to; add a page or an e-mail address, as in example-lab/1.0 (+https://example.org/crawler)");
        if (UserAgent.Any(c => c is < ' ' or > '~')) yield return ("user_agent", "may have printable ASCII characters only");
        if (MediaTypes.Count == 0) yield return ("media_types", "takes nothing; name at least one, or * for any");
    }

    internal IEnumerable<(string Option, string Message)> CheckAddresses(string option, IReadOnlyList<string> addresses)
    {
        foreach (var address in addresses)
        {
            if (WebAddress.Normalize(address, null, []) is not { } uri) yield return (option, $"'{address}' is no address of http or https without name and password, such as https://example.org/docs/");
            else if (!Web.AllowPrivate && PublicAddresses.Exclude(uri)) yield return (option, $"'{address}' is of this machine or a private network, which is not asked; where that is meant, set web.allow_private: true");
        }
    }

    internal CrawlOptions ToOptions() => new()
    {
        UserAgent = UserAgent,
        Web = Web.ToLimits(),
        MediaTypes = MediaTypes,
        MostPages = MaxPages,
        MostBytes = (long)(MaxMegabytes * (1 << 20)),
        Longest = TimeSpan.FromHours(MaxHours),
    };
}
