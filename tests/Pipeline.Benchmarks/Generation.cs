using System.Diagnostics;
using System.Globalization;
using Pipeline.Training.Models;
using Pipeline.Training.Sampling;
using TorchSharp;

namespace Pipeline.Benchmarks;

/// <summary>Generated tokens a second of models of 10 M parameters, with keys and values kept and without, in turn.</summary>
static class Generation
{
    const int Read = 32, Made = 192, Vocabulary = 65, Context = 256;

    public static void Compare(int rounds, int threads)
    {
        torch.set_num_threads(threads);
        foreach (var config in new ModelConfig[] { new GptConfig(Vocabulary, Context, 6, 6, 384), new LlamaConfig(Vocabulary, Context, 6, 6, 384) { KeyValueHeads = 2 } })
        {
            using var model = LanguageModel.Initialise(config, seed: 1);
            foreach (var rows in new[] { 1, 8 })
            {
                var (cached, uncached) = (new double[rounds], new double[rounds]);
                for (var round = 0; round < rounds; round++)
                    (cached[round], uncached[round]) = (Speed(model, rows, cached: true), Speed(model, rows, cached: false));
                var (with, without) = (cached.Order().ElementAt(rounds / 2), uncached.Order().ElementAt(rounds / 2));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{config.Architecture} {config.ParameterCount / 1e6:F1} M, {rows} at once: {with:F0} tokens/s cached, {without:F0} without, ratio {with / without:F1} (medians of {rounds})"));
            }
        }
    }

    static double Speed(LanguageModel model, int rows, bool cached)
    {
        Prompt[] prompts = [.. Enumerable.Range(0, rows).Select(row => new Prompt([.. Enumerable.Range(row, Read).Select(id => id % Vocabulary)], row))];
        var watch = Stopwatch.StartNew();
        Training.Sampling.Generator.Continue(model, prompts, new GenerationOptions { MaxTokens = Made }, cached);
        return rows * Made / watch.Elapsed.TotalSeconds;
    }
}
