using System.Text.Json;
using Pipeline.Data.Tokenizers.Normalizing;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers.Checkpoints;

/// <summary>
/// A model of SentencePiece in the parts of <c>tokenizer.json</c>, with SentencePiece's ids but for three rare things, in which Hugging Face's engine differs from it: marks that follow a character which the table of replacements changes,
/// the space before a text that begins with a user-defined symbol, and ties, for it adds scores in single precision.
/// </summary>
internal static class SentencePieceModel
{
    private const char Space = UnigramModel.SpaceSymbol;

    public static TokenizerModel Read(string path, CheckpointSettings settings)
    {
        var file = SentencePieceFile.Read(path);
        Refuse(file);
        Refuse(settings, file.PrefixSpace);
        List<string> tokens = [.. file.Pieces.Select(piece => piece.Text)];
        var added = Added(file);
        settings.AddTo(tokens, added);
        var unknown = file.Pieces.FindIndex(piece => piece.Kind == SentencePieceKind.Unknown);
        if (unknown < 0) throw new InvalidDataException("The model has no piece for what is unknown.");
        var (normalizers, splitters) = Words(file);
        var decoder = new SpaceSymbolDecoder(file.PrefixSpace ? FirstSpace.Dropped : FirstSpace.Kept, file.ByteFallback);
        var template = Around(file, tokens, settings);
        return file.Algorithm == SentencePieceFile.Unigram
            ? new UnigramModel(tokens, added, [.. file.Pieces.Select(piece => (double)piece.Score)]) { Unknown = unknown, ByteFallback = file.ByteFallback, Normalizers = normalizers, Splitters = splitters, Decoder = decoder, Template = template }
            : new BpeModel(tokens, added, ScoredMerges.Of(file.Pieces)) { Unknown = unknown, ByteFallback = file.ByteFallback, FusesUnknown = true, Normalizers = normalizers, Splitters = splitters, Decoder = decoder, Template = template };
    }

    private static void Refuse(SentencePieceFile file)
    {
        if (file.Algorithm is not (SentencePieceFile.Unigram or SentencePieceFile.Bpe)) throw new InvalidDataException($"The model's type is {file.Algorithm switch { 3 => "word", 4 => "char", var other => $"{other}" }}; expected unigram or bpe.");
        if (file.SpacesAreSuffixes) throw new InvalidDataException("The model has spaces at the ends of words (treat_whitespace_as_suffix), which is not supported: it would change the ids.");
        if (!file.EscapesSpaces) throw new InvalidDataException($"The model keeps spaces instead of '{Space}' (escape_whitespaces: false), which is not supported: it would change the ids.");
        if (file.Pieces.FirstOrDefault(piece => piece.Kind == SentencePieceKind.Unused).Text is { } unused) throw new InvalidDataException($"The model has unused pieces ('{unused}'), which are not supported: they would change the ids.");
        if (file.ByteFallback && Enumerable.Range(0, 256).Select(value => ByteTokens.Of((byte)value)).Except(file.Pieces.Where(piece => piece.Kind == SentencePieceKind.Byte).Select(piece => piece.Text)).FirstOrDefault() is { } missing)
            throw new InvalidDataException($"The model spells what is unknown in bytes, but has no piece '{missing}'.");
        if (file is { PrefixSpace: true, RemovesExtraSpaces: false } && file.Pieces.Any(piece => piece.Kind == SentencePieceKind.UserDefined))
            throw new InvalidDataException("The model puts a space before a text and has user-defined symbols but keeps extra spaces, which is not supported: it would change the ids.");
    }

    /// <summary>Other classes shift the ids of the model, or change a text before it.</summary>
    private static void Refuse(CheckpointSettings settings, bool prefixSpace)
    {
        if (settings.Class is not (null or "LlamaTokenizer" or "T5Tokenizer"))
            throw new InvalidDataException($"{CheckpointSettings.FileName}: tokenizer_class is {settings.Class}; with a model of SentencePiece only LlamaTokenizer and T5Tokenizer are read. Save its fast tokenizer, tokenizer.json, beside it.");
        settings.Allow("add_prefix_space", value => value.ValueKind == (prefixSpace ? JsonValueKind.True : JsonValueKind.False));
        settings.Allow("do_lower_case", value => value.ValueKind == JsonValueKind.False);
        settings.Allow("sp_model_kwargs", value => value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 0);
    }

    /// <summary>Control symbols are special; user-defined ones are found in normalized text, before all else.</summary>
    private static List<AddedToken> Added(SentencePieceFile file) =>
    [
        .. file.Pieces.Where(piece => piece.Kind is SentencePieceKind.Control or SentencePieceKind.Unknown).Select(piece => new AddedToken(piece.Text) { Special = true }),
        .. file.Pieces.Where(piece => piece.Kind == SentencePieceKind.UserDefined).Select(piece => new AddedToken(piece.Text) { Normalized = true }),
    ];

    private static (List<Normalizer>, List<Splitter>) Words(SentencePieceFile file)
    {
        List<Normalizer> normalizers = [];
        if (file.CharsMap.Length > 0) normalizers.Add(PrecompiledCharsMap.Of(file.CharsMap));
        // A normalizer would put a space before what follows a user-defined symbol, too; a space that is there already is the one before the text.
        var scheme = file.PrefixSpace && file.Pieces.Exists(piece => piece.Kind == SentencePieceKind.UserDefined) ? PrependScheme.First : PrependScheme.Never;
        if (file.RemovesExtraSpaces) normalizers.Add(new ExtraSpaces(Left: scheme == PrependScheme.Never));
        if (file.PrefixSpace && scheme == PrependScheme.Never) normalizers.Add(new Prepend($"{Space}"));
        normalizers.Add(new Replace(" ", $"{Space}"));
        // Where no piece goes over a space, words are segmented one by one as they would be together, and each only once.
        var cuts = !file.Pieces.Exists(piece => piece.Kind is SentencePieceKind.Normal or SentencePieceKind.UserDefined && piece.Text.AsSpan(1).Contains(Space));
        return (normalizers, cuts || scheme == PrependScheme.First ? [new Metaspace(scheme, cuts)] : []);
    }

    private static Template? Around(SentencePieceFile file, List<string> tokens, CheckpointSettings settings)
    {
        var begin = settings.Flag("add_bos_token") ?? settings.Class is null or "LlamaTokenizer" ? Id("bos_token", file.Begin) : null;
        var end = settings.Flag("add_eos_token") ?? settings.Class is "T5Tokenizer" ? Id("eos_token", file.End) : null;
        if (begin is null && end is null) return null;
        return new([.. Text(second: false)], [.. Text(second: false), .. Text(second: true)]);

        IEnumerable<TemplatePiece> Text(bool second)
        {
            var type = second ? 1 : 0;
            if (begin is { } first) yield return new(first, false, type);
            yield return new(null, second, type);
            if (end is { } last) yield return new(last, false, type);
        }

        int? Id(string option, int usual) => settings.Token(option) is { } name
            ? tokens.IndexOf(name) is >= 0 and var id ? id : throw new InvalidDataException($"{CheckpointSettings.FileName}: {option} is '{name}', which the vocabulary lacks.")
            : usual >= 0 && usual < file.Pieces.Count && file.Pieces[usual].Kind == SentencePieceKind.Control ? usual : null;
    }
}
