using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Pipeline.TestKit;
using Pipeline.Training;
using Pipeline.Training.Batches;
using Pipeline.Training.Estimates;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;

namespace Pipeline.Benchmarks;

/// <summary>The estimate of a training's memory beside the greatest resident set of a process that does nothing but train so.</summary>
static class TrainingMemory
{
    const int Vocabulary = 4096, Steps = 4;

    static readonly (string Name, ModelConfig Config, TrainingOptions Options)[] Shapes =
    [
        ("gpt 4 x 128, context 128, batch 16", new GptConfig(Vocabulary, 128, 4, 4, 128), Batch(16)),
        ("gpt 6 x 384, context 256, batch 32", new GptConfig(Vocabulary, 256, 6, 6, 384), Batch(32)),
        ("the same, micro-batches of 8", new GptConfig(Vocabulary, 256, 6, 6, 384), Batch(32) with { MicroBatch = 8 }),
        ("the same, dropout 0.1", new GptConfig(Vocabulary, 256, 6, 6, 384) { Dropout = 0.1 }, Batch(32) with { MicroBatch = 8 }),
        ("the same, activation checkpointing", new GptConfig(Vocabulary, 256, 6, 6, 384), Batch(32) with { ActivationCheckpointing = true }),
        ("the same, bfloat16", new GptConfig(Vocabulary, 256, 6, 6, 384), Batch(32) with { Precision = Precision.Bfloat16 }),
        ("gpt 12 x 768, context 256, batch 4", new GptConfig(32_000, 256, 12, 12, 768), Batch(4)),
        ("the same, sgd without momentum", new GptConfig(32_000, 256, 12, 12, 768), Batch(4) with { Optimizer = new SgdOptions { Momentum = 0 } }),
        ("llama 6 x 384, context 256, batch 32", new LlamaConfig(Vocabulary, 256, 6, 6, 384), Batch(32)),
        ("llama, grouped heads, dropout 0.1", new LlamaConfig(Vocabulary, 256, 6, 6, 384) { KeyValueHeads = 2, Dropout = 0.1 }, Batch(16)),
        ("bert 6 x 384, context 256, batch 32", new BertConfig(Vocabulary, 256, 6, 6, 384), Batch(32)),
        ("encoder-decoder 6 x 384, batch 32", new EncoderDecoderConfig(Vocabulary, 256, 6, 6, 384), Batch(32)),
        ("lstm 3 x 512, context 256, batch 32", new RecurrentConfig(Vocabulary, 256, RecurrentKind.Lstm, 3, 512), Batch(32)),
        ("the same, dropout 0.2", new RecurrentConfig(Vocabulary, 256, RecurrentKind.Lstm, 3, 512) { Dropout = 0.2 }, Batch(32)),
        ("gru 3 x 512, context 256, batch 32", new RecurrentConfig(Vocabulary, 256, RecurrentKind.Gru, 3, 512), Batch(32)),
        ("hybrid 4 x 384, batch 32", new HybridConfig(Vocabulary, 256, RecurrentKind.Lstm, 2, 6, 384) { EncoderLayers = 4 }, Batch(32)),
    ];

    public static void Compare()
    {
        Console.WriteLine("| training | parameters | estimate, MB | measured, MB | estimate / measured |\n|---|---|---|---|---|");
        for (var i = 0; i < Shapes.Length; i++)
        {
            var (name, config, options) = Shapes[i];
            var task = new TokenTaskOptions(TokenTaskOptions.DefaultFor(config));
            var estimate = TrainingEstimate.Of(config, task.Row(config.Context), options);
            using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Host(), "estimate-of", i.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
            var measured = double.Parse(child.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
            child.WaitForExit();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {estimate.Parameters / 1e6:0.0}M | {estimate.Memory.Total / 1e6:0} | {measured / 1e6:0} | {estimate.Memory.Total / measured:0.00} |"));
        }

        static string[] Host() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(TrainingMemory).Assembly.Location] : [];
    }

    /// <summary>Trains, and prints the greatest resident set in bytes.</summary>
    public static void Measure(int shape)
    {
        var (_, config, options) = Shapes[shape];
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        var ids = Enumerable.Range(0, 200_000).Select(_ => (ushort)random.Next(Vocabulary)).ToArray();
        File.WriteAllBytes(folder["tokens"], MemoryMarshal.AsBytes(ids.AsSpan()));
        using var tokens = new TokenFile(folder["tokens"], 0, ids.Length, 2, config.Vocabulary);
        using var model = LanguageModel.Initialise(config, seed: 1);
        using var objective = new NextToken(model);
        var task = new TokenTaskOptions(TokenTaskOptions.DefaultFor(config));
        var specials = new TokenSpecials(Vocabulary, new HashSet<long> { Vocabulary - 1 }) { Mask = Vocabulary - 1 };
        var examples = task.Examples(new TokenWindows(tokens, config.Context, seed: 1), config, config.Context, specials, seed: 1);
        new Trainer<TokenBatch>(model.Parameters, objective, examples, null, options).Run();
        var kibibytes = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        Console.WriteLine((1024 * long.Parse(kibibytes, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture));
    }

    static TrainingOptions Batch(int examples) => new() { Steps = Steps, Batch = examples, Threads = 2 };
}
