using System.Diagnostics;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Pipeline.Cli.Screens;

/// <summary>One line a step on a terminal: finished ones scroll up and stay, running and waiting ones move below.</summary>
internal sealed class LiveScreen : Screen
{
    private const int WaitingShown = 6;
    private static readonly string[] Spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly IAnsiConsole console;
    private readonly OpenedPipeline opened;
    private readonly int width;
    private readonly Lock gate = new();
    private readonly List<string> finished = [];
    private readonly Dictionary<string, (string Reason, long Started, StepProgress? Progress)> running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> waiting = new(StringComparer.Ordinal);
    private readonly ManualResetEventSlim ended = new();
    private Thread? painter;
    private string header = "";

    public LiveScreen(IAnsiConsole console, OpenedPipeline opened)
    {
        (this.console, this.opened) = (console, opened);
        width = opened.Definition.Steps.Select(s => s.Id.Length).DefaultIfEmpty().Max();
    }

    public override void On(RunEvent happened)
    {
        lock (gate)
        {
            switch (happened)
            {
                case RunEvent.RunStarted started:
                    Begin(started);
                    break;
                case RunEvent.StepStarted started:
                    waiting.Remove(started.Step.Id);
                    running[started.Step.Id] = (started.Reason, Stopwatch.GetTimestamp(), null);
                    if (started.Notice.Length > 0) finished.Add($"  [yellow]![/] {Name(started.Step.Id)}  {Markup.Escape(started.Notice)}");
                    break;
                case RunEvent.StepWaits waits:
                    running.Remove(waits.Step.Id);
                    waiting[waits.Step.Id] = $"waits for {waits.For}";
                    break;
                case RunEvent.StepRetries again:
                    finished.Add($"  [yellow]![/] {Name(again.Step.Id)}  {Markup.Escape(StepLine.Retry(again))}");
                    break;
                case RunEvent.StepProgressed moved when running.TryGetValue(moved.Step.Id, out var known):
                    running[moved.Step.Id] = (known.Reason, known.Started, moved.Progress);
                    break;
                case RunEvent.StepFinished done:
                    running.Remove(done.Outcome.Step.Id);
                    waiting.Remove(done.Outcome.Step.Id);
                    finished.Add(Done(done.Outcome));
                    break;
            }
        }

        if (happened is not RunEvent.RunFinished last) return;
        Stop();
        RunEnding.Print(Console.Out, last.Summary, opened);
    }

    public override void Dispose()
    {
        Stop();
        ended.Dispose();
        base.Dispose();
    }

    private void Begin(RunEvent.RunStarted started)
    {
        header = $"{started.Definition.Name} · run {started.Run} · {Environment.ProcessorCount} cpu";
        foreach (var decision in started.Plan.Decisions.Where(d => d is not (Decision.Reuse or Decision.Skip)))
            waiting[decision.Step.Id] = decision is Decision.Maybe maybe ? $"waits for {string.Join(", ", maybe.WaitsFor)}" : "ready";
        if (started.Plan.IsFresh) return;
        console.WriteLine(header);
        console.WriteLine();
        painter = new Thread(Paint) { IsBackground = true, Name = "screen" };
        painter.Start();
    }

    /// <summary>Repaints eight times a second; finished lines are written above the live part once and for good.</summary>
    private void Paint() => console.Live(new Markup("")).AutoClear(true).Start(live =>
    {
        for (var frame = 0; ; frame++)
        {
            var last = ended.Wait(125);
            List<string> above;
            IRenderable below;
            lock (gate)
            {
                above = [.. finished];
                finished.Clear();
                below = new Markup(Below(frame));
            }

            foreach (var line in above) console.MarkupLine(line);
            live.UpdateTarget(last ? new Markup("") : below);
            if (last) return;
        }
    });

    private string Below(int frame)
    {
        var lines = running.Select(r => $"  [blue]{Spinner[frame % Spinner.Length]}[/] {Name(r.Key)}  {Moving(r.Value.Reason, r.Value.Started, r.Value.Progress)}").ToList();
        lines.AddRange(waiting.Take(WaitingShown).Select(w => $"    [grey]{Name(w.Key)}  {Markup.Escape(w.Value)}[/]"));
        if (waiting.Count > WaitingShown) lines.Add($"    [grey]… and {waiting.Count - WaitingShown} more[/]");
        return string.Join('\n', lines);
    }

    private static string Moving(string reason, long started, StepProgress? progress)
    {
        var elapsed = Stopwatch.GetElapsedTime(started);
        if (progress is null) return $"{Text.Duration(elapsed.TotalSeconds),8}  [grey]{Markup.Escape(reason)}[/]";
        var bar = progress.Total > 0 ? Bar(progress.Done / progress.Total) + "  " : "";
        return $"{Text.Duration(elapsed.TotalSeconds),8}  {bar}{Markup.Escape(StepLine.Progress(progress, elapsed))}";
    }

    private static string Bar(double fraction)
    {
        var full = (int)Math.Round(Math.Clamp(fraction, 0, 1) * 20);
        return $"[blue]{new string('█', full)}[/][grey]{new string('░', 20 - full)}[/]";
    }

    private string Done(StepOutcome outcome) => outcome.State switch
    {
        StepState.Ran => $"  [green]✓[/] {Name(outcome.Step.Id)}  {Text.Duration(outcome.Seconds),8}  {Markup.Escape(outcome.Result!.Summary)}",
        StepState.Reused => $"  [green]✓[/] {Name(outcome.Step.Id)}  [grey]{"reused",8}[/]  {Markup.Escape(outcome.Result!.Summary)}",
        StepState.Failed => $"  [red]✗[/] {Name(outcome.Step.Id)}  [red]{"failed",8}[/]  {Markup.Escape(outcome.Failure!.Message)}",
        _ => $"  [grey]- {Name(outcome.Step.Id)}  {"skipped",8}  {Markup.Escape(outcome.Reason)}[/]",
    };

    private string Name(string id) => Markup.Escape(id.PadRight(width));

    private void Stop()
    {
        ended.Set();
        painter?.Join();
        painter = null;
    }
}
