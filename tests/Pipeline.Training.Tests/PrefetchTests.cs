using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Training.Tests;

public sealed class PrefetchTests
{
    [Fact]
    public void What_is_read_ahead_comes_in_order_from_another_thread()
    {
        var threads = new HashSet<int>();
        using var prefetch = new Prefetch<long>(
            number =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                return number * number;
            },
            first: 3,
            end: 60);
        for (var number = 3L; number < 60; number++)
            Assert.Equal(number * number, prefetch.Next());
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
        Assert.Single(threads);
    }

    [Fact]
    public void No_more_is_read_than_may_wait_and_what_nobody_asks_for_is_left()
    {
        var begun = 0;
        using (var prefetch = new Prefetch<long>(number => Interlocked.Increment(ref begun), first: 0, end: long.MaxValue, ahead: 3))
        {
            prefetch.Next();
            prefetch.Next();
        }
        // Two were taken, three may wait, and one more may be in hand.
        Assert.InRange(begun, 2, 6);
    }

    [Fact]
    public void A_fault_comes_in_its_turn_with_its_own_message()
    {
        using var prefetch = new Prefetch<long>(number => number < 2 ? number : throw new InvalidDataException($"number {number} is damaged"), 0, 10);
        Assert.Equal(0, prefetch.Next());
        Assert.Equal(1, prefetch.Next());
        Assert.Equal("number 2 is damaged", Assert.Throws<InvalidDataException>(() => prefetch.Next()).Message);
    }

    [Fact]
    public void Damaged_data_stops_a_training_at_the_step_that_needs_it_and_its_checkpoint_stays()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        var watcher = new Watcher();
        var fault = Assert.Throws<InvalidDataException>(() => Train(new Damaged(new TokenWindows(tokens, Small.Context, 1), good: 5), watcher));
        Assert.Equal("shard.bin: token 17 is 60000", fault.Message);
        // With the data mended the run goes on to the bits of one that met no damage.
        var resumed = new Watcher();
        var mended = Train(new TokenWindows(tokens, Small.Context, 1), resumed);
        Assert.Equal(5, resumed.ResumedAt);
        Assert.Equal(Train(new TokenWindows(tokens, Small.Context, 1), new Watcher(), "whole"), mended);

        float[] Train(IExamples<TokenBatch> examples, ITrainingObserver observer, string run = "run")
        {
            using var model = LanguageModel.Initialise(Small.Config(dropout: 0.1), seed: 1);
            using var objective = new NextToken(model);
            new Trainer<TokenBatch>(model.Parameters, objective, examples, null, Small.Options(12) with { CheckpointEverySteps = 1 }, new RunFiles(folder[run], "run"), observer: observer).Run();
            return model.Values();
        }
    }

    [Fact]
    public void The_time_of_the_steps_is_told_by_part()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
        using var objective = new NextToken(model);
        var times = new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), null, Small.Options(10)).Run().Times;
        Assert.Equal(10, times.Steps);
        Assert.Equal(1, Enum.GetValues<StepPart>().Sum(times.Share), 1e-9);
        Assert.All(Enum.GetValues<StepPart>(), part => Assert.True(times.Seconds[part] > 0, $"{part}"));
    }

    sealed class Damaged(IExamples<TokenBatch> examples, int good) : IExamples<TokenBatch>
    {
        int reads;

        public long Count => examples.Count;

        public TokenBatch Read(ReadOnlySpan<Place> places) => reads++ < good ? examples.Read(places) : throw new InvalidDataException("shard.bin: token 17 is 60000");
    }
}
