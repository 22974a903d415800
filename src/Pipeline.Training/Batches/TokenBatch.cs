using static TorchSharp.torch;

namespace Pipeline.Training.Batches;

/// <summary>A micro-shard of token rows, [rows, columns]: row r's target at column c is the token that follows its id there, or <see cref="Ignored"/>.</summary>
public sealed class TokenBatch(int rows, int columns)
{
    public const long Ignored = -100;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public long[] Ids { get; } = new long[(long)rows * columns];

    public long[] Targets { get; } = new long[(long)rows * columns];

    /// <summary>How many targets are trained on: what a summed loss is divided by.</summary>
    public double Weight => Targets.Count(target => target != Ignored);

    public Tensor IdsOn(Device device) => On(device, Ids);

    public Tensor TargetsOn(Device device) => On(device, Targets);

    Tensor On(Device device, long[] values) => tensor(values, [Rows, Columns], device: device);
}
