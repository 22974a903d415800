using CsCheck;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>Random texts made of given pieces.</summary>
internal static class Pieces
{
    public static Gen<List<string>> Of(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]).List[0, 30];
}
