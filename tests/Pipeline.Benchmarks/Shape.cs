using System.Runtime.InteropServices;
using Pipeline.TestKit;
using Pipeline.Training;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Schedules;

namespace Pipeline.Benchmarks;

/// <summary>What nanoGPT's configurations train: its CPU baby, Shakespeare's characters on a GPU, and GPT-2.</summary>
/// <param name="Steps">Of one process, unless told otherwise.</param>
sealed record Shape(string Name, GptConfig Config, int Batch, int Steps)
{
    public static readonly Shape[] All =
    [
        new("baby", new GptConfig(65, 64, Layers: 4, Heads: 4, Width: 128), 12, 200),
        new("10M", new GptConfig(65, 256, Layers: 6, Heads: 6, Width: 384), 8, 16),
        new("10M-dropout", new GptConfig(65, 256, Layers: 6, Heads: 6, Width: 384) { Dropout = 0.2 }, 8, 16),
        new("124M", new GptConfig(50304, 1024, Layers: 12, Heads: 12, Width: 768), 1, 4),
    ];

    public int TokensPerStep => Batch * Config.Context;

    public static Shape Of(string name) => All.FirstOrDefault(shape => shape.Name == name) ?? throw new ArgumentException($"There is no shape {name}, but {string.Join(", ", All.Select(shape => shape.Name))}.");

    public static IEnumerable<Shape> Named(string name) => name == "all" ? All : [Of(name)];

    /// <summary>Shakespeare's characters where the vocabulary is theirs, otherwise ids drawn at random: how fast a step is does not depend on them.</summary>
    public (string Path, long Count) Tokens(string folder)
    {
        if (Config.Vocabulary == 65)
        {
            var text = SharedData.Find("tinyshakespeare/input.txt") ?? throw new FileNotFoundException("The benchmarks train on tinyshakespeare/input.txt, which is not here.");
            var characters = CharacterTokens.Write(File.ReadAllText(text), folder);
            return (characters.Training, characters.TrainingCount);
        }
        var path = Path.Combine(folder, "random.tokens");
        var random = new Random(1);
        var ids = new ushort[1 << 20];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = (ushort)random.Next(Config.Vocabulary);
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(ids.AsSpan()));
        return (path, ids.Length);
    }

    public TrainingResult Train(long steps, int threads, ITrainingObserver? observer = null, Func<TrainingOptions, TrainingOptions>? change = null)
    {
        using var folder = new TemporaryFolder();
        var (path, count) = Tokens(folder.Path);
        using var tokens = new TokenFile(path, 0, count, 2, Config.Vocabulary);
        using var model = LanguageModel.Initialise(Config, seed: 1337);
        using var objective = new NextToken(model);
        var options = new TrainingOptions
        {
            Steps = steps,
            Batch = Batch,
            Seed = 1337,
            Threads = threads,
            Optimizer = new AdamWOptions { Beta2 = 0.99 },
            LearningRate = new LearningRate { Peak = 1e-3, Final = 1e-4, WarmUp = Math.Min(100, steps / 4) },
        };
        return new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Config.Context, 1337), null, change?.Invoke(options) ?? options, observer: observer).Run();
    }
}
