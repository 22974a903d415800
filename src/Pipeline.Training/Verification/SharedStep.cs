using System.Globalization;
using Pipeline.Training.Batches;
using Pipeline.Training.Distributed;
using Pipeline.Training.Models;
using Pipeline.Training.Optimizers;

namespace Pipeline.Training.Verification;

/// <summary>Invariant 4: k micro-batches are one batch to rounding, and two ranks are one rank bit by bit. Without dropout, whose draws go by micro-batch, and with targets unequally dealt, as a mean of means would go unnoticed else.</summary>
static class SharedStep
{
    const string Name = "micro-batches and ranks add up to the batch";
    const int Steps = 3;

    public static Finding Check(Trial trial, Func<int, IReadOnlyList<ICollective>>? ranks = null)
    {
        var batch = trial.Options.Batch;
        if (batch < 2)
            return new(4, Name, null, "a batch of one example cannot be divided");
        // Plain descent: another optimiser turns the last bits of a small gradient into whole steps.
        var plain = trial.Options with
        {
            Steps = Steps, MicroBatch = 0, Optimizer = new SgdOptions { Momentum = 0 }, LearningRate = new() { Peak = 0.1 }, Clip = null, EarlyStopping = null, ValidateEvery = 0, Monitor = false, SkipSpikes = false, AverageDecay = null,
        };
        var uneven = trial with { Config = trial.Config.WithoutDropout(), Examples = new UnevenTargets(trial.Examples), Options = plain };
        var micro = Enumerable.Range(1, batch / 2).Where(size => batch % size == 0).ToArray();
        var (whole, parts) = (uneven.Run(), uneven.Run(plain with { MicroBatch = micro[^1] }));
        var apart = whole.Steps.Zip(parts.Steps).Max(pair => Math.Max(Apart(pair.First.Loss, pair.Second.Loss), Apart(pair.First.Norm, pair.Second.Norm)));
        var tolerance = trial.Options.Precision == Precision.Bfloat16 ? 3e-2 : 1e-3;
        var shared = plain with { MicroBatch = micro[0] };
        var (alone, both) = (uneven.Run(shared), OnRanks(uneven with { Options = shared }, (ranks ?? ThreadedRanks.Of)(2)));
        return new(4, Name, apart <= tolerance && alone.HasTheBitsOf(both), string.Create(CultureInfo.InvariantCulture,
            $"losses and gradient norms of {Steps} steps in micro-batches of {micro[^1]} and of {batch} differ by {apart:0.0e+0} of themselves (at most {tolerance:0e+0}); two ranks end with {(alone.HasTheBitsOf(both) ? "the bits of one" : "other bits than one")}"));
    }

    static Trained OnRanks(Trial trial, IReadOnlyList<ICollective> ranks)
    {
        var results = new Task<Trained>[ranks.Count];
        var models = ranks.Select(_ => trial.Model(trial.Config)).ToArray();
        for (var i = 0; i < results.Length; i++)
        {
            // Drawn here: a rank that trains already would seed the generator anew meanwhile.
            var (rank, own) = (ranks[i], models[i]);
            results[i] = Task.Factory.StartNew(() => Run(rank, own), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        return Task.WhenAll(results).GetAwaiter().GetResult()[0];

        Trained Run(ICollective rank, LanguageModel own)
        {
            using (rank)
                return (trial with { Model = _ => own }).Run(ranks: rank);
        }
    }

    static double Apart(double a, double b) => Math.Abs(a - b) / Math.Max(Math.Abs(a), 1e-9);

    /// <summary>The same rows, some of them with every second target left out.</summary>
    sealed class UnevenTargets(IExamples<TokenBatch> examples) : IExamples<TokenBatch>
    {
        public long Count => examples.Count;

        public TokenBatch Read(ReadOnlySpan<Place> places)
        {
            var batch = examples.Read(places);
            for (var row = 0; row < places.Length; row++)
            {
                if (places[row].Example % 2 == 0)
                    continue;
                var targets = batch.Targets.AsSpan(row * batch.Columns, batch.Columns);
                for (var (at, seen) = (0, 0); at < targets.Length; at++)
                {
                    if (targets[at] != TokenBatch.Ignored && seen++ % 2 == 1)
                        targets[at] = TokenBatch.Ignored;
                }
            }
            return batch;
        }
    }
}
