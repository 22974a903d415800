using System.Diagnostics;
using Pipeline.Training;

namespace Pipeline.Benchmarks;

/// <summary>What the steps after the first <paramref name="from"/> take.</summary>
sealed class LateSteps(long from) : ITrainingObserver
{
    long start;
    TimeSpan busy;

    public TimeSpan Clock { get; private set; }

    /// <summary>Of all threads.</summary>
    public TimeSpan Processor { get; private set; }

    public void Stepped(in StepReport report)
    {
        using var self = Process.GetCurrentProcess();
        if (report.Step == from)
            (start, busy) = (Stopwatch.GetTimestamp(), self.TotalProcessorTime);
        if (report.Step == report.Steps)
            (Clock, Processor) = (Stopwatch.GetElapsedTime(start), self.TotalProcessorTime - busy);
    }

    public void Resumed(long step)
    {
    }

    public void Validated(long step, IReadOnlyList<Figure> figures)
    {
    }

    public void Saved(long step)
    {
    }

    public void Warned(string message)
    {
    }
}
