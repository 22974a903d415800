using Pipeline.Training.Distributed;
using static TorchSharp.torch;

namespace Pipeline.Training.Verification;

/// <summary>Ranks that are threads of one process. What is random must not be drawn by more than one of them: libtorch's generator is the process's.</summary>
sealed class ThreadedRanks : ICollective
{
    readonly Shared shared;

    ThreadedRanks(Shared shared, int rank) => (this.shared, Rank) = (shared, rank);

    public int Rank { get; }

    public int Size => shared.Given.Length;

    public static IReadOnlyList<ICollective> Of(int count)
    {
        var shared = new Shared(count);
        return [.. Enumerable.Range(0, count).Select(rank => new ThreadedRanks(shared, rank))];
    }

    public void SumShards(Tensor total, IReadOnlyList<Tensor> subtrees, int shards)
    {
        var sums = Exchange(subtrees.SelectMany(subtree => subtree.data<float>().ToArray()).ToArray()).SelectMany(each => (float[])each).ToArray();
        PairwiseTree.Sum(sums.AsSpan(), [.. Enumerable.Range(0, Size).SelectMany(rank => PairwiseTree.RunOf(shards, rank, Size) is var (start, end) ? PairwiseTree.Cover(start, end) : [])]);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        total.copy_(tensor(sums[..(int)total.numel()]).view(total.shape));
    }

    public void AllReduceSum(Span<double> values)
    {
        var all = Exchange(values.ToArray());
        values.Clear();
        foreach (double[] each in all)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] += each[i];
        }
    }

    public void Broadcast(Tensor tensor, int root)
    {
        var bytes = (byte[])Exchange(tensor.bytes.ToArray())[root];
        bytes.CopyTo(tensor.bytes);
    }

    public void Barrier() => Exchange(Array.Empty<byte>());

    public void Dispose() => shared.Met.RemoveParticipant();

    object[] Exchange(object mine)
    {
        shared.Given[Rank] = mine;
        shared.Met.SignalAndWait(Shared.Longest);
        object[] all = [.. shared.Given];
        // Nobody gives anew before everybody has taken.
        shared.Met.SignalAndWait(Shared.Longest);
        return all;
    }

    sealed class Shared(int count)
    {
        public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

        public object[] Given { get; } = new object[count];

        public Barrier Met { get; } = new(count);
    }
}
