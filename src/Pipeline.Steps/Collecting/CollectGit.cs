using System.ComponentModel;
using System.Text.Json.Nodes;
using Microsoft.Extensions.FileSystemGlobbing;
using Pipeline.Data.Collection;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>Documents from the files of a git repository at a revision, read from its objects: nothing is checked out, and no hook or filter runs.</summary>
public sealed class CollectGit : Step<CollectGit.With, CollectGit.Given, CollectGit.Made>
{
    private const string Head = "HEAD", Inside = ".git";

    public sealed record With : ReadingParams
    {
        [Description("The folder of a repository (with `.git` in it, or that itself, or a bare one), relative to the pipeline file.")]
        public required string Repository { get; init; }

        [Description("A branch, a tag or a commit; what it stands for is looked up again whenever the repository has changed, and is in the datasheet.")]
        public string Revision { get; init; } = Head;

        [Description("Globs of the files to take, from the root of the tree; none takes all.")]
        public IReadOnlyList<string> Include { get; init; } = [];

        [Description("Globs of files to leave out.")]
        public IReadOnlyList<string> Exclude { get; init; } = [];

        [Description("SPDX identifier of the licence, for documents that do not state their own; without it that of a LICENSE or COPYING file at the root, where it is one of the common ones.")]
        public override string? License { get; init; }
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("One document a file, or a record of it, in the order of their paths, which are the documents' sources.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("The commit, licences, counts and damage.")]
        public required Output<Artifacts.Datasheet> Datasheet { get; init; }
    }

    public override string Name => "collect.git";
    public override int Version => 10;
    public override string Description => "Collects documents from the files of a git repository at a revision, in all formats of collect.files, without checking anything out. Needs git.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per run of files by path, by their content";

    public override IEnumerable<SourcePattern> SourcesOf(JsonObject with)
    {
        var repository = (string?)with["repository"] ?? "";
        // What a revision stands for is written there.
        return
            from folder in (string[])[repository, Path.Combine(repository, Inside)]
            from name in (string[])[Head, "packed-refs", "refs"]
            select new SourcePattern(Path.Combine(folder, name), Optional: true);
    }

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (string.IsNullOrWhiteSpace(with.Repository)) yield return ("repository", "names no folder; give the .git folder of a repository, or a bare one");
        if (with.Revision.StartsWith('-') || string.IsNullOrWhiteSpace(with.Revision)) yield return ("revision", $"'{with.Revision}' is no revision; expected a branch, a tag or a commit");
        foreach (var problem in with.Problems()) yield return problem;
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var head = context.Sources.FirstOrDefault(s => Path.GetFileName(s.Name) == Head && !s.Name.Contains("/refs/", StringComparison.Ordinal))
            ?? throw new StepFailedException($"'{with.Repository}' is no git repository: there is neither {Head} nor {Inside}/{Head} in it. Of a linked worktree name the repository that it belongs to.");
        var tree = GitTree.Open(Path.GetDirectoryName(head.Path)!, with.Revision);
        var (all, leftOut) = tree.Files();
        var chosen = new Matcher(StringComparison.Ordinal);
        chosen.AddIncludePatterns(with.Include.Count > 0 ? with.Include : ["**"]);
        chosen.AddExcludePatterns(with.Exclude);
        var files = all.Where(f => chosen.Match(f.Path).HasMatches).ToList();
        if (files.Count == 0) throw new StepFailedException($"{with.Repository} has no file at '{with.Revision}' ({tree.Commit[..12]}) that include and exclude leave; it has {all.Count}, such as {string.Join(", ", all.Take(3).Select(f => f.Path))}.");
        if (leftOut > 0) context.Log($"{leftOut} links and modules are left out");
        var options = with.ToReading(context.Scratch) with { License = with.License ?? tree.License(all) };
        context.Metric("files.chosen", files.Count);
        return DocumentOutput.WriteAsync(new GitPieces(tree, with.Repository, files, options, context), outputs.Documents, outputs.Datasheet, options, with.MaxDamaged, context, "documents", sample: null, crawled: null);
    }
}
