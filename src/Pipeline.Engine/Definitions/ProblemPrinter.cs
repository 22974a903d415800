using System.Globalization;
using System.Text;

namespace Pipeline.Engine.Definitions;

/// <summary>Problems as plain text, each with the line it stands on, carets under the mistake and the remedy.</summary>
public static class ProblemPrinter
{
    private const int Widest = 160;

    /// <param name="nothing">What did not happen therefore.</param>
    public static string Print(IReadOnlyList<Problem> problems, string nothing = "nothing was run")
    {
        var page = new StringBuilder();
        foreach (var problem in problems) Print(problem, page);
        var count = problems.Count >= ProblemList.Limit ? $"{problems.Count} errors or more" : problems.Count == 1 ? "1 error" : $"{problems.Count} errors";
        return page.Append(CultureInfo.InvariantCulture, $"{count}; {nothing}.\n").ToString();
    }

    private static void Print(Problem problem, StringBuilder page)
    {
        var (file, line, column) = problem.At;
        var where = line > 0 ? $"{file}:{line}:{column}" : $"{file}:";
        page.Append(CultureInfo.InvariantCulture, $"{Excerpt.Clean(where)} error {problem.Code} {Excerpt.Clean(problem.Message)}\n");
        var code = problem.Line;
        if (code.Length > 0)
        {
            var (shown, at) = Window(code, Math.Clamp(column - 1, 0, code.Length));
            var carets = new string('^', Math.Clamp(problem.Length, 1, Math.Max(1, shown.Length - at)));
            page.Append(CultureInfo.InvariantCulture, $"{line,5} | {Excerpt.Clean(shown)}\n");
            page.Append(CultureInfo.InvariantCulture, $"      | {new string(' ', at)}{carets}{(problem.Remedy is null ? "" : " " + Excerpt.Clean(problem.Remedy))}\n");
        }
        else if (problem.Remedy is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"      | {Excerpt.Clean(problem.Remedy)}\n");
        }

        page.Append('\n');
    }

    /// <summary>The part of a long line around the mistake.</summary>
    private static (string Shown, int At) Window(string code, int at)
    {
        if (code.Length <= Widest) return (code, at);
        var start = Math.Max(0, Math.Min(at - (Widest / 3), code.Length - Widest));
        var shown = code.Substring(start, Widest);
        return start == 0 ? (shown, at) : ("…" + shown[1..], Math.Max(1, at - start));
    }
}
