namespace Pipeline.Training;

public class SilentObserver : ITrainingObserver
{
    public void Resumed(long step)
    {
    }

    public virtual void Stepped(in StepReport report)
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
