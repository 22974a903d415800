using static TorchSharp.torch;

namespace Pipeline.Training.Batches;

/// <summary>A micro-shard of token rows, [rows, columns]: row r's target at column c is what is to be predicted there, mostly the token that follows, or <see cref="Ignored"/>.</summary>
public sealed class TokenBatch(int rows, int columns)
{
    public const long Ignored = -100;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public long[] Ids { get; } = new long[(long)rows * columns];

    public long[] Targets { get; } = new long[(long)rows * columns];

    /// <summary>[rows, columns]: the number of the document that each token belongs to; null where a row is one document.</summary>
    public long[]? Segments { get; init; }

    /// <summary>[rows]: how many leading tokens of each row are seen from every place of it; null where none are.</summary>
    public long[]? Prefix { get; init; }

    /// <summary>[rows, S]: what an encoder reads, negative where a row has no more; null for a model without one.</summary>
    public long[]? Source { get; init; }

    /// <summary>The rows of several batches of the same columns, one after the other. Sources are padded to the longest.</summary>
    public static TokenBatch Join(IReadOnlyList<TokenBatch> batches)
    {
        var first = batches[0];
        var joined = new TokenBatch(batches.Sum(batch => batch.Rows), first.Columns)
        {
            Segments = first.Segments is null ? null : [.. batches.SelectMany(batch => batch.Segments!)],
            Prefix = first.Prefix is null ? null : [.. batches.SelectMany(batch => batch.Prefix!)],
            Source = first.Source is null ? null : Sources(batches),
        };
        var place = 0;
        foreach (var batch in batches)
        {
            batch.Ids.CopyTo(joined.Ids, place);
            batch.Targets.CopyTo(joined.Targets, place);
            place += batch.Ids.Length;
        }
        return joined;
    }

    static long[] Sources(IReadOnlyList<TokenBatch> batches)
    {
        var longest = batches.Max(batch => batch.Source!.Length / batch.Rows);
        var joined = new long[batches.Sum(batch => batch.Rows) * longest];
        Array.Fill(joined, -1);
        var row = 0;
        foreach (var batch in batches)
        {
            var length = batch.Source!.Length / batch.Rows;
            for (var r = 0; r < batch.Rows; r++, row++)
                batch.Source.AsSpan(r * length, length).CopyTo(joined.AsSpan(row * longest));
        }
        return joined;
    }

    /// <summary>How many targets are trained on: what a summed loss is divided by.</summary>
    public double Weight => Targets.Count(target => target != Ignored);

    /// <summary>What models read of a batch, and [rows, columns] targets and the places of those that are trained, counted through the rows.</summary>
    public (Tensor[] Inputs, Tensor Targets, Tensor Trained) On(Device device)
    {
        var trained = new long[Targets.Count(target => target != Ignored)];
        for (int place = 0, found = 0; place < Targets.Length; place++)
        {
            if (Targets[place] != Ignored)
                trained[found++] = place;
        }
        var inputs = Inputs(
            tensor(Ids, [Rows, Columns], device: device),
            Segments is null ? null : tensor(Segments, [Rows, Columns], device: device),
            Prefix is null ? null : tensor(Prefix, device: device),
            Source is null ? null : tensor(Source, [Rows, Source.Length / Rows], device: device));
        return (inputs, tensor(Targets, [Rows, Columns], device: device), tensor(trained, device: device));
    }

    /// <summary>ids [B, T], segments [B, T], prefix [B], source [B, S], as scripts index them; what is not given is empty.</summary>
    public static Tensor[] Inputs(Tensor ids, Tensor? segments = null, Tensor? prefix = null, Tensor? source = null)
    {
        return [ids, segments ?? None(), prefix ?? None(), source ?? None()];

        Tensor None() => empty([0], dtype: ScalarType.Int64, device: ids.device);
    }
}
