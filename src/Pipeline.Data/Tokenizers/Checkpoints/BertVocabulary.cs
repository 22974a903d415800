using System.Text;
using System.Text.Json;
using Pipeline.Data.Tokenizers.Normalizing;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers.Checkpoints;

/// <summary><c>vocab.txt</c>: a WordPiece vocabulary, a token a line, as BERT was published with it.</summary>
internal static class BertVocabulary
{
    private const long LargestFile = 64 << 20;
    private const int MostTokens = 1 << 20;

    private static readonly (string Option, string Usual)[] Specials = [("unk_token", "[UNK]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"), ("cls_token", "[CLS]"), ("mask_token", "[MASK]")];

    public static WordPieceModel Read(string path, CheckpointSettings settings)
    {
        if (settings.Class is not (null or "BertTokenizer" or "DistilBertTokenizer" or "ElectraTokenizer")) throw new InvalidDataException($"{CheckpointSettings.FileName}: tokenizer_class is {settings.Class}; with a vocab.txt only BertTokenizer is read.");
        settings.Allow("do_basic_tokenize", value => value.ValueKind == JsonValueKind.True);
        settings.Allow("never_split", value => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);
        var tokens = Tokens(path);
        var added = new List<AddedToken>();
        settings.AddTo(tokens, added);
        var names = Specials.ToDictionary(special => special.Option, special => settings.Token(special.Option) ?? special.Usual);
        foreach (var (option, usual) in Specials)
        {
            var name = names[option];
            if (!tokens.Contains(name) && (name != usual || option == "unk_token")) throw new InvalidDataException($"{option} is '{name}', which the vocabulary lacks.");
            if (tokens.Contains(name) && !added.Exists(token => token.Content == name)) added.Add(new(name) { Special = true });
        }

        return new(tokens, added)
        {
            Unknown = tokens.IndexOf(names["unk_token"]),
            Normalizers = [new BertNormalizer(CleansText: true, settings.Flag("tokenize_chinese_chars") ?? true, settings.Flag("strip_accents"), settings.Flag("do_lower_case") ?? true)],
            Splitters = [new BertWords()],
            Decoder = new WordPieceDecoder(WordPieceModel.UsualPrefix, CleansUp: true),
            Template = Template.Bert(tokens.IndexOf(names["cls_token"]), tokens.IndexOf(names["sep_token"])),
        };
    }

    private static List<string> Tokens(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > LargestFile) throw new InvalidDataException($"{file.Length:N0} bytes; a vocab.txt has at most {LargestFile:N0}.");
        using var lines = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
        var tokens = new List<string>();
        try
        {
            while (lines.ReadLine() is { } token)
            {
                if (tokens.Count == MostTokens) throw new InvalidDataException($"The vocabulary has more than {MostTokens} tokens.");
                tokens.Add(token);
            }
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"The vocabulary is no UTF-8 after token {tokens.Count - 1}.");
        }

        return tokens;
    }
}
