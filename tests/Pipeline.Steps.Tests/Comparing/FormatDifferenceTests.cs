using System.Buffers.Binary;
using System.Text;
using Pipeline.Steps.Comparing;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Comparing;

public sealed class FormatDifferenceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("{\"a\":1}", "{ \"a\": 1 }", null)]
    [InlineData("{\"a\":1}", "{\"b\":1}", "a: gone · b: new")]
    [InlineData("[1,2]", "[1]", "value: 2 entries -> 1")]
    [InlineData("1", "2", "value: 1 -> 2")]
    [InlineData("{\"a\":1", "{\"a\":1}", null)]
    public void Json_differs_by_field(string before, string now, string? expected) => Assert.Equal(expected, Describe("x.json", before, now));

    [Theory]
    [InlineData("{\"a\":1}\n", "{\"a\":1}\n{\"a\":2}\n", "goes on after the 1 lines of the stored file")]
    [InlineData("{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}\n", "ends after 1 lines; the stored file goes on")]
    [InlineData("{\"a\":1}\n", "{\"a\":1}", "the same lines, but other line ends")]
    [InlineData("{\"a\":1}\n", "not json\n", null)]
    public void Lines_differ_by_number_and_field(string before, string now, string? expected) => Assert.Equal(expected, Describe("x.jsonl", before, now));

    [Fact]
    public void Tensors_differ_by_name_and_largest_difference()
    {
        var before = Tensors([1, 2, 3, 4]);
        Assert.Equal("1 of 2 tensors, the first b in 1 values; the largest difference 5e-1 in b", Describe("m.safetensors", before, Tensors([1, 2, 3, 4.5f])));
        Assert.Equal("2 of 2 tensors, the first a in 1 values; the largest difference 2e+0 in b", Describe("m.safetensors", before, Tensors([1, 1, 1, 4])));
        Assert.Contains("∞", Describe("m.safetensors", before, Tensors([1, 2, 3, float.NaN]))!.Replace("Infinity", "∞", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Null(Describe("m.safetensors", before, before[..^3]));
        Assert.Null(Describe("m.safetensors", [], before));
    }

    private static byte[] Tensors(float[] values)
    {
        var header = Encoding.UTF8.GetBytes("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""");
        var bytes = new byte[8 + header.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + header.Length + (4 * i)), values[i]);
        return bytes;
    }

    private string? Describe(string name, string before, string now) => Describe(name, Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(now));

    private string? Describe(string name, byte[] before, byte[] now)
    {
        File.WriteAllBytes(folder["before"], before);
        File.WriteAllBytes(folder["now"], now);
        return FormatDifference.Describe(name, folder["before"], folder["now"]);
    }

    public void Dispose() => folder.Dispose();
}
