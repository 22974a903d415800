using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Pipeline.Training;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Distributed;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Schedules;

namespace Pipeline.Ranks;

/// <summary>A training run with everything that a resumption could get wrong: dropout, several micro-shards, validation, best parameters, checkpoints.</summary>
public static class Resumable
{
    public const int Steps = 30;
    const int Vocabulary = 50, Context = 16;

    /// <summary>For a process of its own: says when training starts, and at the end the digest of the parameters.</summary>
    public static int Run(ICollective ranks, string folder)
    {
        if (ranks.Rank == 0)
            Console.WriteLine("training");
        var parameters = Train(folder, new SilentObserver(), ranks).Parameters;
        if (ranks.Rank == 0)
            Console.WriteLine(Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(parameters.AsSpan()))));
        return 0;
    }

    public static (float[] Parameters, TrainingResult Result) Train(string folder, ITrainingObserver observer, ICollective? ranks = null, string identity = "run", ModelConfig? config = null,
        CancellationToken cancellation = default)
    {
        using var tokens = Tokens(Path.Combine(Path.GetTempPath(), $"resumable-{Environment.ProcessId}-training"), 2000, multiplier: 7);
        using var held = Tokens(Path.Combine(Path.GetTempPath(), $"resumable-{Environment.ProcessId}-validation"), 300, multiplier: 7);
        using var model = LanguageModel.Initialise(config ?? new GptConfig(Vocabulary, Context, Layers: 2, Heads: 2, Width: 32) { Dropout = 0.2 }, seed: 1);
        using var objective = new NextToken(model);
        var options = new TrainingOptions
        {
            Steps = Steps,
            Batch = 8,
            MicroBatch = 2,
            Seed = 7,
            Threads = 1,
            LearningRate = new LearningRate { Peak = 1e-2, Final = 1e-3, WarmUp = 3 },
            ValidateEvery = 5,
            EarlyStopping = new EarlyStopping { Patience = 20 },
            CheckpointEverySteps = 4,
        };
        var files = ranks is null or { Rank: 0 } ? new RunFiles(folder, identity) : RunFiles.None;
        var result = new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Context, 1), new FixedWindows(held, Context), options, files, ranks, observer).Run(cancellation);
        return (model.Parameters.Values.data<float>().ToArray(), result);
    }

    internal static TokenFile Tokens(string path, int count, int multiplier)
    {
        var ids = new ushort[count];
        var state = 1u;
        for (var i = 1; i < count; i++)
        {
            state = state * 1664525 + 1013904223;
            ids[i] = (ushort)((state >> 30 == 0 ? (int)(state >> 8) : ids[i - 1] * multiplier + 3) % Vocabulary);
        }
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(ids.AsSpan()));
        var tokens = new TokenFile(path, 0, count, 2, Vocabulary);
        // Mapped already: the name is no longer needed.
        File.Delete(path);
        return tokens;
    }
}
