using System.Globalization;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Running;

/// <summary>How much of a step's work was done in this run, in words. Of results it says nothing: it goes into logs and summaries, never into metrics.</summary>
internal static class Anew
{
    /// <summary><c>1 of 501 files read anew</c>; null where all of them were.</summary>
    public static string? Say(StepContext context, string part, string parts, string done)
    {
        var (made, found) = context.Pieces.Count(part);
        if (found == 0) return null;
        var said = string.Create(CultureInfo.InvariantCulture, $"{made:N0} of {made + found:N0} {parts} {done} anew");
        context.Log(said);
        return said;
    }
}
