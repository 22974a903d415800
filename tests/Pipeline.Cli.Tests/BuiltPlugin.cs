using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pipeline.Cli.Tests;

/// <summary>What <c>init --plugin</c> makes, with two more step types, built once for the tests of a class. The build has no package source: all that it needs is the SDK.</summary>
public sealed class BuiltPlugin : IAsyncLifetime
{
    public const string Name = "Acme.TextSteps";

    /// <summary>A dependency of the plugin's own, under the name of one that the program has in another version.</summary>
    private const string Library = "namespace YamlDotNet.Core; public static class Parser { public static string Say() => \"the plugin's own\"; }";

    private const string More = """
        using Pipeline.Engine.Authoring;

        [assembly: StepTypes(typeof(Acme.TextSteps.Crash), typeof(Acme.TextSteps.Borrow))]

        namespace Acme.TextSteps;

        public sealed record Nothing;

        public sealed class Crash : Step<Nothing, Nothing, Nothing>
        {
            public override string Name => "acme.crash";
            public override int Version => 1;
            public override string Description => "Ends its process.";

            protected override Task RunAsync(Nothing with, Nothing inputs, Nothing outputs, StepContext context)
            {
                context.Log("about to end");
                Environment.FailFast("as it was told");
                return Task.CompletedTask;
            }
        }

        public sealed class Sayings : Files;

        public sealed class Borrow : Step<Nothing, Nothing, Borrow.Made>
        {
            public sealed record Made
            {
                public required Output<Sayings> Said { get; init; }
            }

            public override string Name => "acme.borrow";
            public override int Version => 1;
            public override string Description => "Says what a library of its own says.";

            protected override async Task RunAsync(Nothing with, Nothing inputs, Made outputs, StepContext context)
            {
                await File.WriteAllTextAsync(outputs.Said["said.txt"], YamlDotNet.Core.Parser.Say() + "\n");
            }

        }
        """;

    private static readonly string Dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private readonly Project project = new();

    public string Folder => project["plugin"];

    public async ValueTask InitializeAsync()
    {
        (await project.Pipeline("init", "--plugin", Name, "plugin")).Expect(ExitCode.Success);
        NoNetwork(project.Path);
        project.Write("plugin/More.cs", More);
        project.Write("library/YamlDotNet.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework><AssemblyVersion>99.0.0.0</AssemblyVersion></PropertyGroup></Project>");
        project.Write("library/Parser.cs", Library);
        project.Write($"plugin/{Name}.csproj", project.Read($"plugin/{Name}.csproj").Replace("  <ItemGroup>\n", "  <ItemGroup>\n    <ProjectReference Include=\"../library/YamlDotNet.csproj\" />\n", StringComparison.Ordinal));
        await BuildAsync(Folder);
    }

    public ValueTask DisposeAsync()
    {
        project.Dispose();
        return default;
    }

    /// <summary>Nothing may be fetched, and nothing of a folder above may take part.</summary>
    public static void NoNetwork(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "NuGet.config"), "<configuration><packageSources><clear /></packageSources></configuration>");
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project />");
    }

    public static async Task BuildAsync(string folder)
    {
        var start = new ProcessStartInfo(Dotnet, ["build", "-nodeReuse:false", "-p:UseSharedCompilation=false", $"-p:PipelineFolder={AppContext.BaseDirectory}"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, await output + await error);
    }

    /// <summary>A copy of it in a folder of its own, for a test that changes it.</summary>
    public void CopyTo(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(project.Path, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "p.yaml"))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(project.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
