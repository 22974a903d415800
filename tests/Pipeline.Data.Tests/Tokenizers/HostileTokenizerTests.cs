using System.Text;
using Pipeline.Data.Tokenizers;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>A tokenizer.json that was damaged, by accident or on purpose, is read or refused in words.</summary>
public sealed class HostileTokenizerTests : IDisposable
{
    private const int Cases = 500;

    private static readonly string[] Values = ["-1", "0", "1e308", "2147483647", "99999999999999999999", "null", "true", "\"\"", "[]", "{}", "\"a b\"", "[1]", "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", "\"\\ud800\"", "0.5", "\"WordPiece\""];

    private readonly TemporaryFolder folder = new();

    private static readonly string[] Texts = ["to be or not to be, that is the question"];

    public static TheoryData<string> Kinds => ["bpe", "wordpiece", "unigram", "words"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_read_or_refused_in_words(string kind)
    {
        var path = folder["tokenizer.json"];
        TokenizerFile.Write(path, kind switch
        {
            "bpe" => BpeTrainer.Train(Texts, new() { VocabularySize = 280 }).Model,
            "wordpiece" => WordPieceTrainer.Train(Texts, new() { VocabularySize = 60 }).Model,
            "unigram" => UnigramTrainer.Train(Texts, new() { VocabularySize = 60, ByteFallback = false, Normalization = NormalizationForm.FormC }).Model,
            _ => WordTrainer.Train(Texts, new() { VocabularySize = 60, Lowercase = true }).Model,
        });
        var original = File.ReadAllText(path);
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < Cases; i++)
        {
            File.WriteAllBytes(path, Changed(original, random));
            try
            {
                var read = TokenizerReader.Read(path);
                // What is read is whole: it encodes.
                if (i % 20 == 0) Assert.InRange(new TextTokenizer(read).Encode("to be").Count, 0, 100);
            }
            catch (InvalidDataException told)
            {
                refused++;
                Assert.InRange(told.Message.Length, 20, 4000);
            }
        }

        Assert.InRange(refused, Cases / 5, Cases);
    }

    public void Dispose() => folder.Dispose();

    private static byte[] Changed(string original, Random random)
    {
        if (random.Next(2) == 0)
        {
            List<int> starts = [.. Enumerable.Range(0, original.Length).Where(at => original[at] == ':')];
            // Half of the time outside the long vocabulary.
            var from = starts[random.Next(random.Next(2) == 0 ? 40 : starts.Count)] + 1;
            var to = original.IndexOfAny([',', '}', '\n'], from);
            return Encoding.UTF8.GetBytes(original[..from] + Values[random.Next(Values.Length)] + original[to..]);
        }

        var bytes = Encoding.UTF8.GetBytes(original).ToList();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, bytes.Skip(at).Take(random.Next(1, 60)).ToList()); break;
                default: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            }

            if (bytes.Count == 0) break;
        }

        return [.. bytes];
    }
}
