using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cronos;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Definitions;

/// <summary>Reads <c>on</c>: what <c>watch</c> waits for.</summary>
internal sealed partial class TriggerReader(Expressions expressions, ProblemList problems)
{
    private static readonly TimeSpan LongestDebounce = TimeSpan.FromHours(1);

    // Reading options off a record takes milliseconds, and most files have no triggers.
    private readonly Lazy<OptionBinder> binder = new(() => new("on", TriggerOptions.Tree, expressions, problems));

    public Triggers Read(Entry? given)
    {
        if (given is not { } on || on.Value is ScalarNode { IsNull: true } || binder.Value.Bind(on.Value, on.Key.Place) is not { } bound) return Triggers.None;
        var debounce = TimeText.Parse((string)bound["debounce"]!);
        if (debounce is null || debounce > LongestDebounce) Refuse(on, "debounce", $"'{Excerpt.Short((string)bound["debounce"]!)}' is no time to wait for files", $"{TimeText.Rule}, at most 1h");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById((string)bound["time_zone"]!, out var zone)) Refuse(on, "time_zone", $"there is no time zone '{Excerpt.Short((string)bound["time_zone"]!)}' on this machine", "write UTC, or a name such as Europe/Berlin");
        var crons = Texts(bound, "schedule").Select(cron => Cron(on, cron)).OfType<CronExpression>().ToList();
        foreach (var (uri, at) in Texts(bound, "blobs")) CheckStore(on, uri, at);
        foreach (var (branch, at) in Texts(bound, "commits").Where(b => !Branch().IsMatch(b.Text))) Refuse(on, at, $"'{Excerpt.Short(branch)}' is no branch", "write its name, such as main or origin/main");
        foreach (var (_, at) in Texts(bound, "files").Where(f => f.Text.Length == 0)) Refuse(on, at, "this names no files", "write a glob, such as data/**/*.html");
        return new(crons, zone ?? TimeZoneInfo.Utc, Plain("files"), (bool)bound["sources"]!, debounce ?? TimeSpan.Zero, Plain("blobs"), Plain("commits"));

        IReadOnlyList<string> Plain(string option) => [.. Texts(bound, option).Select(t => t.Text)];
    }

    private static IEnumerable<(string Text, string At)> Texts(JsonObject bound, string option) => bound[option]!.AsArray().Select((text, i) => ((string)text!, $"{option}[{i}]"));

    private CronExpression? Cron(Entry on, (string Text, string At) given)
    {
        var fields = given.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        try
        {
            return CronExpression.Parse(given.Text, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
        }
        catch (CronFormatException e)
        {
            Refuse(on, given.At, $"'{Excerpt.Short(given.Text)}' is no schedule: {Excerpt.Short(e.Message, 120)}", "write five fields: minute, hour, day of month, month, day of week, such as \"0 3 * * 1-5\"");
            return null;
        }
    }

    private void CheckStore(Entry on, string uri, string at)
    {
        try
        {
            RemoteStores.Check(uri);
        }
        catch (RemoteStoreException e)
        {
            Refuse(on, at, e.Message, null);
        }
    }

    private void Refuse(Entry on, string option, string message, string? remedy) =>
        problems.Add(ProblemCodes.BadTrigger, binder.Value.Locate(on.Value, option)?.Place ?? on.Key.Place, message, remedy);

    /// <summary>What git takes for a branch, less what its command line would take for something else.</summary>
    [GeneratedRegex(@"^(?!.*(\.\.|//|@\{|\.lock$))[A-Za-z0-9_][A-Za-z0-9._/@+-]{0,200}(?<![./])$", RegexOptions.CultureInvariant)]
    private static partial Regex Branch();
}
