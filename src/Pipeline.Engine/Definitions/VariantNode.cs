namespace Pipeline.Engine.Definitions;

/// <summary>What a variant of a matrix carries on its way to the reader: no YAML can say it.</summary>
internal sealed class VariantNode(Place place, VariantOf variant, RungOf? rung) : Node(place)
{
    public const string Key = "variant";

    public VariantOf Variant { get; } = variant;
    public RungOf? Rung { get; } = rung;
    public override long Size => 1;
    public override string Words => $"a variant of {Variant.Step}";
}
