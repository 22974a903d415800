using System.Diagnostics;
using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>The real engine behind Hugging Face's tokenizers, which npm installs with the servers that tests start; <c>Conformance/huggingface.mjs</c> runs it.</summary>
internal static class HuggingFaceEngine
{
    /// <summary>The answer to each job, see the script.</summary>
    public static JsonArray Run(params IEnumerable<JsonObject> jobs)
    {
        Assert.SkipWhen(NpmServers.Unavailable is not null, NpmServers.Unavailable ?? "");
        NpmServers.Install();
        using var folder = new TemporaryFolder();
        var file = folder.Write("jobs.json", new JsonArray([.. jobs]).ToJsonString());
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Corpus.Folder, "huggingface.mjs"), NpmServers.Folder, file]) { RedirectStandardOutput = true })!;
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.Equal(0, node.ExitCode);
        // Trainers write an empty line for their progress.
        return JsonNode.Parse(output)!.AsArray();
    }

    public static JsonObject Encode(string tokenizer, IEnumerable<string> texts, bool special = false) => new() { ["encode"] = tokenizer, ["texts"] = List(texts), ["special"] = special };

    public static JsonObject Decode(string tokenizer, IEnumerable<IEnumerable<int>> ids) => new() { ["decode"] = tokenizer, ["ids"] = new JsonArray([.. ids.Select(each => (JsonNode)new JsonArray([.. each.Select(id => (JsonNode)id)]))]) };

    public static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    public static List<string> Ids(JsonNode answer, string what = "ids") => [.. answer.AsArray().Select(each => string.Join(',', each![what]!.AsArray()))];

    public static List<string> Texts(JsonNode answer) => [.. answer.AsArray().Select(each => (string)each!)];

    /// <summary>Ids and decoded text are the engine's, of files that it reads; each text comes with how it differs.</summary>
    public static void AssertAlike(IReadOnlyList<string> texts, params IReadOnlyList<string> files)
    {
        var ours = files.Select(file => new TextTokenizer(TokenizerReader.Read(file))).Select(tokenizer => (Tokenizer: tokenizer, Ids: texts.Select(tokenizer.Encode).ToList())).ToList();
        var answers = Run(files.SelectMany((file, i) => new[] { Encode(file, texts), Decode(file, ours[i].Ids) }));
        for (var i = 0; i < files.Count; i++)
        {
            Assert.Equal(texts.Zip(Ids(answers[2 * i]!), (text, ids) => (files[i], text, ids)), texts.Zip(ours[i].Ids, (text, ids) => (files[i], text, string.Join(',', ids))));
            Assert.Equal(texts.Zip(Texts(answers[(2 * i) + 1]!), (text, back) => (files[i], text, back)), texts.Zip(ours[i].Ids, (text, ids) => (files[i], text, ours[i].Tokenizer.DecodeWhole(ids, spellSpecialTokens: true))));
        }
    }
}
