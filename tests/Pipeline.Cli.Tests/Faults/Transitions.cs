namespace Pipeline.Cli.Tests.Faults;

/// <summary>The engine is ended at the moment at which it says that a run or a step begins or has ended: at each of them, in one scenario or another.</summary>
internal static class Transitions
{
    /// <summary>kill -9, or the polite word, after which it ends in order.</summary>
    public static async Task<bool> Ended(Random random)
    {
        var subject = await Subject.Any(random);
        using var project = subject.NewProject();
        // Each step begins and ends, and so does the run.
        var at = random.Next(1, (2 * subject.Whole.Steps.Count) + 2);
        var signal = random.Next(4) == 0 ? ProgramRun.Terminate : ProgramRun.Kill;
        using var run = project.Start("run", "p.yaml", "--json");
        var struck = await run.SaysSo(events: at);
        run.Signal(signal);
        var ended = await run.End();
        if (signal == ProgramRun.Terminate) Assert.Contains(ended.ExitCode, new[] { ExitCode.Cancelled, ExitCode.Success, 128 + ProgramRun.Terminate });
        Invariants.Sound(project.State);
        await Invariants.GoesOn(subject, project, project.State, Invariants.Finished(ended.Output));
        return struck && ended.ExitCode != ExitCode.Success;
    }
}
