using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Plugins;
using Pipeline.Steps.Collecting;
using Pipeline.Steps.General;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Plugins;

public sealed class PluginTests : IDisposable
{
    private static readonly StepCatalog Nothing = new([]);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Emit(string name, Type[]? types, string framework = ".NETCoreApp,Version=v10.0") => EmittedPlugin.Write(folder[name], types, framework);

    private ReadResult Read(string plugins, StepCatalog? catalog = null) =>
        DefinitionReader.Read(folder.Write("p.yaml", $"name: p\nplugins: {plugins}\nsteps:\n  hello: {{ uses: shell, with: {{ run: \"true\" }} }}\n"), catalog ?? BuiltInSteps.Catalog(), new ReadOptions { Environment = name => name == "WHERE" ? folder.Path : null });

    private static Problem Only(ReadResult read) => Assert.Single(read.Problems);

    [Fact]
    public void Registered_step_types_can_be_used_and_always_need_a_worker()
    {
        Emit("Own.dll", [typeof(Shell)]);
        var read = Read("[./Own.dll]", Nothing);
        Assert.Empty(read.Problems);
        var type = Assert.Single(read.Definition!.Steps).Type;
        Assert.Equal("Own.dll", type.Plugin!.Name);
        Assert.Equal(["Own.dll"], type.Plugin.Code.Keys);
        Assert.True(type.NeedsWorker);
        Assert.False(BuiltInSteps.Catalog().Find("shell")!.NeedsWorker);
    }

    [Fact]
    public void The_path_may_be_made_of_variables_and_params()
    {
        Emit("Own.dll", [typeof(Shell)]);
        Assert.NotNull(Read("[\"${{ env.WHERE }}/Own.dll\"]", Nothing).Definition);
    }

    [Fact]
    public void A_file_that_is_read_again_loads_a_plugin_anew_only_where_its_code_is_another()
    {
        Emit("Own.dll", [typeof(Shell)]);
        var first = Read("[./Own.dll]", Nothing).Catalog;
        Assert.Same(first.Find("shell"), Read("[./Own.dll]", first).Catalog.Find("shell"));
        Emit("Own.dll", [typeof(Shell), typeof(FilesMerge)]);
        var second = Read("[./Own.dll]", first).Catalog;
        Assert.NotSame(first.Find("shell"), second.Find("shell"));
        Assert.NotNull(second.Find("files.merge"));
        Assert.Null(Read("[]", second).Catalog.Find("files.merge"));
    }

