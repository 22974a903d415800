using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Training.Tests;

public sealed class CollectionRaceTests
{
    [Fact]
    public void Training_survives_collections_that_another_thread_starts_and_keeps_its_bits()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        float[] Train()
        {
            using var model = LanguageModel.Initialise(Small.Config(dropout: 0.1), seed: 1);
            using var objective = new NextToken(model);
            var options = Small.Options(150) with { MicroBatch = 1 };
            new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), null, options).Run();
            return model.Values();
        }
        var expected = Train();
        var done = false;
        var collections = GC.CollectionCount(0);
        var allocating = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                GC.KeepAlive(new byte[40_000]);
                GC.Collect(0);
            }
        });
        allocating.Start();
        try
        {
            Assert.Equal(expected, Train());
        }
        finally
        {
            Volatile.Write(ref done, true);
            allocating.Join();
        }
        Assert.InRange(GC.CollectionCount(0) - collections, 100, int.MaxValue);
    }
}
