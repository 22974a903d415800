using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Tokenizing;

/// <summary>Of steps that count in a unit which may be tokens, and then take the input tokenizer.</summary>
internal static class TokenUnit
{
    /// <param name="otherwise">The unit to count in without a tokenizer.</param>
    public static IEnumerable<(string Option, string Message)> Problems<TUnit>(TUnit unit, TUnit tokens, IReadOnlyDictionary<string, int> given, string otherwise)
        where TUnit : struct, Enum
    {
        var (counts, tokenizer) = (unit.Equals(tokens), given.GetValueOrDefault("tokenizer") > 0);
        if (counts && !tokenizer) yield return ("unit", $"is tokens, which need the input tokenizer to be counted; give it or count {otherwise}");
        if (!counts && tokenizer) yield return ("unit", $"is {OptionReader.SnakeCase(unit.ToString())}, so that the input tokenizer is not read; set unit: tokens or leave it out");
    }

    public static TokenizerPool? Counter(Artifact<Artifacts.Tokenizer>? tokenizer) => tokenizer is null ? null : new(TokenizerReader.Read(tokenizer.Locate("tokenizer.json")));
}
