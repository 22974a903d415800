using System.Text.RegularExpressions;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli;

/// <summary>What was given on the command line, so that a command that the program proposes works as it is printed.</summary>
/// <param name="File">As it was typed.</param>
/// <param name="Shared">The options that every verb takes which reads a pipeline file.</param>
/// <param name="Own">Those of the verb itself.</param>
/// <param name="Read">How the file was read.</param>
internal sealed partial record GivenCommand(string Verb, string File, IReadOnlyList<string> Shared, IReadOnlyList<string> Own, ReadOptions Read)
{
    /// <summary>Whether the pipeline is another than what stands in the file.</summary>
    public bool ChangesTheFile => Read.Params.Count > 0 || Read.Sets.Count > 0 || Read.Profile is not null;

    /// <summary><c>pipeline VERB FILE ARGUMENTS OPTIONS</c> for a POSIX shell.</summary>
    public string Line(string verb, params IEnumerable<string> arguments) =>
        string.Join(' ', (string[])["pipeline", verb, .. ((string[])[File, .. arguments, .. Shared, .. verb == Verb ? Own : []]).Select(Quoted)]);

    /// <summary>The shared options without one place's value: the later of two counts.</summary>
    public IEnumerable<string> WithoutSet(string path)
    {
        for (var i = 0; i < Shared.Count; i++)
        {
            if (Shared[i] == "--set" && i + 1 < Shared.Count && Shared[i + 1].StartsWith(path + "=", StringComparison.Ordinal)) i++;
            else yield return Shared[i];
        }
    }

    /// <summary>Whether the file has no problem when this place is changed too.</summary>
    public bool Allows(StepCatalog catalog, string fullPath, string path, string value) =>
        DefinitionReader.Read(fullPath, catalog, Read with { Sets = [.. Read.Sets, (path, value)] }).Definition is not null;

    /// <summary>The command that lists the runs of the same state folder.</summary>
    public string Runs => Shared.ToList().IndexOf("--state") is >= 0 and var at ? $"pipeline runs --state {Quoted(Shared[at + 1])}" : "pipeline runs";

    /// <summary>The command that approves a step, from the folder that this one was started in.</summary>
    /// <param name="state">Where the answer goes.</param>
    public static string Approve(string run, string step, StateFolder state)
    {
        var here = Directory.GetCurrentDirectory();
        var found = StateFolder.For(Path.Combine(here, "any.yaml")).Root == state.Root;
        return $"pipeline approve {run} {step}{(found ? "" : $" --state {Quoted(Path.GetRelativePath(here, state.Root))}")}";
    }

    public static string Quoted(string text) => Safe().IsMatch(text) ? text : PosixShell.Quoted(text);

    [GeneratedRegex(@"^[A-Za-z0-9_@%+=:,./\-]+$")]
    private static partial Regex Safe();
}
