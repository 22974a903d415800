using System.Text;
using Google.Protobuf;

namespace Pipeline.Data.Tokenizers.Checkpoints;

internal enum SentencePieceKind
{
    Normal = 1,
    Unknown,
    Control,
    UserDefined,
    Unused,
    Byte,
}

internal readonly record struct SentencePiece(string Text, float Score, SentencePieceKind Kind);

/// <summary>What a model of SentencePiece says, of the fields that bear on ids. Numbers are those of <c>sentencepiece_model.proto</c>.</summary>
internal sealed record SentencePieceFile
{
    private const long LargestFile = 64 << 20;
    private const int MostPieces = 1 << 20;
    private const int LongestPiece = 512;

    public const int Unigram = 1;
    public const int Bpe = 2;

    public List<SentencePiece> Pieces { get; } = [];

    public int Algorithm { get; private set; } = Unigram;

    public bool ByteFallback { get; private set; }

    public bool SpacesAreSuffixes { get; private set; }

    /// <summary>Ids of the tokens that begin and end a text; -1: none.</summary>
    public int Begin { get; private set; } = 1;

    public int End { get; private set; } = 2;

    public byte[] CharsMap { get; private set; } = [];

    public bool PrefixSpace { get; private set; } = true;

    public bool RemovesExtraSpaces { get; private set; } = true;

    public bool EscapesSpaces { get; private set; } = true;

    public static SentencePieceFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile) throw new InvalidDataException($"{stream.Length:N0} bytes; a model of SentencePiece has at most {LargestFile:N0}.");
        var file = new SentencePieceFile();
        try
        {
            Fields(new CodedInputStream(stream), file.Field);
        }
        catch (InvalidProtocolBufferException damaged)
        {
            throw new InvalidDataException($"no model of SentencePiece, or a damaged one: {damaged.Message}", damaged);
        }

        if (file.Pieces.Count == 0) throw new InvalidDataException("no model of SentencePiece, or an empty one: it has no pieces.");
        return file;
    }

    private bool Field(CodedInputStream input, int number)
    {
        switch (number)
        {
            case 1:
                if (Pieces.Count == MostPieces) throw new InvalidDataException($"The model has more than {MostPieces} pieces.");
                Pieces.Add(Piece(Message(input)));
                return true;
            case 2:
                Fields(Message(input), Training);
                return true;
            case 3:
                Fields(Message(input), Normalization);
                return true;
            default:
                return false;
        }
    }

    private SentencePiece Piece(CodedInputStream input)
    {
        var (text, score, kind) = ((string?)null, 0f, SentencePieceKind.Normal);
        Fields(input, (input, number) =>
        {
            if (number == 1) text = Utf8(input.ReadBytes());
            else if (number == 2) score = input.ReadFloat();
            else if (number == 3) kind = (SentencePieceKind)input.ReadEnum();
            else return false;
            return true;
        });
        if (text is not { Length: > 0 and <= LongestPiece }) throw new InvalidDataException($"The piece number {Pieces.Count} has {text?.Length ?? 0} characters; expected 1 to {LongestPiece}.");
        if (!float.IsFinite(score)) throw new InvalidDataException($"The piece '{text}' has the score {score}; expected a number.");
        if (!Enum.IsDefined(kind)) throw new InvalidDataException($"The piece '{text}' is of kind {(int)kind}, which is not known.");
        return new(text, score, kind);
    }

    private bool Training(CodedInputStream input, int number)
    {
        switch (number)
        {
            case 3: Algorithm = input.ReadEnum(); return true;
            case 24: SpacesAreSuffixes = input.ReadBool(); return true;
            case 35: ByteFallback = input.ReadBool(); return true;
            case 41: Begin = input.ReadInt32(); return true;
            case 42: End = input.ReadInt32(); return true;
            default: return false;
        }
    }

    private bool Normalization(CodedInputStream input, int number)
    {
        switch (number)
        {
            case 2: CharsMap = input.ReadBytes().ToByteArray(); return true;
            case 3: PrefixSpace = input.ReadBool(); return true;
            case 4: RemovesExtraSpaces = input.ReadBool(); return true;
            case 5: EscapesSpaces = input.ReadBool(); return true;
            default: return false;
        }
    }

    /// <param name="read">False passes the field over.</param>
    private static void Fields(CodedInputStream input, Func<CodedInputStream, int, bool> read)
    {
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            if (!read(input, WireFormat.GetTagFieldNumber(tag))) input.SkipLastField();
        }
    }

    private static CodedInputStream Message(CodedInputStream input) => input.ReadBytes().CreateCodedInput();

    private string Utf8(ByteString bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException($"The piece number {Pieces.Count} is no UTF-8.");
        }
    }
}
