using System.Globalization;
using System.Text.Json;
using Pipeline.Engine.Authoring;
using Pipeline.Training;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Distributed;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Sampling;

namespace Pipeline.Steps.Train;

/// <summary>Runs a trainer as a step: on one process or on the ranks that were started, resumable, with its figures as metrics.</summary>
internal static class TrainingSession
{
    /// <summary>Changes when a checkpoint comes to mean something else, so that an older one is passed over.</summary>
    private const string CheckpointsOf = "trainer 3: early stopping keeps the lowest loss";

    /// <summary>Calls the body once, or on every rank of the job that this process belongs to.</summary>
    public static void OnRanks(Action<ICollective> body)
    {
        if (!MpiJob.IsLaunched)
        {
            using var alone = new SingleProcess();
            body(alone);
            return;
        }

        MpiJob.Run(ranks =>
        {
            body(ranks);
            return 0;
        });
    }

    public static TrainingResult Train<TBatch>(LanguageModel model, Objective<TBatch> objective, IExamples<TBatch> examples, IExamples<TBatch>? validation, TrainParams with, ICollective ranks, StepContext context, Output<Artifacts.TrainingLog> log, SampledPrompts? samples, double? bytesPerToken = null)
    {
        CheckNames(with.Trainable, model.Parameters.Names);
        var folder = Path.Combine(context.Workspace, "run");
        if (ranks.Rank == 0) Begin(folder, context);
        // The workspace belongs to one cache key, so its checkpoints can only be this run's, or the last one of a shorter run.
        var files = ranks.Rank == 0 ? new RunFiles(folder, CheckpointsOf) : RunFiles.None;
        var watcher = ranks.Rank == 0 ? new Watcher(context, with.Monitor ? model : null, ranks.Size) : (ITrainingObserver)new SilentObserver();
        TrainingResult result;
        try
        {
            result = new Trainer<TBatch>(model.Parameters, objective, examples, validation, with.Options with { BytesPerToken = bytesPerToken }, files, ranks, watcher, samples).Run(context.Cancellation);
        }
        catch (NonFiniteException e)
        {
            throw new DivergedException(e.Message, e);
        }

        if (ranks.Rank != 0) return result;
        File.Copy(Path.Combine(folder, "log.jsonl"), log["log.jsonl"]);
        FinalState.Write(folder, context.State);
        context.WentOnFrom = FinalState.OriginOf(folder) is { } origin ? JsonSerializer.Deserialize<ShorterRun>(origin) : null;
        return result;
    }

    internal static void CheckNames(TrainableParams trainable, IReadOnlyList<string> names)
    {
        if (trainable.Problem(names) is { } problem) throw new StepFailedException("trainable: " + problem);
    }

    /// <summary>Has the run begin where a shorter one ended, or with nothing of one where that is asked for.</summary>
    private static void Begin(string folder, StepContext context)
    {
        if (context.Shorter is { } shorter) FinalState.Begin(folder, shorter.State.Locate, JsonSerializer.Serialize(shorter.Run));
        else if (context.FromTheBeginning && FinalState.OriginOf(folder) is not null) Directory.Delete(folder, recursive: true);
    }

