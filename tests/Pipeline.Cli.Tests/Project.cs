using Pipeline.TestKit;

namespace Pipeline.Cli.Tests;

/// <summary>A user's folder: a pipeline file, its data and its state, removed with the test.</summary>
public sealed class Project : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public Project(string yaml = "") => folder.Write("p.yaml", yaml);

    public string Path => folder.Path;

    public string State => folder[".pipeline"];

    public string this[string relative] => folder[relative];

    public string Write(string relative, string text) => folder.Write(relative, text);

    public string Read(string relative) => File.ReadAllText(folder[relative]);

    public ProgramRun Start(params string[] arguments) => new(Path, arguments);

    public Task<Ended> Pipeline(params string[] arguments) => Pipeline(null, arguments);

    public async Task<Ended> Pipeline(IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        using var run = new ProgramRun(Path, arguments, environment);
        return await run.End();
    }

    /// <summary><c>run p.yaml --json</c>.</summary>
    public Task<Ended> Run(params string[] more) => Pipeline(["run", "p.yaml", "--json", .. more]);

    public Task<Ended> Plan(params string[] more) => Pipeline(["plan", "p.yaml", "--json", .. more]);

    public void Dispose() => folder.Dispose();
}
