namespace Pipeline.Engine.Authoring;

/// <summary>The assembly that step types of a user's own come from.</summary>
/// <param name="File">Full path.</param>
/// <param name="Code">Every file of its code, itself and what it brings along: name beside it to SHA-256. Part of the recipe of its steps.</param>
public sealed record StepPlugin(string File, IReadOnlyDictionary<string, string> Code)
{
    public string Name => Path.GetFileName(File);
}
