using System.Runtime.InteropServices;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Pruning;

public enum PruningScope
{
    /// <summary>The smallest weights of all the tensors together.</summary>
    Global,

    /// <summary>The smallest weights of each tensor.</summary>
    Layer,
}

/// <summary>What became of one tensor.</summary>
/// <param name="Threshold">The greatest magnitude that was removed; 0 where nothing was.</param>
public sealed record PrunedTensor(string Name, long Weights, long Removed, double Threshold)
{
    public double Sparsity => Weights == 0 ? 0 : (double)Removed / Weights;
}

/// <summary>Removes the weights of the least magnitude (Han et al. 2015): exactly round(sparsity·n) of n, of equal ones those that come first in the layout.</summary>
public sealed record MagnitudePruning
{
    const long Piece = 1 << 24;
    const int Buckets = 1 << 16;

    /// <summary>The share of the weights to remove, below 1.</summary>
    public required double Sparsity { get; init; }

    public PruningScope Scope { get; init; } = PruningScope.Global;

    /// <summary>Patterns of the parameters to prune; empty: all that map activations to activations, so no embedding, output layer, norm or bias.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Patterns of those to leave as they are.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <returns>A mask of the pruned parameters, which the caller owns; the model keeps its weights until the mask is held.</returns>
    /// <exception cref="ArgumentException">A pattern matches nothing, or nothing is left to prune.</exception>
    /// <exception cref="InvalidDataException">A weight is not a number.</exception>
    public (PruningMask Mask, IReadOnlyList<PrunedTensor> Tensors) Of(LanguageModel model)
    {
        if (Sparsity is not (>= 0 and < 1))
            throw new ArgumentException($"sparsity is {Sparsity}, but must be at least 0 and below 1.");
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var pruned = Chosen(model.Parameters.Layout).Select(parameter => new Part(parameter, Weights(model, parameter), zeros(parameter.Shape, ScalarType.Bool).DetachFromDisposeScope())).ToList();
        foreach (var group in Scope == PruningScope.Global ? [pruned] : pruned.Select(part => new List<Part> { part }))
            Remove(group, (long)Math.Round(Sparsity * group.Sum(part => part.Values.numel()), MidpointRounding.AwayFromZero));
        return (new([.. pruned.Select(part => (part.Parameter.Name, part.Removed))]), [.. pruned.Select(part => new PrunedTensor(part.Parameter.Name, part.Values.numel(), part.Count, part.Threshold))]);
    }

    /// <exception cref="ArgumentException">A pattern matches nothing, or nothing is left.</exception>
    public IReadOnlyList<ParameterLayout> Chosen(IReadOnlyList<ParameterLayout> layout)
    {
        string[] names = [.. layout.Select(parameter => parameter.Name)];
        ParameterNames.Check(Include, names, "prune");
        ParameterNames.Check(Exclude, names, "leave out of pruning");
        var chosen = layout
            .Where(parameter => Include.Count == 0 ? parameter.Hidden : Include.Any(pattern => ParameterNames.Matches(pattern, parameter.Name)))
            .Where(parameter => !Exclude.Any(pattern => ParameterNames.Matches(pattern, parameter.Name))).ToList();
        return chosen.Count > 0 ? chosen : throw new ArgumentException("Nothing is left to prune: give include patterns of parameters, or exclude fewer.");
    }

    /// <summary>Flat, on the CPU, without the rows that only pad a vocabulary.</summary>
    static Tensor Weights(LanguageModel model, ParameterLayout parameter)
    {
        var values = model.Parameters[parameter.Name].detach();
        return (parameter.VocabularyRows ? values.narrow(0, 0, model.Config.Vocabulary) : values).cpu().contiguous().view(-1);
    }

    /// <summary>The bits of floats that are not negative order as they do: the k-th smallest magnitude is found by counting, first its upper half, then its lower one.</summary>
    static void Remove(List<Part> parts, long count)
    {
        if (count == 0)
            return;
        var upper = new long[Buckets];
        ForEach(parts, (part, bits, _) =>
        {
            foreach (var each in bits)
            {
                if ((each & 0x7fffffff) > 0x7f800000)
                    throw new InvalidDataException($"'{part.Parameter.Name}' holds a weight that is not a number.");
                upper[(each & 0x7fffffff) >> 16]++;
            }
        });
        var (high, below) = Find(upper, count);
        var lower = new long[Buckets];
        ForEach(parts, (_, bits, _) =>
        {
            foreach (var each in bits)
                if ((each & 0x7fffffff) >> 16 == high)
                    lower[each & 0xffff]++;
        });
        var (low, belowThat) = Find(lower, count - below);
        var threshold = (uint)(high << 16 | low);
        var equal = count - below - belowThat;
        ForEach(parts, (part, bits, removed) =>
        {
            for (var i = 0; i < bits.Length; i++)
            {
                var magnitude = bits[i] & 0x7fffffff;
                if (magnitude > threshold || (magnitude == threshold && equal-- <= 0))
                    continue;
                removed[i] = 1;
                part.Take(magnitude);
            }
        });
    }

    /// <summary>The bucket with the number-th element, from 1, and how many elements lie in buckets before it.</summary>
    static (int Bucket, long Below) Find(long[] buckets, long number)
    {
        long below = 0;
        var at = 0;
        for (; below + buckets[at] < number; at++)
            below += buckets[at];
        return (at, below);
    }

    delegate void OnPiece(Part part, ReadOnlySpan<uint> bits, Span<byte> removed);

    static void ForEach(List<Part> parts, OnPiece onPiece)
    {
        foreach (var part in parts)
        {
            using var scope = NewDisposeScope();
            var removed = part.Removed.view(-1);
            for (long start = 0, all = part.Values.numel(); start < all; start += Piece)
            {
                var length = Math.Min(Piece, all - start);
                onPiece(part, MemoryMarshal.Cast<byte, uint>(part.Values.narrow(0, start, length).bytes), removed.narrow(0, start, length).bytes);
            }
        }
    }

    sealed record Part(ParameterLayout Parameter, Tensor Values, Tensor Removed)
    {
        uint greatest;

        public long Count { get; private set; }

        public double Threshold => BitConverter.UInt32BitsToSingle(greatest);

        public void Take(uint magnitude)
        {
            Count++;
            greatest = Math.Max(greatest, magnitude);
        }
    }
}
