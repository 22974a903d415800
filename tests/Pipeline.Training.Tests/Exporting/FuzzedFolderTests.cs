using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Pipeline.Ranks;
using Pipeline.TestKit;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Training.Tests.Exporting;

/// <summary>Folders of every published layout whose files are still well formed but say something else: sizes that nothing could hold, tensors of other shapes, types and places, names that are missing, doubled or unknown.
/// CsCheck prints the seed of a failure. What is merely damaged is in <see cref="HostileFolderTests"/>.</summary>
public sealed class FuzzedFolderTests : IDisposable
{
    const int Cases = 250;
    const long Managed = 32 << 20, Resident = 400 << 20;

    static readonly Gen<string> Number = Gen.OneOf(Gen.Long.Select(value => $"{value}"), Gen.Int[-2, 100].Select(value => $"{value}"), Among("9223372036854775807", "1e400", "-0", "0.5", "2147483648", "null", "\"2\"", "[1]", "{}"));

    static Gen<string> Among(params string[] all) => Gen.Int[0, all.Length - 1].Select(at => all[at]);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("gpt")]
    [InlineData("llama")]
    [InlineData("bert")]
    [InlineData("lstm")]
    public void A_configuration_that_says_something_else_is_read_or_refused_in_words(string architecture)
    {
        var original = Write(architecture);
        var config = JsonNode.Parse(original[ModelFolder.Config])!.AsObject();
        var names = config.Select(field => field.Key).ToArray();
        (from name in Among(names) from value in Number from gone in Gen.Int[0, 9] select (name, value, gone)).Sample(change =>
        {
            var text = string.Join(',', config.Where(field => change.gone > 0 || field.Key != change.name).Select(field => $"\"{field.Key}\":{(field.Key == change.name ? change.value : field.Value?.ToJsonString() ?? "null")}"));
            return Holds(ModelFolder.Config, Encoding.UTF8.GetBytes($"{{{text}}}"));
        }, iter: Cases, threads: 1);
    }

    [Theory]
    [InlineData("gpt")]
    [InlineData("llama")]
    [InlineData("bert")]
    public void A_header_that_says_something_else_is_read_or_refused_in_words(string architecture)
    {
        var original = Write(architecture)[ModelFolder.Weights];
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(original);
        var header = JsonNode.Parse(original.AsSpan(8, length))!.AsObject();
        var names = header.Select(entry => entry.Key).Where(name => name != "__metadata__").ToArray();
        (from name in Among(names) from other in Among(names) from what in Gen.Int[0, 6] from value in Number from claimed in Gen.ULong select (name, other, what, value, claimed)).Sample(change =>
        {
            var fields = header.ToDictionary(entry => entry.Key, entry => entry.Value!.ToJsonString());
            var entry = header[change.name]!.AsObject();
            string Entry(string dtype, string shape, string offsets) => $"{{\"dtype\":{dtype},\"shape\":{shape},\"data_offsets\":{offsets}}}";
            var (dtype, shape, offsets) = (entry["dtype"]!.ToJsonString(), entry["shape"]!.ToJsonString(), entry["data_offsets"]!.ToJsonString());
            switch (change.what)
            {
                case 0: fields[change.name] = Entry(dtype, $"[{change.value},{change.value}]", offsets); break;
                case 1: fields[change.name] = Entry(dtype, shape, $"[0,{change.value}]"); break;
                case 2: fields[change.name] = Entry("\"BF16\"", shape, offsets); break;
                case 3: fields.Remove(change.name); break;
                case 4: fields[change.name + ".more"] = fields[change.name]; fields.Remove(change.name); break;
                case 5: (fields[change.name], fields[change.other]) = (fields[change.other], fields[change.name]); break;
                default: break;
            }
            var json = Encoding.UTF8.GetBytes($"{{{string.Join(',', fields.Select(field => $"\"{field.Key}\":{field.Value}"))}}}");
            var bytes = new byte[8 + json.Length + original.Length - 8 - length];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, change.what == 6 ? change.claimed : (ulong)json.Length);
            json.CopyTo(bytes, 8);
            original.AsSpan(8 + length).CopyTo(bytes.AsSpan(8 + json.Length));
            return Holds(ModelFolder.Weights, bytes);
        }, iter: Cases, threads: 1);
    }

    [Fact]
    public void An_index_that_says_something_else_is_read_or_refused_in_words()
    {
        using (var model = LanguageModel.Initialise(Pairs.Architecture("llama", dropout: 0), seed: 1))
            ModelFolder.Write(folder.Path, model, new SpecialTokens(0, 0, null), mostBytes: 20_000);
        const string index = ModelFolder.Weights + ".index.json";
        var original = File.ReadAllBytes(folder[index]);
        var map = JsonNode.Parse(original)!["weight_map"]!.AsObject();
        var (names, files) = (map.Select(entry => entry.Key).ToArray(), map.Select(entry => $"\"{entry.Value}\"").Distinct().ToArray());
        Assert.True(files.Length > 2, "the folder has no shards");
        var other = Gen.OneOf(Among(files), Among("\"../model.safetensors\"", "\"/etc/passwd\"", "\"gone.safetensors\"", "null", "{}", "7", "\"\""));
        (from name in Among(names) from value in other from what in Gen.Int[0, 3] from at in Gen.Int[0, original.Length - 1] from letter in Gen.Byte select (name, value, what, at, letter)).Sample(change =>
        {
            var fields = map.ToDictionary(entry => entry.Key, entry => entry.Value!.ToJsonString());
            switch (change.what)
            {
                case 0: fields[change.name] = change.value; break;
                case 1: fields.Remove(change.name); break;
                case 2: fields[change.name + ".more"] = change.value; break;
                default:
                    byte[] flipped = [.. original];
                    flipped[change.at] = change.letter;
                    return Holds(index, flipped);
            }
            return Holds(index, Encoding.UTF8.GetBytes($"{{\"metadata\":{{}},\"weight_map\":{{{string.Join(',', fields.Select(field => $"\"{field.Key}\":{field.Value}"))}}}}}"));
        }, iter: Cases, threads: 1);
    }

    [Theory]
    [InlineData("gpt", "transformer.h.1.attn.c_attn.weight", "h.1.attn.c_attn.weight")]
    [InlineData("llama", "model.layers.1.mlp.up_proj.weight", "model.layers.1.mlp.up_proj.weight")]
    [InlineData("bert", "bert.encoder.layer.0.output.dense.bias", "bert.encoder.layer.0.output.dense.bias")]
    public void A_tensor_that_is_missing_or_unknown_is_named(string architecture, string name, string said)
    {
        var original = Write(architecture)[ModelFolder.Weights];
        var text = Encoding.Latin1.GetString(original);
        Assert.Contains($"\"{name}\"", text, StringComparison.Ordinal);
        // Of the same length, so that nothing else moves.
        var other = string.Concat(name.AsSpan(0, name.Length - 1), "_");
        File.WriteAllBytes(folder[ModelFolder.Weights], Encoding.Latin1.GetBytes(text.Replace($"\"{name}\"", $"\"{other}\"", StringComparison.Ordinal)));
        var refused = Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message;
        Assert.Contains(said, refused, StringComparison.Ordinal);
        Assert.Contains(other, refused, StringComparison.Ordinal);
    }

    /// <summary>Read, or refused in words; neither takes memory or time that the file is not worth.</summary>
    bool Holds(string file, byte[] bytes)
    {
        File.WriteAllBytes(folder[file], bytes);
        var (before, resident, time) = (GC.GetAllocatedBytesForCurrentThread(), Process.GetCurrentProcess().WorkingSet64, Stopwatch.StartNew());
        try
        {
            using var model = ModelFolder.Read(folder.Path);
        }
        catch (InvalidDataException told)
        {
            if (told.Message.Length is < 20 or > 4000)
                return false;
        }
        return GC.GetAllocatedBytesForCurrentThread() - before < Managed && Process.GetCurrentProcess().WorkingSet64 - resident < Resident && time.Elapsed < TimeSpan.FromSeconds(60);
    }

    Dictionary<string, byte[]> Write(string architecture)
    {
        using var model = LanguageModel.Initialise(Pairs.Architecture(architecture, dropout: 0), seed: 1);
        ModelFolder.Write(folder.Path, model, new SpecialTokens(0, 0, null));
        return Directory.GetFiles(folder.Path).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
    }
}
