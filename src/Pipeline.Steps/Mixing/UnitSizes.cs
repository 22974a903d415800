using System.Text;
using Pipeline.Data.Documents;
using Pipeline.Data.Tokenizers;

namespace Pipeline.Steps.Mixing;

public enum MixUnit
{
    Documents,

    /// <summary>Of the text as UTF-8.</summary>
    Bytes,

    /// <summary>What stands between blanks.</summary>
    Words,
    Tokens,
}

/// <summary>Sizes of documents in a unit.</summary>
internal sealed class UnitSizes(MixUnit unit, TokenizerPool? tokenizers)
{
    public long Of(Document document) => unit switch
    {
        MixUnit.Documents => 1,
        MixUnit.Bytes => Encoding.UTF8.GetByteCount(document.Text),
        MixUnit.Words => BlankWords.Count(document.Text),
        // With the token that ends each document in a token shard.
        _ => tokenizers!.Encode([document.Text]).Lengths[0] + 1,
    };
}
