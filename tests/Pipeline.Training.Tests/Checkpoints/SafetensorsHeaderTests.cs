using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Pipeline.Training.Checkpoints;

namespace Pipeline.Training.Tests.Checkpoints;

/// <summary>Against https://huggingface.co/docs/safetensors, "Format"; none of it needs libtorch.</summary>
public sealed class SafetensorsHeaderTests
{
    private const string TwoTensors = """{"__metadata__":{"format":"pt"},"b":{"dtype":"I64","shape":[],"data_offsets":[8,16]},"a":{"shape":[2,2],"data_offsets":[0,8],"dtype":"F16"}}""";

    [Fact]
    public void A_file_built_by_the_specification_is_understood()
    {
        var header = Read(File(TwoTensors + "   ", 16));

        Assert.Equal(["a", "b"], header.Tensors.Select(tensor => tensor.Name));
        Assert.Equal((SafetensorsDtype.F16, 0, 8), (header.Tensors[0].Dtype, header.Tensors[0].Begin, header.Tensors[0].End));
        Assert.Equal([2, 2], header.Tensors[0].Shape);
        Assert.Empty(header.Tensors[1].Shape);
        Assert.Equal("pt", header.Metadata["format"]);
        Assert.Equal(8 + TwoTensors.Length + 3, header.DataStart);
    }

    [Fact]
    public void No_tensors_at_all_is_a_file_too() => Assert.Empty(Read(File("{}", 0)).Tensors);

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'a' is named twice")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a': dtype is given twice")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "'k' is given twice")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "expected a string at 'k', found Number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'a': bytes 0 to 4 before it belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "the last 4 bytes belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'b': its bytes start at 4, inside another tensor's")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "tensor 'a': its bytes end at 8 but the file holds only 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "shape [2] of F32 takes 8 bytes but data_offsets [0, 4] span 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "begin <= end, not [4, 0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}""", 0, "larger than any file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "shape must hold whole numbers >= 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "shape must hold whole numbers >= 0")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""", 1, "dtype 'F8_E4M3' is not read here; known are F64, F32")]
    [InlineData("""{"a":{"dtype":"1","shape":[1],"data_offsets":[0,4]}}""", 4, "dtype '1' is not read here")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 0, "dtype, shape and data_offsets must all be given")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"pickle":"x"}}""", 4, "'pickle' is none of dtype, shape, data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,2,4]}}""", 4, "data_offsets has more than 2 numbers")]
    [InlineData("""{"a":[]}""", 0, "tensor 'a': expected an object with dtype, shape and data_offsets, found StartArray")]
    [InlineData("""{"a":""", 0, "not well-formed JSON")]
    [InlineData("""{"\ud800":{}}""", 0, "not well-formed JSON")]
    [InlineData("""{} {}""", 0, "not well-formed JSON")]
    [InlineData(""" {}""", 0, "does not start with '{'")]
    [InlineData("", 0, "does not start with '{'")]
    public void A_header_that_breaks_the_format_is_refused_by_name(string json, int dataLength, string expected)
    {
        var refused = Assert.Throws<InvalidDataException>(() => Read(File(json, dataLength)));
        Assert.StartsWith("model.safetensors: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_that_lies_is_refused_before_anything_is_allocated()
    {
        var file = File(TwoTensors, 16);
        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);
        Assert.Contains("over the format's limit of 100000000", Assert.Throws<InvalidDataException>(() => Read(file)).Message, StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt64LittleEndian(file, 99_999_999);
        Assert.Contains("cut short", Assert.Throws<InvalidDataException>(() => Read(file)).Message, StringComparison.Ordinal);
        Assert.Contains("too few", Assert.Throws<InvalidDataException>(() => Read([1, 2, 3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_files_are_understood_or_refused_and_never_anything_else()
    {
        var good = File(TwoTensors, 16);
        var mutation = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, 2]);
        Gen.Select(mutation.Array[1, 6], Gen.Int[0, good.Length]).Sample(
            (mutations, cut) =>
            {
                var bytes = good.ToList();
                foreach (var (at, value, kind) in mutations)
                {
                    var index = at % bytes.Count;
                    if (kind == 0) bytes[index] = value;
                    else if (kind == 1) bytes.Insert(index, value);
                    else if (bytes.Count > 1) bytes.RemoveAt(index);
                }

                StaysInBounds([.. bytes]);
                StaysInBounds([.. bytes.Take(cut)]);
            },
            iter: 20_000);
    }

    [Fact]
    public void Headers_of_plausible_pieces_are_understood_or_refused_and_never_anything_else()
    {
        var piece = Gen.OneOf("{", "}", "[", "]", ":", ",", "\"a\"", "\"b\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"F32\"", "\"BOOL\"", "0", "4", "8", "9223372036854775807", "1e3", "null", "\"__metadata__\"", "\"\\u0000\"", " ");
        Gen.Select(piece.Array[0, 30], Gen.Int[0, 16]).Sample((pieces, dataLength) => StaysInBounds(File("{" + string.Concat(pieces), dataLength)), iter: 20_000);
    }

    [Fact]
    public void A_header_of_very_many_dimensions_is_refused_in_little_memory()
    {
        var json = """{"a":{"dtype":"F32","data_offsets":[0,4],"shape":[""" + string.Join(',', Enumerable.Repeat("1", 2_000_000)) + "]}}";
        var file = File(json, 4);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("shape has more than 64 numbers", Assert.Throws<InvalidDataException>(() => Read(file)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, file.Length + 100_000);
    }

    private static void StaysInBounds(byte[] file)
    {
        SafetensorsHeader header;
        try
        {
            header = Read(file);
        }
        catch (InvalidDataException)
        {
            return;
        }

        var end = 0L;
        foreach (var tensor in header.Tensors)
        {
            Assert.Equal(end, tensor.Begin);
            end = tensor.End;
        }

        Assert.Equal(file.Length, header.DataStart + end);
    }

    private static SafetensorsHeader Read(byte[] file) => SafetensorsHeader.Read(new MemoryStream(file), "model.safetensors");

    private static byte[] File(string json, int dataLength)
    {
        var header = Encoding.UTF8.GetBytes(json);
        var file = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        return file;
    }
}
