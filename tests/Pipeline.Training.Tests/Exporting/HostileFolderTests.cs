using System.Diagnostics;
using System.Text;
using Pipeline.TestKit;
using Pipeline.Training.Exporting;

namespace Pipeline.Training.Tests.Exporting;

/// <summary>Folders that were damaged, by accident or on purpose, are read or refused in words: never a crash, never memory that the files could not fill.</summary>
public sealed class HostileFolderTests : IDisposable
{
    private const int Cases = 500;
    private const long Memory = 64 << 20;

    // What somebody would put there to do harm.
    private static readonly string[] Values = ["-1", "0", "1e308", "2147483647", "9223372036854775807", "99999999999999999999", "null", "true", "\"\"", "[]", "{}", "\"../../etc/passwd\"", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "\"\\ud800\"", "0.5"];

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, byte[]> originals;

    public HostileFolderTests()
    {
        using var model = Small.Rough(Small.Llama());
        ModelFolder.Write(folder.Path, model, new SpecialTokens(0, 0, null), mostBytes: 60_000);
        originals = Directory.GetFiles(folder.Path).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors.index.json")]
    [InlineData("model-00001-of-00003.safetensors")]
    public void A_damaged_file_is_read_or_refused_in_words(string name)
    {
        Assert.Contains(name, originals.Keys);
        var random = new Random(11);
        var (refused, time) = (0, Stopwatch.StartNew());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Cases; i++)
        {
            var bytes = i % 2 == 0 && !name.EndsWith(".safetensors", StringComparison.Ordinal) ? Replaced(originals[name], random) : Damaged(originals[name], random);
            File.WriteAllBytes(folder[name], bytes);
            try
            {
                using var model = ModelFolder.Read(folder.Path);
            }
            catch (InvalidDataException told)
            {
                refused++;
                Assert.InRange(told.Message.Length, 20, 4000);
            }
        }

        Assert.InRange(refused, Cases / 10, Cases);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Cases, 0, Memory);
        Assert.InRange(time.Elapsed.TotalSeconds, 0, 60);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>A value, or a part of one, becomes another.</summary>
    private static byte[] Replaced(byte[] original, Random random)
    {
        var text = Encoding.UTF8.GetString(original);
        List<int> starts = [.. Enumerable.Range(0, text.Length).Where(at => text[at] == ':')];
        var from = starts[random.Next(starts.Count)] + 1;
        var to = text.IndexOfAny([',', '}', '\n'], from);
        return Encoding.UTF8.GetBytes(text[..from] + Values[random.Next(Values.Length)] + text[to..]);
    }

    /// <summary>Bytes of the beginning changed, cut off, doubled or put in.</summary>
    private static byte[] Damaged(byte[] original, Random random)
    {
        var bytes = original.ToList();
        // The header is what there is to get wrong; other bytes of weights are other weights.
        var end = Math.Min(bytes.Count, 3000);
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(end);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, bytes.Skip(at).Take(random.Next(1, 40)).ToList()); break;
                default: bytes.RemoveRange(at, bytes.Count - at); return [.. bytes];
            }

            end = Math.Min(end, bytes.Count);
            if (end == 0) return [];
        }

        return [.. bytes];
    }
}
