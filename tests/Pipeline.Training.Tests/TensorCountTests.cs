using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

public sealed class TensorCountTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_longer_run_leaves_no_more_tensors(bool micro)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        long After(long steps)
        {
            using var model = LanguageModel.Initialise(Small.Config(dropout: 0.1), seed: 1);
            using var objective = new NextToken(model);
            // What other tests left is not to go meanwhile.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var before = Tensor.TotalCount;
            new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), null, Small.Options(steps) with { MicroBatch = micro ? 1 : 0 }).Run();
            return Tensor.TotalCount - before;
        }
        After(10);
        var (few, many) = (After(10), After(60));
        Assert.Equal(few, many);
    }
}
