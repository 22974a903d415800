using System.Text.Json;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Splitting;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>A small hard text and what Hugging Face's engine (tokenizers 0.23.2) learned from it; <c>Conformance/huggingface.mjs</c> made it.</summary>
internal static class Corpus
{
    public static string Folder { get; } = Path.Combine(Checkout.Root, "tests", "Pipeline.Data.Tests", "Tokenizers", "Conformance");

    public static string TextPath { get; } = Path.Combine(Folder, "corpus.txt");

    public static string Text { get; } = File.ReadAllText(TextPath);

    /// <summary>With their line ends, as Hugging Face's engine reads files.</summary>
    public static IEnumerable<string> LinesOf(string text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = text.IndexOf('\n', start) + 1;
            if (end == 0) end = text.Length;
            yield return text[start..end];
        }
    }

    public static BpeModel Small { get; } = BpeTrainer.Train([Text], new() { VocabularySize = 700 }).Model;

    public static BpeModel SmallCl100k { get; } = BpeTrainer.Train([Text], new() { VocabularySize = 700, Pattern = SplitPattern.Cl100k }).Model;

    public static List<string> MergesOf(BpeModel model) => [.. model.Merges.Select(m => $"{model.Tokens[m.Left]} {model.Tokens[m.Right]}")];

    /// <summary>Trains on the lines of a text and compares vocabulary and merges with a file that Hugging Face's engine wrote.</summary>
    public static void AssertLearnsAs(string huggingFaceJson, string text)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(huggingFaceJson));
        var model = json.RootElement.GetProperty("model");
        var vocabulary = model.GetProperty("vocab").EnumerateObject().OrderBy(p => p.Value.GetInt32()).Select(p => p.Name).ToList();
        var merges = model.GetProperty("merges").EnumerateArray().Select(m => $"{m[0]} {m[1]}").ToList();

        // Its default trainer leaves out bytes that do not occur; ids are dense there as here.
        var unseen = ByteAlphabet.Sorted.Select(c => c.ToString()).Except(vocabulary).ToHashSet();
        var ours = BpeTrainer.Train(LinesOf(text), new() { VocabularySize = 30_000 + unseen.Count, SpecialTokens = [] }).Model;

        Assert.Equal(merges, MergesOf(ours));
        Assert.Equal(vocabulary, ours.Tokens.Where(t => !unseen.Contains(t)));
    }
}
