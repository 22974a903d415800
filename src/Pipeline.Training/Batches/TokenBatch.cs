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

    /// <summary>[rows, columns] ids and targets, and the places of the targets that are trained, counted through the rows.</summary>
    public (Tensor Ids, Tensor Targets, Tensor Trained) On(Device device)
    {
        var trained = new long[Targets.Count(target => target != Ignored)];
        for (int place = 0, found = 0; place < Targets.Length; place++)
        {
            if (Targets[place] != Ignored)
                trained[found++] = place;
        }
        return (tensor(Ids, [Rows, Columns], device: device), tensor(Targets, [Rows, Columns], device: device), tensor(trained, device: device));
    }
}
