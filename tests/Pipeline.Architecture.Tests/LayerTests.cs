using System.Text.RegularExpressions;
using ArchUnitNET.Loader;
using Pipeline.TestKit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Pipeline.Architecture.Tests;

public sealed partial class LayerTests
{
    private static readonly string[] EngineFolders = ["Authoring", "Storage", "Plugins", "Definitions", "Schema", "Caching", "Registry", "Planning", "Execution", "Lineage"];

    private static readonly string[] DataFolders =
    [
        "Sorting", "Privacy", "Documents", "Deduplication", "Cleaning", "Languages", "Extraction", "Damages", "Readers", "Collection", "Blobs", "Crawling", "Words", "Quality", "Chunking", "Decontamination", "Mixing", "Partitioning", "Tokenizers", "Shards", "Conversations",
    ];

    private static readonly ArchUnitNET.Domain.Architecture Code = new ArchLoader().LoadAssemblies(
        Load("Pipeline.Engine"), Load("Pipeline.Data"), Load("Pipeline.Training"), Load("Pipeline.Steps"), Load("pipeline")).Build();

    private static System.Reflection.Assembly Load(string name) => System.Reflection.Assembly.Load(name);

    [Theory]
    [InlineData("Engine", "Data")]
    [InlineData("Engine", "Training")]
    [InlineData("Engine", "Steps")]
    [InlineData("Engine", "Cli")]
    [InlineData("Data", "Engine")]
    [InlineData("Data", "Training")]
    [InlineData("Data", "Steps")]
    [InlineData("Training", "Engine")]
    [InlineData("Training", "Data")]
    [InlineData("Training", "Steps")]
    [InlineData("Steps", "Cli")]
    public void A_layer_does_not_see(string from, string to) => Check(from, to);

    [Theory]
    [InlineData("Engine", "TorchSharp")]
    [InlineData("Data", "TorchSharp")]
    public void Only_training_and_steps_know_torch(string from, string library)
    {
        var references = Load($"Pipeline.{from}").GetReferencedAssemblies().Select(a => a.Name!);
        Assert.DoesNotContain(references, name => name.StartsWith(library, StringComparison.Ordinal));
    }

    [Fact]
    public void Inside_the_engine_a_folder_uses_only_those_before_it() => CheckOrder("Engine", EngineFolders);

    [Fact]
    public void Inside_the_data_half_a_folder_uses_only_those_before_it() => CheckOrder("Data", DataFolders);

    [Fact]
    public void A_namespace_is_the_folder_of_its_file()
    {
        var wrong = new List<string>();
        foreach (var file in SourceFiles())
        {
            var match = Namespace().Match(File.ReadAllText(file));
            var expected = Path.GetRelativePath(Path.Combine(Checkout.Root, "src"), Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            if (match.Success && match.Groups[1].Value != expected) wrong.Add($"{file}: {match.Groups[1].Value} instead of {expected}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void No_type_is_named_as_its_folder_or_as_the_product()
    {
        var wrong = from assembly in new[] { "Pipeline.Engine", "Pipeline.Data", "Pipeline.Training", "Pipeline.Steps", "pipeline" }
                    from type in Load(assembly).GetTypes()
                    where type.Namespace is not null && (type.Name == "Pipeline" || type.Name == type.Namespace.Split('.')[^1])
                    select type.FullName;
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_source_file_names_a_machine_or_leaves_work_undone()
    {
        var wrong = from file in SourceFiles()
                    from line in File.ReadLines(file)
                    where line.Contains("NotImplementedException", StringComparison.Ordinal) || line.Contains("TO" + "DO", StringComparison.Ordinal)
                    select $"{file}: {line.Trim()}";
        Assert.Empty(wrong);
    }

    private static void CheckOrder(string layer, string[] folders)
    {
        var there = Directory.GetDirectories(Path.Combine(Checkout.Root, "src", "Pipeline." + layer)).Select(f => Path.GetFileName(f)!).Except(["bin", "obj"]);
        Assert.Equal(folders.Order(StringComparer.Ordinal), there.Order(StringComparer.Ordinal));
        for (var folder = 0; folder < folders.Length; folder++)
        {
            for (var later = folder + 1; later < folders.Length; later++) Check($"{layer}.{folders[folder]}", $"{layer}.{folders[later]}");
        }
    }

    private static void Check(string from, string to)
    {
        var rule = Types().That().ResideInNamespaceMatching($@"^Pipeline\.{Regex.Escape(from)}(\..*)?$")
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching($@"^Pipeline\.{Regex.Escape(to)}(\..*)?$"))
            .WithoutRequiringPositiveResults();
        Assert.All(rule.Evaluate(Code), result => Assert.True(result.Passed, result.Description));
    }

    private static IEnumerable<string> SourceFiles() =>
        Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
