using Pipeline.TestKit;
using Pipeline.Training.Checkpoints;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Checkpoints;

public sealed class SafetensorsInPythonTests
{
    private const string Reader = """
        import json, struct, sys
        raw = open(sys.argv[1], "rb").read()
        n, = struct.unpack("<Q", raw[:8])
        header = json.loads(raw[8:8 + n])
        formats = {"F64": "d", "F32": "f", "F16": "e", "I64": "q", "I32": "i", "I16": "h", "I8": "b", "U8": "B", "BOOL": "?"}
        for name, t in header.items():
            if name == "__metadata__":
                print(name, json.dumps(t, sort_keys=True))
                continue
            b, e = t["data_offsets"]
            code = formats[t["dtype"]]
            print(name, t["dtype"], t["shape"], list(struct.unpack("<%d%s" % ((e - b) // struct.calcsize(code), code), raw[8 + n + b:8 + n + e])))
        """;

    [Fact]
    public void Python_reads_the_bytes_without_our_help()
    {
        Assert.SkipWhen(Python.Path is null, "no python3 on this machine");
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        Safetensors.Write(
            folder["m.safetensors"],
            [("f", tensor(new[,] { { 1.5f, -2f }, { 0.25f, 3f } })), ("h", tensor(new[] { 0.5f }).to_type(ScalarType.Float16)), ("i", tensor(-7L)), ("b", tensor(new[] { true, false })), ("none", zeros(0, 4))],
            new Dictionary<string, string> { ["format"] = "pt" });

        var seen = Python.Run(folder.Write("reader.py", Reader), folder["m.safetensors"]);

        Assert.Equal(
            """
            __metadata__ {"format": "pt"}
            f F32 [2, 2] [1.5, -2.0, 0.25, 3.0]
            h F16 [1] [0.5]
            i I64 [] [-7]
            b BOOL [2] [True, False]
            none F32 [0, 4] []

            """,
            seen);
    }
}
