using Pipeline.TestKit;
using Pipeline.Training;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Schedules;

namespace Pipeline.Benchmarks;

/// <summary>nanoGPT's CPU baby on Shakespeare's characters: 4 layers, 4 heads, width 128, context 64, batch 12, 2,000 iterations.</summary>
public static class BabyGpt
{
    public const int Context = 64;

    public static TrainingResult Train(CharacterTokens tokens, long steps, long seed, long validateEvery, int threads, ITrainingObserver? observer = null)
    {
        using var training = new TokenFile(tokens.Training, 0, tokens.TrainingCount, 2, tokens.Vocabulary);
        using var validation = new TokenFile(tokens.Validation, 0, tokens.ValidationCount, 2, tokens.Vocabulary);
        using var model = LanguageModel.Initialise(new GptConfig(tokens.Vocabulary, Context, Layers: 4, Heads: 4, Width: 128), seed);
        using var objective = new NextToken(model);
        var options = new TrainingOptions
        {
            Steps = steps,
            Batch = 12,
            Seed = seed,
            Threads = threads,
            ValidateEvery = validateEvery,
            Optimizer = new AdamWOptions { Beta2 = 0.99 },
            LearningRate = new LearningRate { Peak = 1e-3, Final = 1e-4, WarmUp = Math.Min(100, steps / 4) },
        };
        var windows = new TokenWindows(training, Context, seed);
        return new Trainer<TokenBatch>(model.Parameters, objective, windows, validateEvery == 0 ? null : new FixedWindows(validation, Context), options, observer: observer).Run();
    }
}
