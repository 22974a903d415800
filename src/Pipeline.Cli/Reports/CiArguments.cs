using System.CommandLine;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;

namespace Pipeline.Cli.Reports;

/// <summary>The options that <c>run</c> and <c>plan</c> have for CI, and the files that they write.</summary>
internal sealed class CiArguments
{
    /// <summary>What GitHub takes of one step; the whole is dropped where it is more.</summary>
    private const long MostBytes = 1 << 20;

    private const string SummaryVariable = "GITHUB_STEP_SUMMARY";
    private const string BaseVariable = "GITHUB_BASE_REF";

    private readonly Option<string?> summary = new("--summary") { Description = $"Append a summary in Markdown to this file: plan, metrics, gates, failures. Also {SummaryVariable}, which GitHub Actions sets.", HelpName = "FILE" };
    private readonly Option<string?> against = new("--against") { Description = $"In the summary, compare metrics with the lock file of this commit, branch or tag. Also {BaseVariable}, which GitHub Actions sets for pull requests.", HelpName = "REF" };
    private readonly Option<string?> junit = JUnitOption();

    public static Option<string?> JUnitOption() => new("--junit") { Description = "Write what became of each step to this file as JUnit XML.", HelpName = "FILE" };

    /// <summary>What to write, and the ref to compare with; null for none.</summary>
    public sealed record Chosen(string? Summary, string? Against, string? JUnit);

    public void AddTo(Command command)
    {
        command.Options.Add(summary);
        command.Options.Add(against);
        command.Options.Add(junit);
    }

    /// <exception cref="WrongInputException">There is no such ref to compare with, or a file cannot be written: nothing is to be run in vain.</exception>
    public Chosen Choose(ParseResult parsed, OpenedPipeline opened)
    {
        var file = Writable(parsed.GetValue(summary) ?? Variable(SummaryVariable), "the summary");
        var report = Writable(parsed.GetValue(junit), "--junit");
        if (parsed.GetValue(against) is { } named)
        {
            if (file is null) throw new WrongInputException($"--against compares in the summary, and there is none: give --summary FILE too, or see 'pipeline metrics diff {parsed.GetValue<string>("FILE")} {named}'.");
            // Without a lock file there, nothing is compared, and the summary says so: the first run of a pipeline is no mistake.
            if (!GitState.Has(opened.Definition.Folder, named)) throw new WrongInputException($"git knows no commit, branch or tag '{named}' to compare with; in a shallow clone fetch it first.");
            return new(file, named, report);
        }

        // A checkout of a pull request has its base as a remote branch.
        return new(file, Variable(BaseVariable) is { } origin ? $"origin/{origin}" : null, report);
    }

    public static void Write(Chosen chosen, OpenedPipeline opened, RunSummary run) =>
        Write(chosen, page => StepSummary.Of(page, run, chosen, opened), () => JUnitReport.Of(opened.Definition.Name, run, opened.State.Clock.GetUtcNow()));

    public static void Write(Chosen chosen, OpenedPipeline opened, Plan plan) =>
        Write(chosen, page => StepSummary.Of(page, plan, chosen, opened), () => JUnitReport.Of(opened.Definition.Name, plan, opened.State.Clock.GetUtcNow()));

    public static void Write(Chosen chosen, OpenedPipeline opened, IReadOnlyList<LockDifference> differences) =>
        Write(chosen, page => StepSummary.Of(page, differences, opened), () => JUnitReport.Of(opened.Definition.Name, differences, opened.State.Clock.GetUtcNow()));

    /// <summary>The file, if it is one that can be written.</summary>
    /// <exception cref="WrongInputException">It is not.</exception>
    public static string? Writable(string? file, string what)
    {
        if (file is null) return null;
        try
        {
            var full = Path.GetFullPath(file);
            if (Directory.Exists(full)) throw new IOException("it is a folder");
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new WrongInputException($"{what} cannot be written to '{file}': {e.Message}. Name another file.");
        }
    }

    private static void Write(Chosen chosen, Action<MarkdownPage> page, Func<JUnitReport> report)
    {
        try
        {
            if (chosen.Summary is { } file) Append(file, page);
            if (chosen.JUnit is { } junit) report().Write(junit);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was made is made, whether or not it can be written down.
            Console.Error.WriteLine($"note: no report was written: {e.Message}");
        }
    }

    private static void Append(string file, Action<MarkdownPage> write)
    {
        var there = File.Exists(file) ? new FileInfo(file).Length : 0;
        var page = new MarkdownPage(Math.Max(0, MostBytes - there));
        write(page);
        File.AppendAllText(file, page.ToString());
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
