using System.Diagnostics;
using Pipeline.TestKit;

namespace Pipeline.Architecture.Tests;

public sealed class FormatTests
{
    [Fact]
    public void The_sources_are_formatted_as_editorconfig_says()
    {
        var (code, said) = Check("src", "tests");
        Assert.True(code == 0, $"dotnet format whitespace --folder . mends this:\n{said}");
    }

    [Fact]
    public void What_is_not_formatted_is_found()
    {
        var badly = Path.Combine(Checkout.Root, "tests", "Pipeline.Architecture.Tests", "obj", "Badly.cs");
        Directory.CreateDirectory(Path.GetDirectoryName(badly)!);
        File.WriteAllText(badly, "class Badly\n{\n  int  Field;\n}\n");
        try
        {
            Assert.NotEqual(0, Check(badly).Code);
        }
        finally
        {
            File.Delete(badly);
        }
    }

    private static (int Code, string Said) Check(params string[] include)
    {
        using var format = Process.Start(new ProcessStartInfo("dotnet", ["format", "whitespace", "--folder", ".", "--verify-no-changes", "--include", .. include]) { WorkingDirectory = Checkout.Root, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = format.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = format.StandardOutput.ReadToEnd();
        format.WaitForExit();
        return (format.ExitCode, output + error.Result);
    }
}
