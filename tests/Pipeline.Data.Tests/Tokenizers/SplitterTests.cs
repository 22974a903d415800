using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Normalizing;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>Ways to cut words and to normalize, beside the real engine, through files that name them: a text whose words are all tokens tells where it was cut.</summary>
public sealed class SplitterTests : IDisposable
{
    private static readonly string[] Parts =
    [
        " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u2028", "\u0085", "'s", "'LL", "'Re", "'", "a", "B", "Ab", "aB", "ABc", "ǅ", "ʰ", "ª", "Zoë", "ß", "12", "1234567", "½", "٣", "Ⅳ", "!", "...", "/", "//\n", "漢字", "ー", "_", "\u0301", "e\u0301", "E\u0301F",
        "𠮷", "𝐀𝐛", "😀", "\u200D", "Ⓐ", "ा", "－", "¿", "$", "+", "^", "`", "\u3000", "«",
    ];

    private readonly TemporaryFolder folder = new();

    private static readonly string[] Splitters =
    [
        """{"type":"Whitespace"}""",
        """{"type":"WhitespaceSplit"}""",
        """{"type":"BertPreTokenizer"}""",
        """{"type":"Punctuation","behavior":"Isolated"}""",
        """{"type":"Digits","individual_digits":true}""",
        """{"type":"Digits","individual_digits":false}""",
        """{"type":"Split","pattern":{"String":"\n"},"behavior":"Isolated","invert":false}""",
        """{"type":"Split","pattern":{"String":" "},"behavior":"Removed","invert":false}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}""",
        """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},{"type":"Digits","individual_digits":true}]}""",
        "gpt2",
        "cl100k",
        "o200k",
        "qwen2",
    ];

