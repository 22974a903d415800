using CsCheck;
using Pipeline.TestKit;
using Pipeline.Training.NativeLibraries;

namespace Pipeline.Training.Tests.NativeLibraries;

public sealed class ElfBuildIdTests
{
    private static readonly string Library = LoadedLibTorch.Get().Path;

    [Fact]
    public void Libtorch_is_told_by_the_identity_that_its_linker_gave_it()
    {
        var id = ElfBuildId.Of(Library);
        Assert.Matches("^[0-9a-f]{40}$", id);
        Assert.Equal(id, LibTorchChoice.Identity());
        Assert.NotEqual(id, ElfBuildId.Of(Path.Combine(Path.GetDirectoryName(Library)!, "libc10.so")));
    }

    [Fact]
    public void Files_that_are_no_libraries_have_none()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(ElfBuildId.Of(folder.Write("empty", "")));
        Assert.Null(ElfBuildId.Of(folder.Write("text", new string('x', 200))));
    }

    [Fact]
    public void Damaged_libraries_have_one_or_none_and_nothing_else_happens()
    {
        using var folder = new TemporaryFolder();
        var start = File.OpenRead(Path.Combine(Path.GetDirectoryName(Library)!, "libtorch.so"));
        var bytes = new byte[Math.Min(start.Length, 4096)];
        start.ReadExactly(bytes);
        start.Dispose();
        var path = folder["damaged.so"];
        Gen.Select(Gen.Int[0, 1023], Gen.Byte).Array[1, 8].Sample(
            changes =>
            {
                var damaged = bytes.ToArray();
                foreach (var (at, value) in changes) damaged[at] = value;
                File.WriteAllBytes(path, damaged);
                _ = ElfBuildId.Of(path);
            },
            iter: 2000,
            threads: 1);
    }
}
