using System.Security.Cryptography;
using Pipeline.TestKit;
using Pipeline.Training.Checkpoints;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Checkpoints;

public sealed class SafetensorsTests
{
    private static readonly ScalarType[] AllTypes =
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    [Fact]
    public void Every_type_and_odd_shape_comes_back_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        manual_seed(1);
        long[][] shapes = [[], [0], [3, 0, 2], [1], [7], [5, 3, 2]];
        var written = (from type in AllTypes from shape in shapes select ($"{type}/{string.Join('x', shape)}", (randn(shape) * 3).to_type(type))).ToArray();
        Safetensors.Write(folder["all.safetensors"], written);

        var read = Safetensors.Read(folder["all.safetensors"]);

        Assert.Equal(written.Length, read.Count);
        foreach (var (name, value) in written)
        {
            Assert.Equal(value.dtype, read[name].dtype);
            Assert.Equal(value.shape, read[name].shape);
            Assert.Equal(value.bytes.ToArray(), read[name].bytes.ToArray());
        }
    }

    [Fact]
    public void A_view_is_written_as_what_it_shows()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var transposed = arange(6, ScalarType.Float32).reshape(2, 3).t();
        Safetensors.Write(folder["t.safetensors"], [("t", transposed)]);
        Assert.Equal([0f, 3f, 1f, 4f, 2f, 5f], Safetensors.Read(folder["t.safetensors"])["t"].data<float>().ToArray());
    }

    [Fact]
    public void The_bytes_are_a_function_of_the_tensors()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        (string, Tensor)[] tensors =
        [
            ("transformer.wte.weight", arange(12, ScalarType.Float32).reshape(4, 3) / 7),
            ("step", tensor(42L)),
            ("mask", tensor(new[] { true, false, true })),
            ("half", arange(5, ScalarType.Float32).to_type(ScalarType.BFloat16)),
        ];
        var path = folder["golden.safetensors"];
        Safetensors.Write(path, tensors, new Dictionary<string, string> { ["format"] = "pt", ["a"] = "é\"\\" });

        var bytes = File.ReadAllBytes(path);
        var headerLength = BitConverter.ToInt32(bytes);
        Golden.Matches("safetensors.txt", $"{System.Text.Encoding.UTF8.GetString(bytes, 8, headerLength)}|\n{bytes.Length} bytes, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(bytes))}\n");
        Assert.Equal(0, headerLength % 8);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Parameters_are_filled_in_place_and_converted_where_their_type_differs()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        Safetensors.Write(folder["p.safetensors"], [("w", tensor(new[] { 1.5f, -2f }))]);
        using var file = SafetensorsFile.Open(folder["p.safetensors"]);
        var same = new TorchSharp.Modules.Parameter(zeros(2));
        var wider = zeros(2, ScalarType.Float64);

        file.ReadInto("w", same);
        file.ReadInto("w", wider);

        Assert.True(same.requires_grad);
        Assert.Equal([1.5f, -2f], same.detach().data<float>().ToArray());
        Assert.Equal([1.5, -2.0], wider.data<double>().ToArray());
        Assert.Contains("tensor 'w' has shape [2], expected [3]", Assert.Throws<InvalidDataException>(() => file.ReadInto("w", zeros(3))).Message, StringComparison.Ordinal);
        Assert.Contains("has no tensor 'v'", Assert.Throws<InvalidDataException>(() => file.Read("v")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused_and_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var path = folder.Write("old.safetensors", "old");
        var one = ones(1);
        Assert.Throws<ArgumentException>(() => Safetensors.Write(path, [("x", one), ("x", one)]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(path, [("__metadata__", one)]));
        Assert.Contains("'c' is ComplexFloat32", Assert.Throws<ArgumentException>(() => Safetensors.Write(path, [("c", zeros(1, ScalarType.ComplexFloat32))])).Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Reading_leaves_nothing_behind_in_the_callers_scope_but_the_tensors()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        Safetensors.Write(folder["n.safetensors"], [("a", ones(2)), ("b", ones(2))]);
        var before = scope.DisposablesCount;
        Safetensors.Read(folder["n.safetensors"]);
        Assert.Equal(before + 2, scope.DisposablesCount);
    }
}
