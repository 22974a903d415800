using System.Globalization;

namespace Pipeline.Steps.Evaluate;

/// <summary>One figure (<c>test.bits_per_byte</c>) of every column; null where it was not measured.</summary>
public sealed record HeldOutRow(string Figure, IReadOnlyList<double?> Values)
{
    /// <summary>All values of a row with as many decimals as its largest bears.</summary>
    private readonly string format = (Figure.Contains("accuracy", StringComparison.Ordinal), Values.Max(v => Math.Abs(v ?? 0))) switch
    {
        (true, _) => "0.0 %",
        (_, var most) when Values.All(v => v is null || v == Math.Floor(v.Value)) && most < 1e15 => "#,0",
        (_, >= 1000) => "#,0",
        (_, >= 100) => "0.0",
        _ => "0.000",
    };

    /// <summary><c>test</c></summary>
    public string Group => Figure.Split('.', 2)[0];

    /// <summary><c>bits per byte</c></summary>
    public string Label => Figure[(Figure.IndexOf('.') + 1)..].Replace('_', ' ');

    public string Say(int column) => Values[column]?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
