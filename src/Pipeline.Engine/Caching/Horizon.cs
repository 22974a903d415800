using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>How far a recipe goes, and which line it is on: two recipes of one line differ in nothing but how far.</summary>
/// <param name="Option">The option that says so: <c>steps</c>.</param>
/// <param name="Follows">The option that is null and stands for the same value, so that the line of another horizon is another one; null where there is none.</param>
/// <param name="Line">SHA-256 of the recipe without the horizon, and with what follows it written out.</param>
/// <param name="Rest">As <paramref name="Line"/>, with what follows the horizon left null: the same for recipes that only that keeps apart.</param>
public sealed record Horizon(string Option, long Value, string? Follows, string Line, string Rest)
{
    /// <summary>Null for a step type without one, and for a recipe that is none of this type's.</summary>
    public static Horizon? Of(StepType type, JsonObject recipe)
    {
        if (type.Horizon is not { } option || (string?)recipe["step"] != type.Name) return null;
        try
        {
            var line = recipe.DeepClone().AsObject();
            var with = line["with"]!.AsObject();
            var follows = type.FollowsHorizon(with.DeepClone().AsObject());
            var value = (long)with[option.Name]!;
            with.Remove(option.Name);
            var rest = Sha256.Of(CanonicalJson.Bytes(line));
            if (follows is not null) StepType.SetFollowing(with, follows, value);
            return new(option.Name, value, follows, follows is null ? rest : Sha256.Of(CanonicalJson.Bytes(line)), rest);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            // Of a version with other options, or made up.
            return null;
        }
    }
}
