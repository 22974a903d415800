using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Generated;

/// <summary>What an editor makes of schema.json: the language server that VS Code, Neovim and others use for YAML, on a file that is being written.</summary>
public sealed class EditorTests : IAsyncLifetime
{
    private const string Text = """
        # yaml-language-server: $schema=schema.json
        name: draft
        on: { schedule: ["0 3 * * *"], sauces: true }
        steps:
          pages:
            uses: collect.files
            with: { paths: ["a"], pathes: [] }
          clean:
            uses: clean.text
            inputs: { documents: pages }
            with:
              minimum_words: many

          next:
            uses:
        """ + " ";

    /// <summary>With the spaces that an editor puts where one goes on typing.</summary>
    private static readonly string Typed = Text.Replace("many\n\n", "many\n      \n", StringComparison.Ordinal);

    private readonly TemporaryFolder folder = new();
    private YamlServer? server;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(NpmServers.Unavailable is not null, NpmServers.Unavailable ?? "");
        folder.Write("schema.json", File.ReadAllText(Path.Combine(Checkout.Root, "schema.json")));
        server = await YamlServer.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        server?.Dispose();
        folder.Dispose();
        return default;
    }

    private string Draft => folder["draft.yaml"];

    [Fact]
    public async Task Mistakes_are_underlined_where_they_are_and_completion_knows_the_step_types()
    {
        var found = await server!.DiagnosticsAsync(Draft, Typed);
        Assert.Contains((6, 26, "Property pathes is not allowed."), found);
        Assert.Contains((2, 31, "Property sauces is not allowed."), found);
        var wrongType = Assert.Single(found, d => d.Line == 11);
        Assert.Equal((21, "expected integer, 0 to 2,147,483,647"), (wrongType.Column, wrongType.Message));
        Assert.DoesNotContain(found, d => d.Line is 4 or 5 or 7 or 8 or 9);

        var types = await server.CompletionsAsync(Draft, 14, 10);
        Assert.Equal(BuiltInSteps.Catalog().All.Select(t => t.Name), types.Order(StringComparer.Ordinal));

        var options = await server.CompletionsAsync(Draft, 12, 6);
        Assert.Contains("strip_markup", options);
        Assert.DoesNotContain("minimum_words", options);
        Assert.DoesNotContain("vocab_size", options);
        Assert.Contains("Drop documents with fewer words", await server.HoverAsync(Draft, 11, 8), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_right_file_has_nothing_underlined()
    {
        foreach (var example in Directory.GetFiles(Path.Combine(Checkout.Root, "examples"), "*.yaml"))
        {
            var text = "# yaml-language-server: $schema=schema.json\n" + File.ReadAllText(example).Replace("# yaml-language-server", "# was", StringComparison.Ordinal);
            Assert.Empty(await server!.DiagnosticsAsync(folder[Path.GetFileName(example)], text));
        }
    }
}
