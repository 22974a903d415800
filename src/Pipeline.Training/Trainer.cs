using System.Diagnostics;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Distributed;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Sampling;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training;

/// <summary>Trains a model. The same arguments give the same bits, however often the run is stopped and resumed.</summary>
public sealed class Trainer<TBatch>
{
    const int StepsBetweenCollections = 64;

    readonly FlatParameters parameters;
    readonly Objective<TBatch> objective;
    readonly IExamples<TBatch> examples;
    readonly IExamples<TBatch>? validation;
    readonly TrainingOptions options;
    readonly RunFiles files;
    readonly ICollective ranks;
    readonly ITrainingObserver observer;
    readonly SampledPrompts? samples;
    readonly DataOrder order;

    /// <param name="parameters">Of the model in <paramref name="objective"/>; changed in place.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="examples">What is trained on.</param>
    /// <param name="validation">What the validation loss is measured on, or null.</param>
    /// <param name="options">All that decides the result.</param>
    /// <param name="files">Where the run keeps its checkpoints and log.</param>
    /// <param name="ranks">The processes that share the work.</param>
    /// <param name="observer">Who watches.</param>
    /// <param name="samples">What the model is to write beside validations; null: nothing.</param>
    public Trainer(FlatParameters parameters, Objective<TBatch> objective, IExamples<TBatch> examples, IExamples<TBatch>? validation, TrainingOptions options,
        RunFiles? files = null, ICollective? ranks = null, ITrainingObserver? observer = null, SampledPrompts? samples = null)
    {
        this.options = options.Checked();
        if (options.ValidateEvery > 0 && validation is null)
            throw new ArgumentException("A validation interval is set, but there is nothing to validate on.");
        this.parameters = parameters;
        this.objective = objective;
        this.examples = examples;
        this.ranks = ranks ?? new SingleProcess();
        this.files = files ?? RunFiles.None;
        this.observer = observer ?? new SilentObserver();
        this.samples = samples;
        this.validation = options.ValidateEvery > 0 ? validation : null;
        order = new DataOrder(options.Seed, examples.Count);
    }

