namespace Pipeline.Engine.Definitions;

/// <summary>What a step of a round carries on its way to the reader: no YAML can say it.</summary>
/// <param name="until">The condition, over the steps of the round before, that makes that one the last; null in the first round and where there is none.</param>
internal sealed class RoundNode(Place place, string block, int number, ScalarNode? until) : Node(place)
{
    public const string Key = "round";

    public string Block { get; } = block;
    public int Number { get; } = number;
    public ScalarNode? Until { get; } = until;
    public override long Size => 1;
    public override string Words => $"round {Number} of {Block}";
}