    public static void Report(TrainingResult result, LanguageModel model, ICollective ranks, StepContext context)
    {
        context.Metric("train.steps", result.Steps);
        context.Metric("train.epochs", Math.Round(result.Epochs, 4));
        if (result.Loss is { } loss) context.Metric("train.loss", loss);
        foreach (var figure in result.Validation) context.Metric("validation." + figure.Name, figure.Value);
        context.Metric("best_step", result.BestStep);
        context.Metric("parameters", model.Config.ParameterCount);
        if (model.Sparsity is { } sparsity) context.Metric("sparsity", sparsity);
        context.Measure("tokens_per_second", result.TokensPerSecond);
        context.Measure("ranks", ranks.Size);
        // Where a step's time goes, as shares of it: what waits for data, and what the optimiser takes.
        foreach (var part in Enum.GetValues<StepPart>()) context.Measure($"time.{JsonNamingPolicy.SnakeCaseLower.ConvertName(part.ToString())}", result.Times.Share(part));
        context.Measure("flops_per_second", result.TokensPerSecond * model.Config.TrainingFlopsPerToken);
        context.Measure("peak_memory_bytes", PeakMemory());
        // Where the peak is unknown so is the share of it that is reached.
        if (Utilisation(model, result.TokensPerSecond, ranks.Size) is { } mfu) context.Measure("mfu", mfu);
        else context.Log($"MFU is unknown: there is no peak of {NameOf(model)} in the table");
        var validation = result.Validation.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $" · validation {result.Validation[0].Value:0.000}") : "";
        var overfit = result.Validation.Any(figure => figure is { Name: "overfit", Value: 1 }) ? " (overfits)" : "";
        var early = result.StoppedEarly ? $", stopped early, best at {result.BestStep}" : "";
        var shared = ranks.Size > 1 ? $" · {ranks.Size} processes" : "";
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{result.Steps} steps ({Epochs(result.Epochs)}){early} · loss {result.Loss:0.000}{validation}{overfit} · {result.TokensPerSecond / 1000:0.0}k tok/s{shared}");
    }

    /// <summary>Model FLOPs utilisation: the share of what the processors are sold to reach; null where that is not known.</summary>
    private static double? Utilisation(LanguageModel model, double tokensPerSecond, int ranks) =>
        PeakFlops.Of(NameOf(model)) is { } peak ? tokensPerSecond * model.Config.TrainingFlopsPerToken / peak / ranks : null;

    private static string Epochs(double epochs) => string.Create(CultureInfo.InvariantCulture, $"{epochs:0.##} {(epochs == 1 ? "epoch" : "epochs")}");

    private static string NameOf(LanguageModel model) => model.Device.type == TorchSharp.DeviceType.CUDA ? GpuName.Here : "cpu";

    private static long PeakMemory()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <param name="monitored">Of which memory, gradient norm and MFU are shown too; null: not.</param>
    private sealed class Watcher(StepContext context, LanguageModel? monitored, int ranks) : ITrainingObserver
    {
        private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        private string validated = "";
        private long said;

        public void Resumed(long step) => context.Log($"resumed from the checkpoint of step {step}");

        public void Stepped(in StepReport report)
        {
            if (report.Spike) context.Log(string.Create(CultureInfo.InvariantCulture, $"step {report.Step}: spike, loss {report.Loss:0.####}, gradient norm {report.GradientNorm:0.####}"));
            // Ten times a second is as often as anyone looks.
            if (Environment.TickCount64 - said < 100 && report.Step < report.Steps) return;
            said = Environment.TickCount64;
            context.Report(report.Step, report.Steps, "steps", string.Create(CultureInfo.InvariantCulture, $"loss {report.Loss:0.000}{validated}  {report.TokensPerSecond / 1000:0.0}k tok/s{More(report)}"));
        }

        private string More(in StepReport report)
        {
            if (monitored is null) return "";
            var mfu = Utilisation(monitored, report.TokensPerSecond, ranks) is { } share ? share.ToString("0.0%", CultureInfo.InvariantCulture) : "unknown";
            return string.Create(CultureInfo.InvariantCulture, $"  lr {report.LearningRate:0.0e+0}  norm {report.GradientNorm:0.00}  mfu {mfu}  {PeakMemory() / 1e6:0} MB");
        }

        public void Validated(long step, IReadOnlyList<Figure> figures)
        {
            validated = string.Create(CultureInfo.InvariantCulture, $"  val {figures[0].Value:0.000}");
            foreach (var figure in figures)
            {
                if (figure.Name == "gap") validated += string.Create(CultureInfo.InvariantCulture, $"  gap {figure.Value:0.00}");
                else if (figure is { Name: "overfit", Value: 1 }) validated += "  overfits";
            }

            context.Log($"step {step}: " + string.Join(", ", figures.Select(f => string.Create(CultureInfo.InvariantCulture, $"validation {f.Name} {f.Value:0.#####}"))));
        }

        public void Sampled(long step, string prompt, string text) => context.Log($"step {step}: {JsonSerializer.Serialize(prompt, Readable)} -> {JsonSerializer.Serialize(text, Readable)}");

        public void Saved(long step) => context.Log($"checkpoint at step {step}");

        public void Warned(string message) => context.Log("warning: " + message);
    }
}
