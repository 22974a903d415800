using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli;

/// <summary>A pipeline file that is read again when it changes.</summary>
internal sealed class WatchedPipeline
{
    private readonly Func<StepCatalog?, OpenedPipeline> open;
    private (DateTime, long) stamp;

    /// <exception cref="WrongInputException">The file is wrong.</exception>
    public WatchedPipeline(Func<StepCatalog?, OpenedPipeline> open)
    {
        this.open = open;
        Opened = open(null);
        stamp = Stamp();
    }

    /// <summary>As it was when it was last right.</summary>
    public OpenedPipeline Opened { get; private set; }

    /// <exception cref="WrongInputException">The file is wrong now.</exception>
    public void Reopen()
    {
        stamp = Stamp();
        Opened = open(Opened.Catalog);
    }

    /// <summary>The pipeline as it is now; null, and what is wrong is told once, where it has changed and is wrong.</summary>
    public PipelineDefinition? Read(Action<WatchEvent> tell)
    {
        if (stamp == Stamp()) return Opened.Definition;
        try
        {
            Reopen();
            return Opened.Definition;
        }
        catch (WrongInputException e)
        {
            tell(new WatchEvent.Failed(e.Message));
            return null;
        }
    }

    private (DateTime, long) Stamp()
    {
        var file = new FileInfo(Opened.Definition.File);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
