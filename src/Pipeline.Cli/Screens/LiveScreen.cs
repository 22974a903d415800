using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;
using Spectre.Console;

namespace Pipeline.Cli.Screens;

/// <summary>One line a step on a terminal: finished ones scroll up and stay, running and waiting ones move below.</summary>
internal sealed class LiveScreen : Screen
{
    private const int WaitingShown = 6;
    private static readonly string[] Spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly IAnsiConsole console;
    private readonly OpenedPipeline opened;
    private readonly LiveRegion region;
    private readonly int width;
    private readonly Lock gate = new();
    private readonly List<ScreenLine> finished = [];
    private readonly Dictionary<string, RunningStep> running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> waiting = new(StringComparer.Ordinal);
    private readonly ManualResetEventSlim ended = new();
    private Thread? painter;
    private int frame;

    public LiveScreen(IAnsiConsole console, OpenedPipeline opened)
    {
        (this.console, this.opened) = (console, opened);
        region = new(console);
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
                    running[started.Step.Id] = new(started.Step);
                    if (started.Notice.Length > 0) finished.Add(Noted(started.Step.Id, started.Notice));
                    break;
                case RunEvent.StepWaits waits:
                    running.Remove(waits.Step.Id);
                    waiting[waits.Step.Id] = $"waits for {waits.For}";
                    break;
                case RunEvent.StepAsks asks:
                    waiting[asks.Step.Id] = "waits for approval";
                    finished.Add(Noted(asks.Step.Id, StepLine.Asks(asks, opened.State.Folder)));
                    break;
                case RunEvent.StepApproved answered:
                    finished.Add(Noted(answered.Step.Id, answered.Answer.Words));
                    break;
                case RunEvent.StepRetries again:
                    finished.Add(Noted(again.Step.Id, StepLine.Retry(again)));
                    break;
                case RunEvent.StepProgressed moved when running.TryGetValue(moved.Step.Id, out var step):
                    step.Move(moved.Progress);
                    break;
                case RunEvent.RunStopping when running.Count > 0:
                    finished.Add(new($"  [yellow]![/] {StepLine.Stopping(running.Count)}"));
                    break;
                case RunEvent.StepFinished done:
                    running.Remove(done.Outcome.Step.Id);
                    waiting.Remove(done.Outcome.Step.Id);
                    finished.Add(Done(done.Outcome));
                    break;
            }
        }

        if (happened is not RunEvent.RunFinished last) return;
        var wasPainted = painter is not null;
        Stop();
        RunEnding.Print(console.Profile.Out.Writer, last.Summary, opened, listSteps: !wasPainted);
    }

    /// <summary>Brings the terminal up to date.</summary>
    internal void Refresh()
    {
        lock (gate)
        {
            region.Paint(finished, ended.IsSet ? [] : Below());
            finished.Clear();
            frame++;
        }
    }

    public override void Dispose()
    {
        Stop();
        ended.Dispose();
        base.Dispose();
    }

    private void Begin(RunEvent.RunStarted started)
    {
        foreach (var decision in started.Plan.Decisions.Where(d => d is not (Decision.Reuse or Decision.Skip)))
        {
            var above = started.Plan.Graph.DependenciesOf(decision.Step.Id).Where(waiting.ContainsKey).ToList();
            waiting[decision.Step.Id] = above.Count > 0 ? $"waits for {string.Join(", ", above)}" : "ready";
        }

        if (started.Plan.IsFresh) return;
        var parts = new List<string> { started.Definition.Name, $"run {started.Run}" };
        if (GitState.Short(started.Definition.Folder) is { } commit) parts.Add($"git {commit}");
        var machine = MachineResources.OfThisMachine();
        parts.Add($"{machine.Cpus} cpu, {machine.Gpus} gpu");
        finished.Add(new(Markup.Escape(string.Join(" · ", parts))));
        finished.Add(new(""));
        painter = new Thread(Paint) { IsBackground = true, Name = "screen" };
        painter.Start();
    }

    /// <summary>Eight times a second.</summary>
    private void Paint()
    {
        do Refresh();
        while (!ended.Wait(125));
    }

    private List<ScreenLine> Below()
    {
        var lines = running.Select(r => new ScreenLine($"  [blue]{Spinner[frame % Spinner.Length]}[/] {Name(r.Key)}  {Moving(r.Value)}")).ToList();
        lines.AddRange(waiting.Take(WaitingShown).Select(w => new ScreenLine($"    [grey]{Name(w.Key)}  {Markup.Escape(w.Value)}[/]")));
        if (waiting.Count > WaitingShown) lines.Add(new($"    [grey]… and {waiting.Count - WaitingShown} more[/]"));
        return lines;
    }

    private static string Moving(RunningStep step)
    {
        var bar = step.Progress is { Total: > 0 } progress ? Bar(progress.Done / progress.Total) + "  " : "";
        return $"{Text.Duration(step.Elapsed.TotalSeconds),9}  {bar}{Markup.Escape(step.Say())}";
    }

    private static string Bar(double fraction)
    {
        var full = (int)Math.Round(Math.Clamp(fraction, 0, 1) * 10);
        return $"[blue]{new string('█', full)}[/][grey]{new string('░', 10 - full)}[/]";
    }

    private ScreenLine Noted(string id, string text) => new($"  [yellow]![/] {Name(id)}  ", Markup.Escape(text));

    private ScreenLine Done(StepOutcome outcome)
    {
        var (mark, color) = outcome.State switch
        {
            StepState.Ran or StepState.Reused => ("✓", "green"),
            StepState.Failed => StepLine.IsCancelled(outcome) ? ("-", "yellow") : ("✗", "red"),
            _ => ("-", "grey"),
        };
        var time = outcome.State == StepState.Ran ? Text.Duration(outcome.Seconds) : StepLine.Word(outcome);
        return new($"  [{color}]{mark}[/] {Name(outcome.Step.Id)}  {time,9}  ", Markup.Escape(StepLine.Story(outcome)));
    }

    private string Name(string id) => Markup.Escape(id.PadRight(width));

    private void Stop()
    {
        ended.Set();
        painter?.Join();
        if (painter is not null) Refresh();
        painter = null;
    }
}
