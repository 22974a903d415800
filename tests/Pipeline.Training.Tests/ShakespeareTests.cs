using Pipeline.Benchmarks;
using Pipeline.TestKit;

namespace Pipeline.Training.Tests;

public sealed class ShakespeareTests
{
    [Fact]
    public void Nano_gpts_baby_reaches_its_published_loss_in_2000_iterations()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1", "takes minutes: PIPELINE_LONG_TESTS=1 runs it");
        var text = SharedData.Find("tinyshakespeare/input.txt");
        Assert.SkipWhen(text is null, "tinyshakespeare is not on this machine");
        using var folder = new TemporaryFolder();
        var result = BabyGpt.Train(CharacterTokens.Write(File.ReadAllText(text!), folder.Path), steps: 2000, seed: 1337, validateEvery: 500, threads: 2);
        // nanoGPT's README: 1.88, estimated on 240 windows; this is over all of the validation text.
        Assert.InRange(result.Validation[0].Value, 1.0, 1.90);
    }
}
