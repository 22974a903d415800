using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Caching;

/// <param name="From">The longest finished run that the recipe can go on from.</param>
/// <param name="Lost">The longest one that it could have gone on from, had its state not been lost; null where there is none, or one that is as long.</param>
public sealed record Continuation(StepResult? From, StepResult? Lost)
{
    public static readonly Continuation None = new(null, null);
}

/// <summary>Finds the finished runs on the line of a recipe, here and in the shared store.</summary>
public sealed class ShorterRuns(HorizonIndex index, SharedCache cache)
{
    public Continuation Find(StepType type, Recipe recipe)
    {
        if (Horizon.Of(type, recipe.Json) is not { } wanted) return Continuation.None;
        StepResult? lost = null;
        foreach (var (horizon, key) in index.Find(wanted.Line).Concat(cache.FindLine(wanted.Line)).Distinct().Where(e => e.Horizon <= wanted.Value && e.Key != recipe.Key).OrderByDescending(e => e.Horizon).ThenBy(e => e.Key, StringComparer.Ordinal))
        {
            // An entry is only a hint: what counts is the recipe, which has made the key.
            if (cache.Read(key) is not { State: { } state } result || Horizon.Of(type, result.Recipe) is not { } found || found.Line != wanted.Line || found.Value != horizon) continue;
            if (cache.HasAll(state.Files)) return new(result, lost);
            lost ??= result;
        }

        return new(null, lost);
    }
}
