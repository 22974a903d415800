using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;

namespace Pipeline.Engine.Planning;

/// <summary>What a plan says of a step that goes on from a shorter run, or that one would have expected to.</summary>
internal static class Continuations
{
    /// <param name="earlier">The step's last result.</param>
    /// <returns>Null where there is nothing to say: the step has no horizon, or it was not raised.</returns>
    public static string? Say(StepType type, Recipe recipe, Continuation found, StepResult? earlier)
    {
        if (Horizon.Of(type, recipe.Json) is not { } wanted) return null;
        var unit = wanted.Option.TrimEnd('s');
        if (found.From is { State: { } state } from) return $"goes on from {unit} {state.Horizon} of run {from.Run}";
        if (found.Lost is { } lost) return $"from the beginning, because the state that run {lost.Run} kept is lost from the store";
        if (earlier is null || Horizon.Of(type, earlier.Recipe) is not { } had || had.Rest != wanted.Rest || had.Value >= wanted.Value) return null;
        return wanted.Follows is { } follows
            ? $"from the beginning, because {follows} is not set and so follows {wanted.Option}; with {follows}: {had.Value} it would go on from {unit} {had.Value}"
            : $"from the beginning, because run {earlier.Run} kept no state";
    }

    /// <summary>How long the rest takes, at the speed of the run before it.</summary>
    public static double? Seconds(StepType type, Recipe recipe, Continuation found)
    {
        if (found.From is not { State: { } state } from || Horizon.Of(type, recipe.Json) is not { } wanted) return null;
        var took = state.Horizon - (from.WentOnFrom?.Horizon ?? 0);
        return took > 0 ? from.Seconds * (wanted.Value - state.Horizon) / took : null;
    }
}
