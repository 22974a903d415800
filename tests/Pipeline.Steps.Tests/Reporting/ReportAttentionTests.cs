using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Reporting;
using Pipeline.Steps.Tests.Train;
using Pipeline.TestKit;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Steps.Tests.Reporting;

[Collection(OneModelAtATime.Name)]
public sealed partial class ReportAttentionTests : IDisposable
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly TemporaryFolder folder = new();
    private readonly BpeModel tokenizer = BpeTrainer.Train(["to be or not to be, that is the question"], new BpeTraining { VocabularySize = 264 }, 1, TestContext.Current.CancellationToken).Model;

    private int Vocabulary => tokenizer.VocabularySize;

    private async Task<StepRun> Report(ModelConfig config, string with)
    {
        using (var model = LanguageModel.Initialise(config, seed: 3))
        {
            ModelFolder.Write(folder["model"], model, new(0, 0, 0));
        }

        TokenizerFile.Write(folder["model/tokenizer.json"], tokenizer);
        return await new StepRun(new ReportAttention()).Given("model", folder["model"]).RunAsync(with);
    }

    private static string Page(StepRun run) => File.ReadAllText(Path.Combine(run["report"], "report.html"));

    /// <summary>The pictures of a page; that they can be read as XML is part of what is tested.</summary>
    private static List<XElement> Pictures(string page) => [.. Picture().Matches(page).Select(m => XElement.Parse(m.Value.Replace("<svg ", $"<svg xmlns=\"{Svg}\" ", StringComparison.Ordinal))).Where(e => e.Elements(Svg + "image").Any())];

    /// <summary>Width, height and pixels of a PNG by .NET's own inflate, which checks its sum.</summary>
    private static (int Width, int Height, byte[] Pixels) Decoded(XElement picture)
    {
        var png = Convert.FromBase64String(((string)picture.Element(Svg + "image")!.Attribute("href")!)["data:image/png;base64,".Length..]);
        var (width, height, data) = (0, 0, Array.Empty<byte>());
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var type = System.Text.Encoding.ASCII.GetString(png, at + 4, 4);
            if (type == "IHDR") (width, height) = (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at + 8)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at + 12)));
            if (type == "IDAT") data = png[(at + 8)..(at + 8 + length)];
            at += length + 12;
        }

        using var inflated = new MemoryStream();
        using (var zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress)) zlib.CopyTo(inflated);
        return (width, height, [.. inflated.ToArray().Chunk(width + 1).SelectMany(row => row[1..])]);
    }

    [Fact]
    public async Task Each_layer_and_head_has_a_picture_of_its_map()
    {
        using var run = await Report(new LlamaConfig(Vocabulary, 32, 2, 4, 16) { KeyValueHeads = 2, Window = 4 }, """{ "texts": ["to be or not to be", "that is"] }""");
        var page = Page(run);
        var pictures = Pictures(page);
        Assert.Equal(2 * 2 * 4, pictures.Count);
        Assert.Equal(16, run.Context!.Metrics["maps"]);
        using var model = ModelFolder.Read(folder["model"]);
        using var attention = new AttentionMaps(model);
        var maps = attention.Of(new TextTokenizer(tokenizer).Encode("to be or not to be"));
        foreach (var (map, layer) in maps.Select((m, i) => (m, i)))
        {
            for (var head = 0; head < map.Heads; head++)
            {
                var (width, height, pixels) = Decoded(pictures[layer * map.Heads + head]);
                Assert.Equal((map.Columns, map.Rows), (width, height));
                Assert.Equal(map.Head(head).ToArray().Select(w => (byte)Math.Round(255 * Math.Sqrt(w))), pixels);
            }
        }

        Assert.InRange(run.Context.Metrics["entropy.decoder.2"], 0.1, Math.Log(4));
        Assert.DoesNotMatch("(src|href)=\"(?!#|data:image/png)", page);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.All(Used().Matches(page), used => Assert.Contains($"id=\"{used.Groups[1].Value}\"", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_decoder_is_drawn_looking_at_its_source()
    {
        using var run = await Report(new EncoderDecoderConfig(Vocabulary, 32, 1, 2, 16), """{ "texts": ["not to be"], "sources": ["that is the question"] }""");
        Assert.Equal(["encoder layer 1", "decoder layer 1", "decoder layer 1 on the source"], Heading().Matches(Page(run)).Select(m => m.Groups[1].Value));
        var sizes = Pictures(Page(run)).Select(p => (Decoded(p).Height, Decoded(p).Width)).ToList();
        var (rows, columns) = (new TextTokenizer(tokenizer).Encode("not to be").Count, new TextTokenizer(tokenizer).Encode("that is the question").Count);
        Assert.Equal([(columns, columns), (columns, columns), (rows, rows), (rows, rows), (rows, columns), (rows, columns)], sizes);
    }

    [Fact]
    public async Task Hostile_text_is_text()
    {
        const string hostile = "<script>alert('x')</script>\"&\u0000\u001b[31m\u202eabc\n</svg><img src=x>";
        using var run = await Report(new GptConfig(Vocabulary, 128, 1, 1, 16), $$"""{ "texts": [{{JsonSerializer.Serialize(hostile)}}], "tokens": 128, "title": "<b>" }""");
        var page = Page(run);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain(page, c => char.IsControl(c) && c != '\n');
        Assert.DoesNotContain('\u202e', page);
        Assert.Single(Pictures(page));
    }

    [Fact]
    public async Task A_long_text_is_read_to_where_it_is_asked_for_or_the_model_sees()
    {
        var text = string.Concat(Enumerable.Repeat("to be or not to be ", 2000));
        using var run = await Report(new GptConfig(Vocabulary, 128, 1, 1, 16), $$"""{ "texts": ["{{text}}"], "tokens": 20 }""");
        Assert.Equal(20, Decoded(Pictures(Page(run)).Single()).Width);
        Assert.Matches("^text 1: the first 20 of [0-9]+ tokens are read; raise tokens for more$", run.Lines.Single());
        using var whole = await Report(new GptConfig(Vocabulary, 128, 1, 1, 16), $$"""{ "texts": ["{{text}}"], "tokens": 256 }""");
        Assert.Equal(128, Decoded(Pictures(Page(whole)).Single()).Width);
        Assert.InRange(Page(whole).Length, 1, 200_000);
        Assert.EndsWith("as many as the model sees", whole.Lines.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_drawn_is_said()
    {
        async Task<string> Refused(ModelConfig config, string with) => (await Assert.ThrowsAsync<StepFailedException>(() => Report(config, with))).Message;
        var gpt = new GptConfig(Vocabulary, 16, 2, 2, 16);
        Assert.Equal("there is no layer 3; the model has 2.", await Refused(gpt, """{ "texts": ["to be"], "layers": [3] }"""));
        Assert.Equal("A model of the gpt family reads no source.", await Refused(gpt, """{ "texts": ["to be"], "sources": ["x"] }"""));
        Assert.Equal("a model of the lstm family has no attention.", await Refused(new RecurrentConfig(Vocabulary, 16, RecurrentKind.Lstm, 1, 16), """{ "texts": ["to be"] }"""));
        Assert.Equal("A model of the encoder-decoder family reads a source.", await Refused(new EncoderDecoderConfig(Vocabulary, 16, 1, 2, 16), """{ "texts": ["to be"] }"""));
        Assert.StartsWith("These would be 5,120 maps of", await Refused(gpt with { Layers = 64, Heads = 4 }, $$"""{ "texts": [{{string.Join(',', Enumerable.Repeat("\"to be\"", 20))}}] }"""), StringComparison.Ordinal);
        using var run = new StepRun(new ReportAttention());
        Assert.Equal(["texts: are 0: give from one to 20"], run.Problems("""{ "texts": [] }"""));
        Assert.Equal(["sources: are 2 for 1 texts: give each text its own, or none"], run.Problems("""{ "texts": ["a"], "sources": ["a", "b"] }"""));
        Assert.Equal(["texts: one is empty: there is nothing to look at"], run.Problems("""{ "texts": [""] }"""));
        Assert.Equal(["layers: count from 1"], run.Problems("""{ "texts": ["a"], "layers": [0] }"""));
    }

    [Fact]
    public async Task Some_layers_are_drawn_where_some_are_asked_for()
    {
        using var run = await Report(new BertConfig(Vocabulary, 16, 3, 2, 16), """{ "texts": ["to be"], "layers": [1, 3] }""");
        Assert.Equal(["encoder layer 1", "encoder layer 3"], Heading().Matches(Page(run)).Select(m => m.Groups[1].Value));
    }

    public void Dispose() => folder.Dispose();

    [GeneratedRegex("<svg .*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Picture();

    [GeneratedRegex("<h3>(.*?)</h3>")]
    private static partial Regex Heading();

    [GeneratedRegex("<use href=\"#(.*?)\"/>")]
    private static partial Regex Used();
}
