namespace Pipeline.Training;

public sealed class SilentObserver : ITrainingObserver
{
    public void Resumed(long step)
    {
    }

    public void Stepped(in StepReport report)
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
