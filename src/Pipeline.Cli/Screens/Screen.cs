using Pipeline.Cli.Reports;
using Pipeline.Engine.Execution;
using Spectre.Console;

namespace Pipeline.Cli.Screens;

/// <summary>What a run shows.</summary>
internal abstract class Screen : IRunObserver, IDisposable
{
    /// <summary>JSON lines for machines, moving lines on a terminal, plain lines everywhere else.</summary>
    public static Screen Choose(bool json, OpenedPipeline opened)
    {
        if (json) return new JsonScreen(GuardedOutput.Over(Console.Out, json: true));
        if (Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") == "dumb") return new PlainScreen(GuardedOutput.Over(Console.Out, json: false), opened);
        return new LiveScreen(AnsiConsole.Console, opened);
    }

    public abstract void On(RunEvent happened);

    public virtual void Dispose()
    {
    }
}

internal sealed class JsonScreen(TextWriter output) : Screen
{
    public override void On(RunEvent happened)
    {
        output.WriteLine(RunEventJson.Line(happened));
        output.Flush();
    }
}
