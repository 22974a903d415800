using Pipeline.Training.Models;

namespace Pipeline.Training.Estimates;

/// <summary>What libtorch's operators keep of one row for the backward pass, counted operator by operator through each family's script; without the output layer.
/// Attention without dropout keeps queries, keys, values and its result, with dropout also three tensors of every score.</summary>
static class KeptActivations
{
    public static Kept OfRow(ModelConfig config, RowShape row) => config switch
    {
        GptConfig gpt => Decoder(gpt, row.Columns),
        LlamaConfig llama => Decoder(llama, row.Columns),
        BertConfig bert => Encoder(bert, row),
        RecurrentConfig recurrent => row.Columns * (Embedded(recurrent.Width, recurrent.Dropouts.Embedding) + recurrent.Layers * Recurrent(recurrent.Kind, recurrent.Width, recurrent.Dropouts.Residual)),
        EncoderDecoderConfig both => Source(both.EncoderLayers, both.Heads, both.Width, both.Dropouts, row) + EncoderDecoder(both, row),
        HybridConfig hybrid => Source(hybrid.EncoderLayers, hybrid.Heads, hybrid.Width, hybrid.Dropouts, row) + Hybrid(hybrid, row),
        _ => throw new ArgumentException($"There is no estimate for architecture {config.Architecture}."),
    };

    /// <summary>What each segment of a model gives to the next.</summary>
    public static Kept BetweenSegments(ModelConfig config, RowShape row)
    {
        var width = config switch
        {
            GptConfig gpt => gpt.Width,
            LlamaConfig llama => llama.Width,
            BertConfig bert => bert.Width,
            RecurrentConfig recurrent => recurrent.Width,
            EncoderDecoderConfig both => both.Width,
            HybridConfig hybrid => hybrid.Width,
            _ => throw new ArgumentException($"There is no estimate for architecture {config.Architecture}."),
        };
        return new Kept((double)config.Segments * Math.Max(row.Columns, row.Source) * width, 0);
    }

    static Kept Decoder(GptConfig gpt, int columns)
    {
        double width = gpt.Width, residual = gpt.ResidualDropout ?? gpt.Dropout;
        // A turned query and key stand beside the joint tensor that the value is a view on.
        var turned = gpt.Positions == Positions.Rope ? 2 * width : 0;
        var attention = Attention(gpt.Heads, width, columns, gpt.AttentionDropout ?? gpt.Dropout, 3 * width + turned);
        var block = attention + new Kept(2 * width, (1 + 1 + 4 + 4) * width) + 2 * Noise(width, residual);
        return columns * (Embedded(width, gpt.EmbeddingDropout ?? gpt.Dropout) + gpt.Layers * block + new Kept(width, width));
    }

    static Kept Decoder(LlamaConfig llama, int columns)
    {
        double width = llama.Width, queries = llama.Heads * llama.HeadWidth;
        // Where several heads share them, keys and values are repeated for each.
        var values = llama.KeyValueHeads == llama.Heads ? 2 * queries : 2 * queries + llama.KeyValueHeads * llama.HeadWidth;
        var attention = Attention(llama.Heads, queries, columns, llama.AttentionDropout ?? llama.Dropout, queries + values);
        // A norm keeps what it read, and that divided by its root mean square.
        var block = attention + new Kept(4 * width, 2 * width + 4 * llama.Hidden) + 2 * Noise(width, llama.ResidualDropout ?? llama.Dropout);
        return columns * (Embedded(width, llama.EmbeddingDropout ?? llama.Dropout) + llama.Layers * block + new Kept(2 * width, width));
    }

    static Kept Encoder(BertConfig bert, RowShape row)
    {
        double width = bert.Width;
        var attention = Attention(bert.Heads, width, row.Columns, bert.Dropouts.Attention, 3 * width);
        var block = attention + new Kept(4 * width, 2.0 * bert.Intermediate) + 2 * Noise(width, bert.Dropouts.Residual);
        return row.Columns * (Embedded(width, bert.Dropouts.Embedding) + bert.Layers * block) + row.Targets * new Kept(2 * width, 2 * width);
    }

    static Kept EncoderDecoder(EncoderDecoderConfig both, RowShape row)
    {
        double width = both.Width;
        var own = Attention(both.Heads, width, row.Columns, both.Dropouts.Attention, 3 * width);
        var cross = Attention(both.Heads, width, row.Source, both.Dropouts.Attention, width);
        var block = own + cross + new Kept(3 * width, (3 + 8) * width) + 3 * Noise(width, both.Dropouts.Residual);
        // Keys and values of the source, anew in each layer.
        var source = row.Source * both.Layers * new Kept(0, 2 * width);
        return row.Columns * (Embedded(width, both.Dropouts.Embedding) + both.Layers * block + new Kept(width, width)) + source;
    }

    static Kept Hybrid(HybridConfig hybrid, RowShape row)
    {
        double width = hybrid.Width;
        var cross = Attention(hybrid.Heads, width, row.Source, hybrid.Dropouts.Attention, width);
        var decoder = Embedded(width, hybrid.Dropouts.Embedding) + hybrid.Layers * Recurrent(hybrid.Kind, width, hybrid.Dropouts.Residual) + cross + new Kept(2 * width, 3 * width) + 2 * Noise(width, hybrid.Dropouts.Residual);
        return row.Columns * decoder + row.Source * new Kept(0, 2 * width);
    }

    static Kept Source(int layers, int heads, double width, DropoutShares dropouts, RowShape row)
    {
        var block = Attention(heads, width, row.Source, dropouts.Attention, 3 * width) + new Kept(2 * width, (2 + 8) * width) + 2 * Noise(width, dropouts.Residual);
        return row.Source * (Embedded(width, dropouts.Embedding) + layers * block + new Kept(width, width));
    }

    /// <param name="seen">Places that each place may see.</param>
    /// <param name="read">Elements of queries, keys and values per place.</param>
    static Kept Attention(int heads, double width, int seen, double dropout, double read) => new(0, read + width + (dropout > 0 ? 3.0 * heads * seen + 3 * width : 0));

    /// <summary>Gates, states and what the layer read; the operators are opaque, so these are as measured.</summary>
    static Kept Recurrent(RecurrentKind kind, double width, double dropout) => new Kept(0, (kind == RecurrentKind.Lstm ? 6 : 7) * width) + Noise(width, dropout);

    static Kept Embedded(double width, double dropout) => new Kept(width, 0) + Noise(width, dropout);

    static Kept Noise(double width, double dropout) => new(0, dropout > 0 ? width : 0);
}
