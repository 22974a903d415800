namespace Pipeline.Training.Estimates;

/// <summary>Elements that a forward pass keeps for the backward pass.</summary>
/// <param name="Wide">Always float32: what norms and residual branches read.</param>
/// <param name="Narrow">In the precision of matrix products.</param>
readonly record struct Kept(double Wide, double Narrow)
{
    public static Kept operator +(Kept a, Kept b) => new(a.Wide + b.Wide, a.Narrow + b.Narrow);

    public static Kept operator *(double times, Kept kept) => new(times * kept.Wide, times * kept.Narrow);

    public double Bytes(Precision precision) => 4 * Wide + (precision == Precision.Bfloat16 ? 2 : 4) * Narrow;
}