    [Fact]
    public void A_plugin_must_be_what_a_run_began_with()
    {
        var file = Emit("Own.dll", [typeof(Shell)]);
        var code = PluginLoader.Load(file)[0].Plugin!.Code;
        PluginLoader.Load(file, code);
        Emit("Own.dll", [typeof(FilesMerge)]);
        Assert.Contains("was built anew", Assert.Throws<PluginException>(() => PluginLoader.Load(file, code)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_a_plugin_is_said_where_the_file_names_it()
    {
        folder.Write("text.dll", "This is no assembly.");
        folder.Write("empty.dll", "");
        Directory.CreateDirectory(folder["folder.dll"]);
        File.Copy(typeof(YamlDotNet.Core.Parser).Assembly.Location, folder["other.dll"]);
        var whole = File.ReadAllBytes(Emit("Own.dll", [typeof(Shell)]));
        File.WriteAllBytes(folder["cut.dll"], whole[..(whole.Length / 2)]);
        Emit("silent.dll", null);
        Emit("none.dll", []);
        Emit("newer.dll", [typeof(Shell)], ".NETCoreApp,Version=v99.0");
        Emit("framework.dll", [typeof(Shell)], ".NETFramework,Version=v4.8");
        Emit("text-type.dll", [typeof(string)]);
        Emit("taken.dll", [typeof(CollectFiles)]);
        Emit("twice.dll", [typeof(Shell), typeof(Shell)]);
        var said = "";
        foreach (var name in new[] { "absent", "text", "empty", "folder", "cut", "other", "silent", "none", "newer", "framework", "text-type", "taken" })
            said += ProblemPrinter.Print(Read($"[./{name}.dll]").Problems).Replace(folder.Path, "FOLDER", StringComparison.Ordinal);
        said += ProblemPrinter.Print(Read("[./Own.dll]", Nothing).Problems is { Count: 0 } ? Read("[./twice.dll]", Nothing).Problems : []).Replace(folder.Path, "FOLDER", StringComparison.Ordinal);
        Golden.Matches("errors/plugins.txt", said);
    }

    [Fact]
    public void Two_plugins_with_one_name_are_refused_at_the_second()
    {
        Emit("First.dll", [typeof(Shell)]);
        Emit("Second.dll", [typeof(Shell)]);
        var problem = Only(Read("[./First.dll, ./Second.dll]", Nothing));
        Assert.Equal((ProblemCodes.BadPlugin, 2, 24), (problem.Code, problem.At.Line, problem.At.Column));
        Assert.Contains("has the step type 'shell', which is one of First.dll as well", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./Own.dll", ProblemCodes.WrongShape)]
    [InlineData("{ a: b }", ProblemCodes.WrongShape)]
    [InlineData("[[./Own.dll]]", ProblemCodes.BadPlugin)]
    [InlineData("[]", null)]
    [InlineData("", null)]
    [InlineData("[./Own.so]", ProblemCodes.BadPlugin)]
    [InlineData("[./Own]", ProblemCodes.BadPlugin)]
    [InlineData("[./Own.dll, Own.dll]", ProblemCodes.GivenTwice)]
    [InlineData("[\"${{ env.NOWHERE }}/Own.dll\"]", ProblemCodes.UnsetVariable)]
    public void The_list_itself_is_checked(string plugins, string? code)
    {
        Emit("Own.dll", [typeof(FilesMerge)]);
        var read = Read(plugins, new StepCatalog([new Shell()]));
        if (code is null) Assert.Empty(read.Problems);
        else Assert.Equal((code, 2), (Only(read).Code, Only(read).At.Line));
    }

    [Fact]
    public void Hostile_lists_are_bounded()
    {
        Assert.Equal(ProblemCodes.TooDeepOrTooMany, Only(Read($"[{string.Join(", ", Enumerable.Range(0, 1000).Select(i => $"./{i}.dll"))}]")).Code);
        Assert.Equal(ProblemCodes.BadPlugin, Only(Read("[\"/dev/null.dll\"]")).Code);
        Assert.Equal(ProblemCodes.BadPlugin, Only(Read($"[\"{new string('x', 5000)}.dll\"]")).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{ }")]
    [InlineData("{ \"targets\": [ 1 ] }")]
    [InlineData("""{ "runtimeTarget": { "name": "x" }, "targets": { }, "libraries": { } }""")]
    [InlineData("""{ "runtimeTarget": { "name": 1 }, "targets": { "x": { } }, "libraries": { } }""")]
    [InlineData("""{ "runtimeTarget": { "name": "x" }, "targets": { "x": { } }, "libraries": { "a/1": { } } }""")]
    [InlineData("""{ "runtimeTarget": { "name": "x" }, "targets": { "x": { "a/1": { "runtime": [ ] } } }, "libraries": { } }""")]
    [InlineData("""{ "runtimeTarget": { "name": "x" }, "targets": { "x": { "a/1": { "runtimeTargets": { "a.dll": { } } } } }, "libraries": { } }""")]
    public void A_damaged_dependency_file_is_told_and_does_not_end_the_process(string text)
    {
        Emit("Own.dll", [typeof(FilesMerge)]);
        folder.Write("Own.deps.json", text);
        Assert.Contains("Own.deps.json", Only(Read("[./Own.dll]", new StepCatalog([new Shell()]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dependency_file_that_leads_out_of_the_folder_leads_nowhere()
    {
        Emit("Own.dll", [typeof(FilesMerge)]);
        folder.Write("Own.deps.json", """{ "runtimeTarget": { "name": "x" }, "targets": { "x": { "a/1": { "runtimeTargets": { "../../etc/passwd": { "rid": "unix", "assetType": "native" } } } } }, "libraries": { "a/1": { "type": "package", "serviceable": false, "sha512": "" } } }""");
        var read = Read("[./Own.dll]", new StepCatalog([new Shell()]));
        Assert.Equal(["Own.dll"], read.Catalog.Find("files.merge")!.Plugin!.Code.Keys);
    }

    [Fact]
    public void Every_assembly_beside_a_plugin_without_a_dependency_file_is_part_of_its_code()
    {
        Emit("Own.dll", [typeof(FilesMerge)]);
        Emit("Beside.dll", null);
        var read = Read("[./Own.dll]", new StepCatalog([new Shell()]));
        Assert.Equal(["Beside.dll", "Own.dll"], read.Catalog.Find("files.merge")!.Plugin!.Code.Keys.Order());
    }
}
