using System.Runtime.InteropServices;
using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Schedules;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

/// <summary>Models and data small enough to train within a test.</summary>
static class Small
{
    public const int Vocabulary = 50, Context = 16;

    public static GptConfig Config(double dropout = 0) => new(Vocabulary, Context, Layers: 2, Heads: 2, Width: 32) { Dropout = dropout };

    public static LlamaConfig Llama(double dropout = 0) => new(Vocabulary, Context, Layers: 2, Heads: 4, Width: 32) { Dropout = dropout };

    /// <summary>Of every kind of positions, and of what changes who sees whom.</summary>
    public static readonly IReadOnlyDictionary<string, ModelConfig> Decoders = new Dictionary<string, ModelConfig>
    {
        ["gpt"] = Config(),
        ["gpt with rope"] = Config() with { Positions = Positions.Rope },
        ["gpt with alibi"] = Config() with { Positions = Positions.Alibi },
        ["llama"] = Llama(),
        ["llama, grouped, in a window"] = Llama() with { KeyValueHeads = 2, Window = 6 },
        ["llama with alibi"] = Llama() with { Positions = Positions.Alibi },
    };

    /// <summary>With weights that differ enough for every operator to show in the logits.</summary>
    public static LanguageModel Rough(ModelConfig config)
    {
        using var noGradient = no_grad();
        var model = LanguageModel.Initialise(config, seed: 5);
        foreach (var (parameter, view) in config.Layout().Zip(model.Parameters.Views))
        {
            using var scope = NewDisposeScope();
            view.add_(randn(view.shape) * 0.1);
            if (parameter.VocabularyRows)
                view.narrow(0, Vocabulary, 64 - Vocabulary).zero_();
        }
        return model;
    }

    public static TrainingOptions Options(long steps = 12) => new()
    {
        Steps = steps,
        Batch = 4,
        Seed = 7,
        Threads = 1,
        LearningRate = new LearningRate { Peak = 1e-2, Final = 1e-3, WarmUp = 3 },
    };

    /// <summary>A text with structure to learn: each token mostly follows from the one before.</summary>
    public static TokenFile Tokens(TemporaryFolder folder, int count = 2000, int seed = 1, int ordinary = Vocabulary)
    {
        var random = new Random(seed);
        var ids = new ushort[count];
        for (var i = 1; i < count; i++)
            ids[i] = (ushort)(random.Next(4) == 0 ? random.Next(ordinary) : (ids[i - 1] * 7 + 3) % ordinary);
        var path = folder[$"tokens-{seed}"];
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(ids.AsSpan()));
        return new TokenFile(path, 0, count, 2, Vocabulary);
    }

    public static Example Conversation(int seed, int prompt = 5, int response = 6)
    {
        var random = new Random(seed);
        var ids = Enumerable.Range(0, prompt + response).Select(_ => random.Next(Vocabulary)).ToArray();
        return new Example(ids, Enumerable.Range(0, ids.Length).Select(at => at >= prompt).ToArray());
    }

    public static PreferencePair Pair(int seed) => new(Conversation(seed), Conversation(seed + 1000, response: 3 + seed % 5));

    public static float[] Values(this LanguageModel model) => model.Parameters.Values.data<float>().ToArray();
}
