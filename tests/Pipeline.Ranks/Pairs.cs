using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Pipeline.Training;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Distributed;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;

namespace Pipeline.Ranks;

/// <summary>Every architecture, and every optimiser with at least one of them, as small trainings with everything that a resumption could get wrong.</summary>
public static class Pairs
{
    public const int Steps = 16;
    const int Vocabulary = 50, Context = 16;

    public static readonly IReadOnlyList<(string Architecture, string Optimizer)> All =
    [
        ("gpt", "adamw"), ("gpt with rope", "muon"), ("gpt with alibi", "lion"), ("llama", "adafactor"), ("llama, grouped, in a window", "lamb"), ("llama with alibi", "lars"), ("lstm", "sgd"),
        ("lstm-variational-untied", "adamw"), ("gru", "muon"), ("encoder-decoder", "lion"), ("hybrid-lstm", "adafactor"), ("hybrid-gru", "lamb"), ("bert", "lars"),
    ];

    /// <summary>The last tokens of the vocabulary, which the small text has but seldom.</summary>
    public static readonly TokenSpecials Specials = new(Vocabulary, new HashSet<long> { 45, 46, 47, 48, 49 }) { Mask = 49, Sentinels = [48, 47, 46, 45] };

    public static ModelConfig Architecture(string name, double dropout) => name switch
    {
        "gpt" => new GptConfig(Vocabulary, Context, Layers: 2, Heads: 2, Width: 32) { Dropout = dropout },
        "gpt with rope" => new GptConfig(Vocabulary, Context, Layers: 2, Heads: 2, Width: 32) { Dropout = dropout, Positions = Positions.Rope },
        "gpt with alibi" => new GptConfig(Vocabulary, Context, Layers: 2, Heads: 2, Width: 32) { Dropout = dropout, Positions = Positions.Alibi },
        "llama" => new LlamaConfig(Vocabulary, Context, Layers: 2, Heads: 4, Width: 32) { Dropout = dropout },
        "llama, grouped, in a window" => new LlamaConfig(Vocabulary, Context, Layers: 2, Heads: 4, Width: 32) { Dropout = dropout, KeyValueHeads = 2, Window = 6, EmbeddingDropout = dropout / 2, AttentionDropout = dropout },
        "llama with alibi" => new LlamaConfig(Vocabulary, Context, Layers: 2, Heads: 4, Width: 32) { Dropout = dropout, Positions = Positions.Alibi, Tied = false },
        "lstm" => new RecurrentConfig(Vocabulary, Context, RecurrentKind.Lstm, Layers: 2, Width: 32) { Dropout = dropout },
        "lstm-variational-untied" => new RecurrentConfig(Vocabulary, Context, RecurrentKind.Lstm, Layers: 2, Width: 32) { Dropout = dropout, Variational = dropout > 0, Tied = false },
        "gru" => new RecurrentConfig(Vocabulary, Context, RecurrentKind.Gru, Layers: 2, Width: 32) { Dropout = dropout },
        "encoder-decoder" => new EncoderDecoderConfig(Vocabulary, Context, Layers: 2, Heads: 2, Width: 32) { Dropout = dropout, EncoderLayers = 1 },
        "hybrid-lstm" => new HybridConfig(Vocabulary, Context, RecurrentKind.Lstm, Layers: 1, Heads: 2, Width: 32) { Dropout = dropout },
        "hybrid-gru" => new HybridConfig(Vocabulary, Context, RecurrentKind.Gru, Layers: 2, Heads: 2, Width: 32) { Dropout = dropout, Variational = dropout > 0, EncoderLayers = 1 },
        "bert" => new BertConfig(Vocabulary, Context, Layers: 2, Heads: 2, Width: 32) { Dropout = dropout },
        _ => throw new ArgumentException(name),
    };

    /// <summary>With a rate that suits it.</summary>
    public static (OptimizerOptions Options, double Rate) Optimizer(string name) => name switch
    {
        "adamw" => (new AdamWOptions(), 1e-2),
        "muon" => (new MuonOptions(), 2e-2),
        "lion" => (new LionOptions(), 1e-3),
        "adafactor" => (new AdafactorOptions(), 3e-2),
        "lamb" => (new LambOptions(), 1e-2),
        "lars" => (new LarsOptions { Trust = 0.1 }, 1),
        "sgd" => (new SgdOptions { Nesterov = true }, 0.3),
        _ => throw new ArgumentException(name),
    };

    /// <summary>For a process of its own: trains all of them one after the other, each from where an earlier process left it, and prints the digest of each one's parameters and log.</summary>
    public static int Run(ICollective ranks, string folder)
    {
        using var tokens = Resumable.Tokens(Path.Combine(Path.GetTempPath(), $"pairs-{Environment.ProcessId}-training"), 2000, multiplier: 7);
        using var held = Resumable.Tokens(Path.Combine(Path.GetTempPath(), $"pairs-{Environment.ProcessId}-validation"), 200, multiplier: 7);
        if (ranks.Rank == 0)
            Console.WriteLine("training");
        foreach (var (architecture, optimizer) in All)
        {
            var config = Architecture(architecture, dropout: 0.2);
            var (its, rate) = Optimizer(optimizer);
            using var model = LanguageModel.Initialise(config, seed: 1);
            using var objective = new NextToken(model);
            var options = new TrainingOptions
            {
                Steps = Steps, Batch = 8, MicroBatch = 2, Seed = 7, Threads = 1, Optimizer = its, LearningRate = new() { Peak = rate, WarmUp = 3 },
                AverageDecay = 0.9, ValidateEvery = 5, EarlyStopping = new() { Patience = 20 }, CheckpointEverySteps = 3,
            };
            var place = Path.Combine(folder, $"{architecture}, {optimizer}");
            new Trainer<TokenBatch>(model.Parameters, objective, Of(config, new TokenWindows(tokens, Context, 1)), Of(config, new FixedWindows(held, Context)), options, ranks.Rank == 0 ? new RunFiles(place, "pairs") : RunFiles.None, ranks).Run();
            if (ranks.Rank != 0)
                continue;
            var log = File.ReadAllBytes(Path.Combine(place, "log.jsonl"));
            Console.WriteLine($"{architecture}, {optimizer}: {Convert.ToHexStringLower(SHA256.HashData([.. MemoryMarshal.AsBytes(model.Parameters.Values.data<float>().ToArray().AsSpan()), .. log]))}");
        }
        return 0;
    }

    /// <summary>What such a model is trained on.</summary>
    public static IExamples<TokenBatch> Of(ModelConfig config, IExamples<TokenBatch> windows) =>
        !config.Causal ? new MaskedWindows(windows, Specials, seed: 1) : config.Reads.HasFlag(BatchParts.Source) ? new SourceWindows(windows) : windows;
}
