using System.Diagnostics;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Checkpoints;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>Models of SentencePiece: made by hand, made by it, and damaged.</summary>
public sealed class SentencePieceTests : IDisposable
{
    private const string Trainer = "/usr/bin/spm_train", Encoder = "/usr/bin/spm_encode";
    private const string Identity = "--normalization_rule_name=identity";
    private const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6;

    private static readonly (string, float, int)[] Specials = [("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control)];

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void The_best_score_wins_in_a_unigram_model()
    {
        Write([.. Specials, ("▁", -3, Normal), ("a", -3, Normal), ("b", -3, Normal), ("▁ab", -2, Normal), ("ba", -4, Normal)]);
        var tokenizer = Read();
        Assert.Equal("▁ab ▁ ba", Pieces(tokenizer, "  ab   ba "));
        Assert.Equal("▁ <unk> a", Pieces(tokenizer, "xya"));
        Assert.Equal([1], tokenizer.Model.Begins);
        Assert.Equal("ab ba", tokenizer.DecodeWhole(tokenizer.Encode("ab ba")));
        Assert.Empty(tokenizer.Encode("   "));
    }

    [Fact]
    public void The_best_score_is_merged_first_in_a_model_of_pairs_and_the_rest_is_spelled_in_bytes()
    {
        var bytes = Enumerable.Range(0, 256).Select(value => ($"<0x{value:X2}>", 0f, Byte));
        Write([.. Specials, .. bytes, ("ab", -1, Normal), ("▁a", -2, Normal), ("bc", -3, Normal), ("abc", -4, Normal), ("▁", -5, Normal), ("a", -6, Normal), ("b", -7, Normal), ("c", -8, Normal)],
            algorithm: 2, fallback: true, extraSpaces: true, prefix: true);
        var tokenizer = Read();
        Assert.Equal("▁ abc ▁a <0xE6> <0xBC> <0xA2> ▁ ▁ bc", Pieces(tokenizer, "abc a漢  bc"));
        Assert.Equal("abc a漢  bc", tokenizer.DecodeWhole(tokenizer.Encode("abc a漢  bc")));
    }

    [Fact]
    public void Symbols_of_the_user_are_found_first_and_control_symbols_never()
    {
        Write([.. Specials, ("<sep>", 0, UserDefined), ("▁", -3, Normal), ("a", -3, Normal), ("▁a", -2, Normal), ("<", -4, Normal), ("s", -4, Normal), ("e", -4, Normal), ("p", -4, Normal), (">", -4, Normal)]);
        var tokenizer = Read();
        Assert.Equal("▁a <sep> a ▁ <sep> ▁a", Pieces(tokenizer, "a<sep>a <sep>  a"));
        Assert.Equal("▁a ▁ < s >", Pieces(tokenizer, "a <s>"));
        // Where SentencePiece puts a space before the text.
        Assert.Equal("<sep> a", Pieces(tokenizer, "<sep>a"));
    }

    [Fact]
    public void What_would_be_tokenized_otherwise_is_refused()
    {
        (string, float, int)[] plain = [.. Specials, ("a", -1, Normal)];
        Assert.Contains("The model's type is word; expected unigram or bpe", Refused(plain, algorithm: 3), StringComparison.Ordinal);
        Assert.Contains("The model has unused pieces ('b')", Refused([.. plain, ("b", -1, Unused)]), StringComparison.Ordinal);
        Assert.Contains("has no piece '<0x00>'", Refused(plain, fallback: true), StringComparison.Ordinal);
        Assert.Contains("keeps extra spaces", Refused([.. plain, ("<sep>", 0, UserDefined)], extraSpaces: true), StringComparison.Ordinal);
        Assert.Contains("The model has no piece for what is unknown", Refused([("a", -1, Normal)]), StringComparison.Ordinal);
        Assert.Contains("The token 'a' has two ids, 3 and 4", Refused([.. plain, ("a", -1, Normal)]), StringComparison.Ordinal);
        Assert.Contains("The piece 'b' has the score NaN", Refused([.. plain, ("b", float.NaN, Normal)]), StringComparison.Ordinal);
        Assert.Contains("The piece 'b' is of kind 9", Refused([.. plain, ("b", 0, 9)]), StringComparison.Ordinal);
        Assert.Contains("The piece number 4 has 0 characters", Refused([.. plain, ("", 0, Normal)]), StringComparison.Ordinal);
        Assert.Contains("has 600 characters; expected 1 to 512", Refused([.. plain, (new string('b', 600), 0, Normal)]), StringComparison.Ordinal);
        Assert.Contains("expected at most 128", Refused([.. plain, (new string('b', 200), 0, Normal)], algorithm: 2), StringComparison.Ordinal);
        File.WriteAllText(folder["tokenizer.model"], "");
        Assert.Contains("it has no pieces", Refused(), StringComparison.Ordinal);
        File.WriteAllBytes(folder["tokenizer.model"], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x0A]);
        Assert.Contains("no model of SentencePiece, or a damaged one", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "tokenizer_class": "LlamaTokenizerFast", "add_prefix_space": true, "legacy": false, "sp_model_kwargs": {}, "unk_token": "<unk>" }""", true)]
    [InlineData("""{ "tokenizer_class": "T5Tokenizer", "add_prefix_space": false, "do_lower_case": false }""", false)]
    [InlineData("""{ "add_prefix_space": null }""", false)]
    public void Settings_that_say_what_the_model_says_are_read(string config, bool prefix)
    {
        Write([.. Specials, ("▁", -3, Normal), ("a", -3, Normal)], prefix: prefix);
        folder.Write("tokenizer_config.json", config);
        Assert.Equal(prefix ? "▁ a" : "a", Pieces(Read(), "a"));
    }

    [Theory]
    [InlineData("""{ "tokenizer_class": "LlamaTokenizer", "add_prefix_space": false }""", true, "tokenizer_config.json: 'add_prefix_space' is false, which is not supported: it would change the ids")]
    [InlineData("""{ "add_prefix_space": true }""", false, "'add_prefix_space' is true, which is not supported")]
    [InlineData("""{ "tokenizer_class": "XLMRobertaTokenizer" }""", true, "tokenizer_class is XLMRobertaTokenizer; with a model of SentencePiece only LlamaTokenizer and T5Tokenizer are read")]
    [InlineData("""{ "tokenizer_class": "AlbertTokenizerFast" }""", true, "tokenizer_class is AlbertTokenizer;")]
    [InlineData("""{ "do_lower_case": true }""", true, "'do_lower_case' is true, which is not supported")]
    [InlineData("""{ "sp_model_kwargs": { "enable_sampling": true } }""", true, "'sp_model_kwargs' is { \"enable_sampling\": true }, which is not supported")]
    public void Settings_that_would_change_the_ids_are_refused(string config, bool prefix, string expected)
    {
        Write([.. Specials, ("▁", -3, Normal), ("a", -3, Normal)], prefix: prefix);
        folder.Write("tokenizer_config.json", config);
        Assert.Contains(expected, Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_model_is_read_or_refused_in_words()
    {
        Write([.. Specials, ("▁", -3, Normal), ("a", -3, Normal), ("b", -3, Normal), ("▁ab", -2, Normal), ("<sep>", 0, UserDefined)]);
        var original = File.ReadAllBytes(folder["tokenizer.model"]);
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < 600; i++)
        {
            var changed = original[..(i % 3 == 0 ? random.Next(original.Length) : original.Length)];
            for (var many = 0; many <= i % 3 && changed.Length > 0; many++) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(folder["tokenizer.model"], changed);
            try
            {
                Read().Encode("ab ab<sep>");
            }
            catch (InvalidDataException told)
            {
                refused++;
                Assert.InRange(told.Message.Length, 20, 4000);
            }
        }

        Assert.InRange(refused, 100, 600);
    }

    [Fact]
    public void Its_ids_are_those_of_sentencepiece_and_of_the_real_engine_that_reads_what_is_written()
    {
        Assert.SkipUnless(File.Exists(Trainer) && File.Exists(Encoder), "Debian's package sentencepiece is not installed.");
        string[][] trainings =
        [
            ["unigram"],
            ["unigram", "--byte_fallback=true", "--character_coverage=0.98"],
            ["unigram", "--normalization_rule_name=nfkc_cf", "--user_defined_symbols=<sep>,thou", "--control_symbols=<cls>"],
            ["unigram", Identity, "--remove_extra_whitespaces=false", "--add_dummy_prefix=false"],
            ["bpe"],
            ["bpe", Identity, "--remove_extra_whitespaces=false", "--byte_fallback=true", "--allow_whitespace_only_pieces=true", "--character_coverage=0.98", "--split_digits=true"],
            ["bpe", "--split_by_whitespace=false", "--user_defined_symbols=<sep>"],
        ];
        foreach (var (i, training) in trainings.Index())
        {
            Run(Trainer, ["--input=" + Corpus.TextPath, "--model_prefix=" + folder["tokenizer"], "--model_type=" + training[0], "--vocab_size=500", "--hard_vocab_limit=false", "--num_threads=1", "--minloglevel=2", .. training[1..]]);
            // Left out is what the real engine does otherwise than SentencePiece: marks behind what the table replaces, and ties, of which words of two letters have many.
            var texts = Lines().Where(text => (training[0] == "bpe" || text.Except("ab ").Any()) && (training.Contains(Identity) || !text.EnumerateRunes().Any(rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark))).ToList();
            var ids = Run(Encoder, ["--model=" + folder["tokenizer.model"], "--output_format=id", folder.Write("texts.txt", string.Join('\n', texts) + "\n")]).TrimEnd('\n').Split('\n').Select(line => line.Replace(' ', ','));
            var tokenizer = Read();
            Assert.Equal(texts.Zip(ids, (text, theirs) => (training[^1], text, theirs)), texts.Select(text => (training[^1], text, string.Join(',', tokenizer.Encode(text)))));
            TokenizerFile.Write(folder[$"{i}.json"], tokenizer.Model);
        }

        // The real engine finds special tokens that a text spells.
        if (NpmServers.Unavailable is null) HuggingFaceEngine.AssertAlike([.. Lines().Where(text => !text.Contains("<s>", StringComparison.Ordinal))], [.. trainings.Select((_, i) => folder[$"{i}.json"])]);
    }

    public void Dispose() => folder.Dispose();

    private static IEnumerable<string> Lines() =>
    [
        .. Corpus.LinesOf(Corpus.Text).Select(line => line.TrimEnd('\n')).Where(line => line.Length > 0 && !line.Contains('\r', StringComparison.Ordinal)),
        " two  spaces   before ", "Ｆｕｌｌ width ﬁ Ⅳ ½", "Zoë ÀÉ e\u0301", "𠮷😀 漢字 ひらがな", "as thou art<sep>thou<sep> and", " thou", "x", "12345", "<s> <unk> <cls>", "a\u3000b\tc", "\u3000 x",
    ];

    private static string Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }

    private TextTokenizer Read() => new(CheckpointTokenizer.Read(folder.Path)!);

    private string Refused(IEnumerable<(string, float, int)>? pieces = null, int algorithm = 1, bool fallback = false, bool extraSpaces = false)
    {
        if (pieces is not null) Write(pieces, algorithm, fallback, extraSpaces);
        return Assert.Throws<InvalidDataException>(Read).Message;
    }

    private static string Pieces(TextTokenizer tokenizer, string text) => string.Join(' ', tokenizer.Encode(text).Select(id => tokenizer.Model.Tokens[id]));

    private void Write(IEnumerable<(string Text, float Score, int Kind)> pieces, int algorithm = 1, bool fallback = false, bool extraSpaces = false, bool prefix = true)
    {
        using var file = File.Create(folder["tokenizer.model"]);
        using var output = new CodedOutputStream(file);
        foreach (var (text, score, kind) in pieces)
        {
            Message(output, 1, piece =>
            {
                piece.WriteTag(1, WireFormat.WireType.LengthDelimited);
                piece.WriteBytes(ByteString.CopyFrom(Encoding.UTF8.GetBytes(text)));
                piece.WriteTag(2, WireFormat.WireType.Fixed32);
                piece.WriteFloat(score);
                Number(piece, 3, kind);
            });
        }

        Message(output, 2, training =>
        {
            Number(training, 3, algorithm);
            Number(training, 35, fallback ? 1 : 0);
        });
        Message(output, 3, normalization =>
        {
            Number(normalization, 3, prefix ? 1 : 0);
            Number(normalization, 4, extraSpaces ? 0 : 1);
        });
    }

    private static void Message(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var inner = new CodedOutputStream(bytes, leaveOpen: true)) write(inner);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes.ToArray()));
    }

    private static void Number(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    }
}
