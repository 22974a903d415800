namespace Pipeline.Data.Crawling;

/// <param name="Rule">What decided: a line of robots.txt as <c>Disallow: /private</c>, or why there is none.</param>
public sealed record RobotsVerdict(bool Allowed, string Rule)
{
    /// <summary>The word of <see cref="Refusals"/> for what is not allowed.</summary>
    public string Reason { get; init; } = Refusals.Robots;

    /// <summary>No rule said so: the rules cannot be had, perhaps for a moment.</summary>
    public bool IsTransient { get; init; }
}
