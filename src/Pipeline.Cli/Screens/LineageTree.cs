using System.Globalization;
using Pipeline.Engine.Lineage;

namespace Pipeline.Cli.Screens;

/// <summary>A lineage as a tree of text. What several branches share is shown where it is first met.</summary>
/// <param name="all">Every source file and option, not only the first.</param>
internal sealed class LineageTree(LineageView view, bool all, TextWriter output)
{
    private const int FewFiles = 10;
    private const int FewMakers = 3;
    private const int LongestOption = 60;

    /// <summary>A line to print: its own text, then what hangs below it.</summary>
    private sealed record Branch(string Indent, bool Last, string Label, LineageStep? Step, string Lost, IReadOnlyList<string> AlsoMadeBy);

    private readonly HashSet<string> shown = new(StringComparer.Ordinal);

    public void Print()
    {
        foreach (var target in view.Graph.Targets)
        {
            Line($"{target.Port}  {LineageView.Short(target.Digest)}");
            if (view.Downstream) Print(view.Below(null).ToList() is { Count: > 0 } below ? [.. below.Select((s, i) => Down("", s, i == below.Count - 1))] : [new Branch("", true, "", null, "nothing that is stored was made from it", [])]);
            else Print([new Branch("", true, "", view.Graph.Find(target.MadeBy), target.Lost, target.AlsoMadeBy)]);
            Line("");
            if (view.Downstream) break;
        }

        Line(Summary());
    }

    /// <summary>Over a stack of its own: a chain of rounds may be longer than the thread's bears.</summary>
    private void Print(IReadOnlyList<Branch> first)
    {
        var open = new Stack<Branch>(first.Reverse());
        while (open.TryPop(out var branch))
        {
            foreach (var below in Show(branch).Reverse()) open.Push(below);
        }
    }

    private IReadOnlyList<Branch> Show(Branch branch)
    {
        var indent = branch.Indent + (branch.Last ? "   " : "│  ");
        var head = $"{branch.Indent}{(branch.Last ? "└─ " : "├─ ")}{branch.Label}";
        if (branch.Step is not { } step)
        {
            Line($"{head}{(branch.Label.Length > 0 ? ": " : "")}{branch.Lost}");
            Also(indent, branch.AlsoMadeBy);
            return [];
        }

        var name = $"{LineageView.Name(step)}  {step.Uses} version {step.Version}";
        if (!shown.Add(step.Result.Key))
        {
            Line($"{head}{name}  (above)");
            return [];
        }

        Line(head + name);
        Also(indent, branch.AlsoMadeBy);
        var children = view.Downstream ? [.. view.Below(step.Result.Key)] : new List<LineageStep>();
        var bar = indent + (view.Downstream ? children.Count > 0 : step.Inputs.Count > 0) switch { true => "│  ", false => "   " };
        Details(bar, step);
        return view.Downstream ? [.. children.Select((s, i) => Down(indent, s, i == children.Count - 1))]
            : [.. step.Inputs.Select((a, i) => new Branch(indent, i == step.Inputs.Count - 1, $"{a.Port} {LineageView.Short(a.Digest)}  ", view.Graph.Find(a.MadeBy), a.Lost, a.AlsoMadeBy))];
    }

    private static Branch Down(string indent, LineageStep step, bool last) => new(indent, last, "", step, "", []);

    private void Details(string bar, LineageStep step)
    {
        var result = step.Result;
        var git = step.Commit is { } commit ? $" · git {LineageView.Short(commit)[..Math.Min(7, commit.Length)]} ({(step.Dirty ? "changed" : "clean")})" : "";
        var machine = result.Environment.TryGetValue("machine", out var host) ? $" · on {host}" : "";
        Line(string.Create(CultureInfo.InvariantCulture, $"{bar}run {result.Run} · {result.Finished.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC · {Text.Duration(result.Seconds)}{machine}{git}"));
        if (result.WentOnFrom is { } shorter) Line($"{bar}went on from {shorter.Horizon} of run {shorter.Run} ({LineageView.Short(shorter.Key)}), with the bytes of a run from the beginning");
        var options = view.Options.GetValueOrDefault(result.Key) ?? [];
        if (options.Count > 0) Line($"{bar}with {string.Join(", ", options.Select(o => $"{o.Path}: {(all || o.Value.Length <= LongestOption ? o.Value : o.Value[..LongestOption] + "…")}"))}");
        if (view.Downstream) Line($"{bar}made {string.Join(", ", result.Outputs.Where(o => o.Key != Engine.Authoring.Metrics.Port).Select(o => $"{o.Key} {LineageView.Short(o.Value.Digest)}").DefaultIfEmpty("no artifact"))}");
        if (step.Sources is { } sources && !view.Downstream) Files(bar, sources);
        foreach (var tally in view.Licenses.GetValueOrDefault(result.Key) ?? [])
            Line($"{bar}licences{(tally.Output.Length > 0 ? $" of {tally.Output}" : "")}: {(tally.Lost.Length > 0 ? tally.Lost : Licenses(tally.Counts))}");
    }

    private void Files(string bar, LineageSources sources)
    {
        if (sources.Lost.Length > 0)
        {
            Line($"{bar}source files {LineageView.Short(sources.Digest)}: {sources.Lost}");
            return;
        }

        var files = sources.Files;
        Line($"{bar}{Text.Count(files.Count, "source file")}, {Text.Bytes(files.Sum(f => f.Size))}, list {LineageView.Short(sources.Digest)}");
        foreach (var file in all ? files : files.Take(FewFiles)) Line($"{bar}  {LineageView.Short(file.Sha256)}  {Text.Bytes(file.Size),10}  {file.Path}");
        if (!all && files.Count > FewFiles) Line($"{bar}  … and {files.Count - FewFiles} more (--all)");
    }

    private void Also(string indent, IReadOnlyList<string> makers)
    {
        if (makers.Count == 0) return;
        var more = makers.Count > FewMakers && !all ? $" and {makers.Count - FewMakers} more" : "";
        Line($"{indent}the same bytes were also made by {string.Join(", ", (all ? makers : makers.Take(FewMakers)).Select(LineageView.Short))}{more}");
    }

    private string Summary()
    {
        var steps = view.Graph.Steps;
        var words = new List<string> { Text.Count(steps.Count, "step") };
        if (!view.Downstream) words.Add(Text.Count(steps.SelectMany(s => s.Sources?.Files ?? []).DistinctBy(f => (f.Path, f.Sha256)).Count(), "source file"));
        if (view.AllLicenses() is { Count: > 0 } licenses) words.Add($"licences: {Licenses(licenses)}");
        words.Add(Text.Count(steps.Select(s => s.Result.Run).Distinct().Count(), "run"));
        var commits = steps.Where(s => s.Commit is not null).Select(s => $"{s.Commit![..Math.Min(7, s.Commit!.Length)]} ({(s.Dirty ? "changed" : "clean")})").Distinct().ToList();
        if (commits.Count > 0) words.Add($"git {string.Join(", ", commits.Take(FewFiles))}{(commits.Count > FewFiles ? ", …" : "")}");
        if (view.Gaps > 0) words.Add($"{view.Gaps} not known any more");
        return string.Join(" · ", words);
    }

    private static string Licenses(IReadOnlyDictionary<string, long> counts) =>
        string.Join(", ", counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:#,0}")).DefaultIfEmpty("no documents"));

    private void Line(string text) => output.WriteLine(LineageView.Plain(text.TrimEnd()));
}
