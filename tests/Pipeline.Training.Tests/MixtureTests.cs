using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Training.Tests;

public sealed class MixtureTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly List<TokenFile> files = [];
    int runs;

    [Fact]
    public void An_epoch_has_each_set_by_its_weight_and_a_set_whole_before_again()
    {
        var mixture = new Mixture([new Counted(1, 300), new Counted(2, 5)], [3, 1], seed: 4);
        var order = new DataOrder(9, mixture.Count);
        var seen = Enumerable.Range(0, 2 * Mixture.Slots).Select(position => mixture.Read([order.At(position)])).Select(batch => (Set: batch.Ids[0], Example: batch.Targets[0])).ToList();

        Assert.Equal(2 * Mixture.Slots / 4, seen.Count(example => example.Set == 2));
        var perExample = seen.Where(example => example.Set == 1).GroupBy(example => example.Example).Select(group => group.Count()).ToList();
        Assert.Equal(300, perExample.Count);
        // 1536 draws of 300 are five rounds and a bit.
        Assert.All(perExample, count => Assert.InRange(count, 5, 6));
    }

    [Fact]
    public void Weights_that_mean_nothing_are_refused()
    {
        Assert.Equal([512, 256, 256], Mixture.Shares([0.5, 0.25, 0.25]));
        Assert.Equal([342, 341, 341], Mixture.Shares([1, 1, 1]));
        Assert.Contains("must each be above 0", Assert.Throws<ArgumentException>(() => Mixture.Shares([1, 0])).Message, StringComparison.Ordinal);
        Assert.Contains("less than one in 1024", Assert.Throws<ArgumentException>(() => Mixture.Shares([1, 1e-5])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resumed_it_gives_the_bits_of_a_run_that_was_never_stopped()
    {
        var whole = Trained(12, Fresh());
        var files = Fresh();
        Trained(5, files);
        Assert.Equal(whole, Trained(12, files));
        Assert.NotEqual(whole, Trained(12, Fresh(), weight: 0.5));
    }

    [Fact]
    public void Micro_batches_see_the_rows_of_the_whole_batch()
    {
        var mixture = Mixed(0.25);
        var order = new DataOrder(7, mixture.Count);
        Place[] places = [.. Enumerable.Range(0, 8).Select(position => order.At(position))];
        long[] halves = [.. mixture.Read(places.AsSpan(0, 4)).Ids, .. mixture.Read(places.AsSpan(4)).Ids];
        Assert.Equal(mixture.Read(places).Ids, halves);
    }

    public void Dispose()
    {
        foreach (var file in files)
            file.Dispose();
        folder.Dispose();
    }

    Mixture Mixed(double weight)
    {
        TokenFile[] both = [Small.Tokens(folder, seed: 1), Small.Tokens(folder, count: 300, seed: 2)];
        files.AddRange(both);
        return new Mixture([.. both.Select(file => new TokenWindows(file, Small.Context, 7))], [weight, 1 - weight], seed: 7);
    }

    RunFiles Fresh() => new(Directory.CreateDirectory(folder[$"run-{runs++}"]).FullName, "test");

    float[] Trained(long steps, RunFiles files, double weight = 0.25)
    {
        using var model = LanguageModel.Initialise(Small.Config(dropout: 0.1), seed: 3);
        using var objective = new NextToken(model);
        // The schedule of the long run, whichever is asked for.
        var options = Small.Options(steps) with { LearningRate = Small.Options().LearningRate with { DecayUntil = 12 } };
        new Trainer<TokenBatch>(model.Parameters, objective, Mixed(weight), null, options, files).Run(TestContext.Current.CancellationToken);
        return model.Values();
    }

    sealed class Counted(int set, int count) : IExamples<TokenBatch>
    {
        public long Count => count;

        public TokenBatch Read(ReadOnlySpan<Place> places)
        {
            var batch = new TokenBatch(1, 1);
            (batch.Ids[0], batch.Targets[0]) = (set, places[0].Example);
            return batch;
        }
    }
}
