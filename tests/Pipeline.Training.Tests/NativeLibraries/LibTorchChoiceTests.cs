using System.Diagnostics;
using Pipeline.TestKit;
using Pipeline.Training.NativeLibraries;
using TorchSharp;

namespace Pipeline.Training.Tests.NativeLibraries;

public sealed class LibTorchChoiceTests
{
    private static readonly string Shipped = Path.GetDirectoryName(LoadedLibTorch.Get().Path)!;

    [Fact]
    public void The_libtorch_that_came_along_is_the_one_that_TorchSharp_was_built_for() =>
        Assert.StartsWith(LoadedLibTorch.Get().Version + ".", torch.__version__, StringComparison.Ordinal);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_libtorch_in_a_foreign_folder_computes_and_no_other_is_mapped(bool byOption)
    {
        using var folder = new TemporaryFolder();
        var foreign = folder["libtorch of another"];
        Directory.CreateDirectory(foreign);
        foreach (var file in Directory.GetFiles(Shipped).Where(file => !file.EndsWith("libLibTorchSharp.so", StringComparison.Ordinal))) File.Copy(file, Path.Combine(foreign, Path.GetFileName(file)));

        var (exitCode, output, error) = byOption ? Report(null, "--libtorch", foreign) : Report(foreign);

        Assert.True(exitCode == 0, error);
        Assert.StartsWith("gradient 2 4 6\n", output, StringComparison.Ordinal);
        Assert.Contains($"libtorch {LoadedLibTorch.Get().Version} on ", output, StringComparison.Ordinal);
        Assert.Contains($"from {foreign}\n", output, StringComparison.Ordinal);
        foreach (var library in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" }) Assert.Equal([Path.Combine(foreign, library)], output.Split('\n').Where(line => Path.GetFileName(line) == library));
        // The bridge is the application's: a Python installation has none.
        Assert.Single(output.Split('\n'), line => Path.GetFileName(line) == "libLibTorchSharp.so");
    }

    [Fact]
    public void A_folder_that_does_not_serve_is_refused_with_what_it_lacks()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains($"{folder["nowhere"]}, which is no folder", Report(folder["nowhere"]).Error, StringComparison.Ordinal);
        folder.Write("libc10.so", "not a library");
        Assert.Contains($"{folder.Path} has no libtorch_cpu.so, libtorch.so", Report(folder.Path).Error, StringComparison.Ordinal);
        folder.Write("libtorch_cpu.so", "not a library");
        folder.Write("libtorch.so", "not a library");
        Assert.Contains($"{folder["libc10.so"]} cannot be loaded", Report(folder.Path).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_is_refused_by_name()
    {
        var debian = Directory.Exists("/usr/lib/x86_64-linux-gnu") ? Directory.GetFiles("/usr/lib/x86_64-linux-gnu", "libtorch_cpu.so.1.*").FirstOrDefault() : null;
        Assert.SkipWhen(debian is null, "Debian's libtorch 1.13 is not on this machine");
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" })
            File.CreateSymbolicLink(folder[name], debian.Replace("libtorch_cpu.so", name, StringComparison.Ordinal));
        Assert.Contains("holds libtorch of an old, unknown version, but this build needs 2.10", Report(folder.Path).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_option_wins_over_the_variable_and_ends_at_a_double_dash()
    {
        Assert.Equal("/a", LibTorchChoice.Requested(["run", "--libtorch", "/a"]));
        Assert.Equal("/b", LibTorchChoice.Requested(["--libtorch=/b", "run"]));
        Assert.Null(LibTorchChoice.Requested(["run", "--", "--libtorch", "/a"]));
        Assert.Null(LibTorchChoice.Requested([]));
        Assert.False(LibTorchChoice.IsMade);
    }

    private static (int ExitCode, string Output, string Error) Report(string? variable, params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Pipeline.Ranks.dll"), "libtorch", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment[LibTorchChoice.Variable] = variable ?? "";
        using var process = Process.Start(info)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
