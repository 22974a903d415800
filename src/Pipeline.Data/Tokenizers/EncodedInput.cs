namespace Pipeline.Data.Tokenizers;

/// <summary>How a text becomes a model's input; null where it goes by what the tokenizer says.</summary>
public sealed record InputOptions
{
    /// <summary>False leaves out what the template adds.</summary>
    public bool Template { get; init; } = true;

    /// <summary>Whether a special token that the text spells is that token.</summary>
    public bool SpecialTokensInText { get; init; }

    public Truncation? Truncation { get; init; }

    public Padding? Padding { get; init; }
}

/// <summary>A text or a pair of texts as a model's input.</summary>
/// <param name="AttentionMask">0 where an input was filled up.</param>
/// <param name="SpecialTokensMask">1 for what the template or the padding put there.</param>
public sealed record EncodedInput(int[] Ids, int[] TypeIds, int[] AttentionMask, int[] SpecialTokensMask)
{
    public static EncodedInput Of(TextTokenizer tokenizer, string text, string? second = null, InputOptions? options = null) => Batch(tokenizer, [(text, second)], options)[0];

    /// <exception cref="InvalidDataException">The template has no room in the maximum length, or only a second text was to be cut and there is none.</exception>
    public static IReadOnlyList<EncodedInput> Batch(TextTokenizer tokenizer, IReadOnlyList<(string Text, string? Second)> texts, InputOptions? options = null)
    {
        options ??= new();
        List<EncodedInput> inputs = [.. texts.Select(each => Laid(tokenizer, each.Text, each.Second, options))];
        return (options.Padding ?? tokenizer.Model.Padding) is { } padding ? Padded(inputs, padding) : inputs;
    }

    private static EncodedInput Laid(TextTokenizer tokenizer, string text, string? second, InputOptions options)
    {
        var (model, pair) = (tokenizer.Model, second is not null);
        List<int>[] parts = [tokenizer.Encode(text, options.SpecialTokensInText), pair ? tokenizer.Encode(second!, options.SpecialTokensInText) : []];
        var template = options.Template ? model.Template : null;
        if ((options.Truncation ?? model.Truncation) is { } truncation) Cut(parts, pair, truncation, truncation.MaxLength - (template?.Length(pair) ?? 0));
        IReadOnlyList<TemplatePiece> pieces = template is null ? [new(null, false, 0), new(null, true, 0)] : pair ? template.Pair : template.Single;
        List<int> ids = [], types = [], special = [];
        foreach (var piece in pieces)
        {
            List<int> part = piece.Token is { } token ? [token] : parts[piece.Second ? 1 : 0];
            ids.AddRange(part);
            types.AddRange(Enumerable.Repeat(piece.TypeId, part.Count));
            special.AddRange(Enumerable.Repeat(piece.Token is null ? 0 : 1, part.Count));
        }

        return new([.. ids], [.. types], [.. ids.Select(_ => 1)], [.. special]);
    }

    private static void Cut(List<int>[] parts, bool pair, Truncation truncation, int room)
    {
        if (room < 0) throw new InvalidDataException($"A maximum length of {truncation.MaxLength} has no room for the tokens that the template adds.");
        var (first, second) = (parts[0].Count, parts[1].Count);
        var excess = first + second - room;
        if (excess <= 0) return;
        switch (truncation.Strategy)
        {
            case TruncationStrategy.LongestFirst when pair:
                // The shorter text is cut only where the longer alone would become shorter than it.
                var (least, most) = (Math.Min(first, second), Math.Max(first, second));
                most = least > room ? least : Math.Max(least, room - least);
                if (least + most > room) (least, most) = (room / 2, (room / 2) + (room % 2));
                (first, second) = first <= second ? (least, most) : (most, least);
                break;
            case TruncationStrategy.OnlySecond:
                if (!pair) throw new InvalidDataException("The second text is to be cut, and there is none.");
                second -= excess;
                break;
            default:
                first -= excess;
                break;
        }

        if (first < 0 || second < 0) throw new InvalidDataException($"The text that is to be cut is too short for a maximum length of {truncation.MaxLength}.");
        Keep(parts[0], first);
        Keep(parts[1], second);

        void Keep(List<int> ids, int count) => ids.RemoveRange(truncation.Side == Side.Left ? 0 : count, ids.Count - count);
    }

    private static List<EncodedInput> Padded(List<EncodedInput> inputs, Padding padding)
    {
        var length = padding.Length ?? inputs.Select(input => input.Ids.Length).DefaultIfEmpty().Max();
        if (padding.MultipleOf is > 0 and var multiple) length = (length + multiple - 1) / multiple * multiple;
        return [.. inputs.Select(input => new EncodedInput(Filled(input.Ids, padding.Id), Filled(input.TypeIds, padding.TypeId), Filled(input.AttentionMask, 0), Filled(input.SpecialTokensMask, 1)))];

        int[] Filled(int[] values, int with)
        {
            int[] filling = [.. Enumerable.Repeat(with, Math.Max(0, length - values.Length))];
            return padding.Side == Side.Left ? [.. filling, .. values] : [.. values, .. filling];
        }
    }
}
