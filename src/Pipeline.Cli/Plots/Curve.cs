namespace Pipeline.Cli.Plots;

/// <summary>A figure over the steps of a training; x rises.</summary>
/// <param name="Side">0 for the old or only side, 1 for the new one.</param>
internal sealed record Curve(string Name, int Side, bool Dashed, IReadOnlyList<(double X, double Y)> Points)
{
    private const int MostPoints = 400;

    /// <summary>At most <see cref="MostPoints"/> points, each the mean of its neighbours: a page of a long run stays small.</summary>
    public Curve Thinned()
    {
        if (Points.Count <= MostPoints) return this;
        var each = (int)Math.Ceiling(Points.Count / (double)MostPoints);
        return this with { Points = [.. Points.Chunk(each).Select(c => (c[^1].X, c.Average(p => p.Y)))] };
    }
}

/// <summary>A metric's final values, one pair of bars a category; null where a side does not have it.</summary>
internal sealed record BarGroup(string Category, double? Old, double? New);

/// <summary>What is drawn in one picture.</summary>
internal abstract record Chart(string Title)
{
    /// <param name="Across">What x is.</param>
    public sealed record Lines(string Title, IReadOnlyList<Curve> Curves, string Across = "step") : Chart(Title);

    /// <param name="Sides">What the bars of a pair are called; one name where there is one side.</param>
    public sealed record Bars(string Title, IReadOnlyList<string> Sides, IReadOnlyList<BarGroup> Groups) : Chart(Title);
}