    [Fact]
    public void Text_is_cut_as_the_real_engine_cuts_it()
    {
        var random = new Random(11);
        List<string> texts = [.. Parts, .. Enumerable.Range(0, 300).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Parts[random.Next(Parts.Length)])))];
        List<JsonNode> splitters = [.. Splitters.Select(splitter => splitter.StartsWith('{') ? JsonNode.Parse(splitter)! : Pattern(splitter))];
        var answers = HuggingFaceEngine.Run(splitters.Select(splitter => new JsonObject { ["cut"] = splitter.DeepClone(), ["texts"] = HuggingFaceEngine.List(texts) }));
        foreach (var (splitter, answer) in splitters.Zip(answers))
        {
            var words = answer!.AsArray().Select(HuggingFaceEngine.Texts!).ToList();
            // A tokenizer that knows exactly these words spells a text by them, and any other cut gives an unknown one.
            List<string> known = [.. words.SelectMany(each => each).Distinct()];
            var model = new JsonObject { ["type"] = "WordLevel", ["vocab"] = new JsonObject(known.Select((word, id) => KeyValuePair.Create(word, (JsonNode?)(id + 1))).Prepend(KeyValuePair.Create("[UNKNOWN]", (JsonNode?)0))), ["unk_token"] = "[UNKNOWN]" };
            var tokenizer = new TextTokenizer(TokenizerReader.Read(folder.Write("t.json", new JsonObject { ["pre_tokenizer"] = splitter.DeepClone(), ["model"] = model }.ToJsonString())));
            Assert.Equal(texts.Zip(words.Select(each => $"{splitter} {string.Join('|', each)}")), texts.Zip(texts.Select(text => $"{splitter} {string.Join('|', tokenizer.Encode(text).Select(id => tokenizer.Model.Tokens[id]))}")));
        }
    }

    [Fact]
    public void Text_is_normalized_as_the_real_engine_normalizes_it()
    {
        string[] normalizers =
        [
            """{"type":"NFC"}""", """{"type":"NFD"}""", """{"type":"NFKC"}""", """{"type":"NFKD"}""", """{"type":"Lowercase"}""", """{"type":"StripAccents"}""", """{"type":"Strip","strip_left":true,"strip_right":false}""",
            """{"type":"Strip","strip_left":false,"strip_right":true}""", """{"type":"Prepend","prepend":"▁"}""", """{"type":"Replace","pattern":{"String":"a"},"content":"<A>"}""",
            """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"},{"type":"Lowercase"}]}""", $$"""{"type":"Precompiled","precompiled_charsmap":"{{CharsMap()}}"}""",
        ];
        List<string> texts = [.. Parts, .. Parts.Select(part => $" a{part}B{part}a ")];
        var answers = HuggingFaceEngine.Run(normalizers.Select(normalizer => new JsonObject { ["normalize"] = JsonNode.Parse(normalizer), ["texts"] = HuggingFaceEngine.List(texts) }));
        foreach (var (normalizer, answer) in normalizers.Zip(answers))
        {
            var model = TokenizerReader.Read(folder.Write("n.json", $$$"""{"normalizer":{{{normalizer}}},"model":{"type":"WordLevel","vocab":{"<unk>":0},"unk_token":"<unk>"}}"""));
            TokenizerFile.Write(folder["again.json"], model);
            Assert.Equal(model.Normalizers, TokenizerReader.Read(folder["again.json"]).Normalizers.Select((again, i) => again is PrecompiledCharsMap ? model.Normalizers[i] : again));
            Assert.Equal(texts.Zip(HuggingFaceEngine.Texts(answer!), (text, theirs) => (normalizer, text, theirs)), texts.Select(text => (normalizer, text, model.Normalizers.Aggregate(text, (changed, each) => each.Apply(changed)))));
        }
    }

    /// <summary>A double array that knows 'a', for which it puts 'bc': the root leads to unit 1 ^ 'a', and that to the value in 2 ^ itself.</summary>
    private static string CharsMap()
    {
        var units = new uint[256];
        (units[0], units[0x60], units[0x62]) = (1 << 10, 'a' | 0x100 | (2 << 10), 0x80000000);
        return Convert.ToBase64String([.. BitConverter.GetBytes(units.Length * 4), .. units.SelectMany(BitConverter.GetBytes), .. "bc\0"u8]);
    }

    [Fact]
    public void Berts_normalizer_and_punctuation_are_the_real_engines_for_every_character()
    {
        // Its table of categories is of Unicode 8. Its capitals are newer than ours, which have no lower case yet.
        List<int> characters = [.. Enumerable.Range(0, 0x2FA20).Where(value => Rune.IsValid(value) && Rune.GetUnicodeCategory(new(value)) is not System.Globalization.UnicodeCategory.OtherNotAssigned)];
        List<string> texts = [.. characters.Select(value => $"a{new Rune(value)}")];
        JsonObject[] jobs = [.. new[] { "true", "false" }.Select(lowers => new JsonObject { ["normalize"] = JsonNode.Parse($$"""{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":{{lowers}}}"""), ["texts"] = HuggingFaceEngine.List(texts) })];
        var answers = HuggingFaceEngine.Run(jobs);
        foreach (var (lowers, answer) in new[] { true, false }.Zip(answers))
        {
            var normalizer = new BertNormalizer(true, true, null, lowers);
            var others = characters.Zip(HuggingFaceEngine.Texts(answer!)).Where(each => normalizer.Apply($"a{new Rune(each.First)}") != each.Second).Select(each => each.First);
            Assert.Empty(others);
        }

        characters.RemoveAll(value => Rune.GetUnicodeCategory(new(value)) is System.Globalization.UnicodeCategory.OtherLetter or System.Globalization.UnicodeCategory.PrivateUse);
        var cut = HuggingFaceEngine.Run([new JsonObject { ["cut"] = JsonNode.Parse("""{"type":"Punctuation","behavior":"Isolated"}"""), ["texts"] = HuggingFaceEngine.List(characters.Select(value => $"a{new Rune(value)}b")) }])[0]!.AsArray();
        Assert.Empty(characters.Zip(cut).Where(each => each.Second!.AsArray().Count == 3 != Data.Tokenizers.Splitting.RuneKinds.IsPunctuation(new(each.First))).Select(each => each.First));
    }

    public void Dispose() => folder.Dispose();

    /// <summary>As our own file has it, without what makes bytes of the words.</summary>
    private JsonNode Pattern(string name)
    {
        var pattern = Enum.Parse<Data.Tokenizers.Splitting.SplitPattern>(name, ignoreCase: true);
        TokenizerFile.Write(folder["p.json"], new WordModel(["a"], []) { Unknown = 0, Decoder = new FuseDecoder(), Splitters = [new Data.Tokenizers.Splitting.PatternWords(pattern)] });
        return JsonNode.Parse(File.ReadAllText(folder["p.json"]))!["pre_tokenizer"]!.DeepClone();
    }
}
