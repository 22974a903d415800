using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Pipeline.Cli.Screens;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Reports;

/// <summary>Steps as test cases, in the XML that CI systems read. What does not hold (a gate, a lock, a verification, a check) is a failure; what breaks is an error.</summary>
internal sealed class JUnitReport
{
    private const int LogLines = 40;

    private readonly XElement suite;

    private JUnitReport(string name, IEnumerable<XElement> cases, double seconds, DateTimeOffset now)
    {
        var all = cases.ToList();
        object[] totals =
        [
            new XAttribute("name", XmlText.Valid(name)), new XAttribute("tests", all.Count), new XAttribute("failures", all.Count(c => c.Element("failure") is not null)), new XAttribute("errors", all.Count(c => c.Element("error") is not null)),
        ];
        var skipped = new XAttribute("skipped", all.Count(c => c.Element("skipped") is not null));
        suite = new("testsuites", totals, Time(seconds), new XElement("testsuite", totals, skipped, Time(seconds), new XAttribute("timestamp", now.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)), all));
    }

    public static JUnitReport Of(string pipeline, RunSummary run, DateTimeOffset now) => new(pipeline, run.Outcomes.Select(o => Of(pipeline, o)), run.Seconds, now);

    public static JUnitReport Of(string pipeline, IReadOnlyList<StepVerdict> verdicts, DateTimeOffset now) =>
        new(pipeline, verdicts.Select(v => Case(pipeline, v.Step.Id, v.Seconds, v.Verdict switch
        {
            Verdict.Same => null,
            Verdict.Stale => Skipped($"no current result to compare with: {v.Note}"),
            Verdict.Failed => Problem("error", "failed", v.Note, []),
            _ => Problem("failure", "differs", $"{Text.Count(v.Differences.Count, "file")} came out otherwise", v.Differences.Select(d => $"{d.Output}/{d.File}{(d.Offset is { } at ? $" from byte {at}" : "")}: {d.What}")),
        })), verdicts.Sum(v => v.Seconds), now);

    /// <summary>As <c>--check</c> sees it: what would run fails.</summary>
    public static JUnitReport Of(string pipeline, Plan plan, DateTimeOffset now) =>
        new(pipeline, plan.Decisions.Select(d => Case(pipeline, d.Step.Id, 0, d switch
        {
            Decision.Reuse => null,
            Decision.Skip => Skipped(d.Reason),
            _ => Problem("failure", "stale", $"{d.Word}: {d.Reason}", []),
        })), 0, now);

    public static JUnitReport Of(string pipeline, IReadOnlyList<LockDifference> differences, DateTimeOffset now) =>
        new(pipeline, differences.GroupBy(d => d.Step).Select(d => Case(pipeline, d.Key, 0, Problem("failure", "lock", "not what the lock file says", d.Select(x => x.What)))), 0, now);

    public void Write(string file)
    {
        using var buffer = new MemoryStream();
        using (var writer = XmlWriter.Create(buffer, new() { Encoding = new UTF8Encoding(false), Indent = true })) new XDocument(suite).Save(writer);
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder) Directory.CreateDirectory(folder);
        AtomicFile.Write(file, buffer.ToArray());
    }

    private static XElement Of(string pipeline, StepOutcome outcome) => Case(pipeline, outcome.Step.Id, outcome.State == StepState.Reused ? 0 : outcome.Seconds, outcome switch
    {
        { Failure: { Cause: FailureCause.Cancelled } cancelled } => Skipped(cancelled.Message),
        { Failure: { } failure } => Problem(failure.Cause is FailureCause.Gate or FailureCause.Lock ? "failure" : "error", RunEventJson.Of(outcome)["failure"]!["cause"]!.ToString(), failure.Message, LogTail.Of(failure.LogFile, LogLines)),
        { State: StepState.Skipped } => Skipped(outcome.Reason),
        _ => null,
    });

    private static XElement Case(string pipeline, string step, double seconds, XElement? problem) =>
        new("testcase", new XAttribute("classname", XmlText.Valid(pipeline)), new XAttribute("name", XmlText.Valid(step)), Time(seconds), problem);

    private static XElement Skipped(string why) => new("skipped", new XAttribute("message", Safe(why)));

    private static XElement Problem(string kind, string type, string message, IEnumerable<string> lines) =>
        new(kind, new XAttribute("message", Safe(message)), new XAttribute("type", type), string.Join('\n', (string[])[message, .. lines]) is var text ? string.Join('\n', text.Split('\n').Select(Safe)) : "");

    private static XAttribute Time(double seconds) => new("time", seconds.ToString("0.000", CultureInfo.InvariantCulture));

    private static string Safe(string text) => XmlText.Valid(MarkdownText.Visible(text.ReplaceLineEndings(" ")));
}
