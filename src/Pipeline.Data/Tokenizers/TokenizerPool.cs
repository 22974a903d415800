using System.Collections.Concurrent;

namespace Pipeline.Data.Tokenizers;

/// <summary>Tokenizers of one model for several threads: made when they are needed, as many as encode at once.</summary>
public sealed class TokenizerPool(TokenizerModel model)
{
    private readonly ConcurrentBag<TextTokenizer> idle = [];

    public EncodedTexts Encode(IEnumerable<string> texts)
    {
        if (!idle.TryTake(out var tokenizer)) tokenizer = new(model);
        var encoded = new EncodedTexts();
        foreach (var text in texts) encoded.Add(tokenizer.Encode(text));
        idle.Add(tokenizer);
        return encoded;
    }
}
