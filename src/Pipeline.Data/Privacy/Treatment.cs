namespace Pipeline.Data.Privacy;

public enum Treatment
{
    Keep,
    Remove,
    Placeholder,
}