    public TrainingResult Run(CancellationToken cancellation = default)
    {
        set_num_threads(options.Threads);
        parameters.PrepareForTraining(options.Trainable);
        using var optimizer = options.Optimizer.Create(parameters);
        using var gradients = new GradientSum(parameters.Gradients);
        using var best = new BestParameters(parameters, options.EarlyStopping);
        using var average = new WeightAverage(parameters, options.AverageDecay);
        using var recomputation = options.ActivationCheckpointing ? new Recomputation(objective.Model, options.Precision) : null;
        using var weights = options.Monitor ? new WeightWatch(parameters) : null;

        // ---- Where an earlier run was stopped ----
        (string, Tensor)[] tensors = [("parameters", parameters.Values), .. optimizer.State, .. best.Tensors, .. average.Tensors];
        var resumed = Resumption.From(files, tensors, ranks, observer.Warned);
        var state = resumed ?? new TrainingState();
        var (step, loss) = (state.Step, state.Loss);
        best.Take(state);
        var lossSpikes = new SpikeWatch(state.RecentLosses);
        var normSpikes = new SpikeWatch(state.RecentNorms);
        var overfit = new OverfitWatch(state);
        using var log = (ranks.Rank == 0 ? files : RunFiles.None).OpenLog(state.LogLength);
        var timer = new StepTimer();
        var shards = MicroShards.Of(options.MicroShards, ranks);
        long? saved = resumed?.Step;
        var lastCheckpoint = Stopwatch.GetTimestamp();
        if (resumed is not null)
            observer.Resumed(step);
        else
            Validate(0);

        using var prefetch = new Prefetch<TBatch[]>(at => [.. shards.Mine.Select(shard => Read(at, shard))], step, options.Steps);
        while (step < options.Steps && !best.Exhausted)
        {
            timer.Start();

            // ---- The step's micro-shards, and the weight of them all, known before any forward pass ----
            var batches = prefetch.Next();
            timer.Lap(StepPart.Data);
            var total = shards.SumOver(batches.Select(objective.Weight), ranks).Sum();

            // ---- Forward and backward: each shard adds the gradient of its sum / total ----
            gradients.Start();
            timer.Lap(StepPart.Sum);
            var sums = new double[batches.Length];
            for (var i = 0; i < batches.Length && total > 0; i++)
            {
                using var scope = NewDisposeScope();
                random.manual_seed((long)Mix.Of(options.Seed, step, shards.Mine[i]));
                gradients.MakeRoom(shards.Mine[i]);
                timer.Lap(StepPart.Sum);
                Tensor sum;
                using (Autocast.For(options.Precision))
                    sum = objective.Sums(batches[i], training: true);
                timer.Lap(StepPart.Forward);
                var scaled = Arithmetic.FirstScaled(sum, 1 / total);
                if (recomputation is null)
                    scaled.backward();
                else
                    recomputation.Backward(scaled);
                sums[i] = sum.detach().cpu().data<float>()[0];
                timer.Lap(StepPart.Backward);
            }

            // ---- Over all ranks ----
            if (total > 0)
                gradients.Finish(ranks, shards.Count);
            var perShard = shards.SumOver(sums, ranks);
            loss = total > 0 ? perShard.Sum() / total : 0;
            timer.Lap(StepPart.Sum);
            parameters.ZeroRemoved(parameters.Gradients);
            var norm = optimizer.GradientNorm();

            // ---- Nothing that is not a number reaches the weights ----
            if (!double.IsFinite(loss.Value) || !double.IsFinite(norm))
                throw new NonFiniteException(Diagnosis(step, perShard, norm, saved));
            var spike = lossSpikes.IsSpike(loss.Value) || normSpikes.IsSpike(norm);
            if (!spike)
            {
                lossSpikes.Add(loss.Value);
                normSpikes.Add(norm);
            }

            // ---- Update ----
            var rate = options.LearningRate.At(step, options.Steps);
            if (options.Clip is { } most)
                optimizer.Clip(norm, most);
            weights?.BeforeStep();
            if (!(spike && options.SkipSpikes))
                optimizer.Step(rate, step + 1);
            parameters.ZeroRemoved(parameters.Values);
            step++;
            average.Add(step);
            overfit.Stepped(loss.Value);

            // ---- Report ----
            timer.Stop(batches.Sum(objective.Tokens) * ranks.Size);
            log.Write(step, [new("loss", loss.Value), new("lr", rate), new("grad_norm", norm), .. weights?.AfterStep() ?? []]);
            observer.Stepped(new StepReport(step, options.Steps, loss.Value, rate, norm, timer.TokensPerSecond, timer.Remaining(options.Steps - step), spike));
            if (step % StepsBetweenCollections == 0)
                GC.Collect();
            timer.Lap(StepPart.Rest);

            // ---- Validation and early stopping ----
            if (validation is not null && step % options.ValidateEvery == 0)
                Validate(step);

            // ---- Checkpoint ----
            var due = step == options.Steps || best.Exhausted
                || (options.CheckpointEverySteps > 0 && step % options.CheckpointEverySteps == 0)
                || (options.CheckpointEvery is { } every && Stopwatch.GetElapsedTime(lastCheckpoint) >= every);
            if (due || cancellation.IsCancellationRequested)
            {
                Save(step);
                lastCheckpoint = Stopwatch.GetTimestamp();
            }
            if (step < options.Steps)
                cancellation.ThrowIfCancellationRequested();
        }

        // ---- A last validation that a longer run would not make: after the last checkpoint, from which a longer run goes on ----
        if (validation is not null && step == options.Steps && step % options.ValidateEvery != 0)
            Validate(step);

        // ---- The average, or the best parameters ----
        average.Exchange();
        best.Restore();
        return new TrainingResult(step, (double)step * options.Batch / examples.Count, loss, best.Figures, best.Step(step), best.Exhausted && step < options.Steps, timer.OverallTokensPerSecond, timer.Times);

        void Validate(long at)
        {
            if (validation is null)
                return;
            average.Exchange();
            IReadOnlyList<Figure> figures = [.. Totals.Of(objective, validation, options.MicroShardSize, ranks, options.Precision).Figures(objective)];
            if (figures.FirstOrDefault(figure => !double.IsFinite(figure.Value)) is { Name: not null } bad)
                throw new NonFiniteException($"Validation after step {at} measured {bad.Name} {bad.Value}. {LastCheckpoint(saved)}. Lower the learning rate or lengthen the warm-up.");
            var before = overfit.Overfits;
            var gap = overfit.Validated(figures[0].Value);
            if (options.Monitor)
                figures = [.. figures, .. options.BytesPerToken is { } bytes ? [new("bits_per_byte", figures[0].Value / Math.Log(2) / bytes)] : Array.Empty<Figure>(), .. gap];
            if (overfit.Overfits && !before)
                observer.Warned($"after step {at} the model overfits: the validation loss rises while the training loss falls");
            log.Write(at, figures.Select(figure => figure with { Name = "validation." + figure.Name }));
            observer.Validated(at, figures);
            foreach (var (prompt, text) in ranks.Rank == 0 && samples?.AreDue(at, options.ValidateEvery) == true ? samples.Write() : [])
            {
                log.Write(at, prompt, text);
                observer.Sampled(at, prompt, text);
            }
            best.Consider(at, figures);
            average.Exchange();
        }

        void Save(long at)
        {
            var now = overfit.Into(best.Into(new TrainingState { Step = at, Loss = loss, RecentLosses = lossSpikes.Recent, RecentNorms = normSpikes.Recent }));
            if (ranks.Rank != 0 || !files.Save(now, log, tensors))
                return;
            saved = at;
            observer.Saved(at);
        }
    }

    TBatch Read(long step, int shard)
    {
        var places = new Place[options.MicroShardSize];
        for (var i = 0; i < places.Length; i++)
            places[i] = order.At(step * options.Batch + (long)shard * places.Length + i);
        return examples.Read(places);
    }

    static string Diagnosis(long step, double[] perShard, double norm, long? saved)
    {
        var shard = Array.FindIndex(perShard, sum => !double.IsFinite(sum));
        var what = shard >= 0 ? $"the loss of micro-shard {shard} is {perShard[shard]}" : $"the gradient's norm is {norm}";
        return $"Training stopped before step {step + 1} touched the weights: {what}. {LastCheckpoint(saved)}. Lower the learning rate, lengthen the warm-up, or look at the data of {(shard >= 0 ? "that micro-shard" : "that step")}.";
    }

    static string LastCheckpoint(long? saved) => saved is { } at ? $"The last good checkpoint is that of step {at}" : "There is no checkpoint yet";
}
