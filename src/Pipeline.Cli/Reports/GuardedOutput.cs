using System.Text;

namespace Pipeline.Cli.Reports;

/// <summary>CI systems take lines of output for commands (<c>##vso[…]</c> anywhere, <c>::…</c> at the beginning): what a step logs is to be none.</summary>
internal sealed class GuardedOutput : TextWriter
{
    private readonly TextWriter inner;
    private readonly bool json;

    private GuardedOutput(TextWriter inner, bool json) => (this.inner, this.json) = (inner, json);

    public override Encoding Encoding => inner.Encoding;

    /// <param name="json">The lines are JSON and have to stay the same JSON.</param>
    public static TextWriter Over(TextWriter output, bool json) =>
        Environment.GetEnvironmentVariable("TF_BUILD") is { Length: > 0 } || Environment.GetEnvironmentVariable("GITHUB_ACTIONS") is { Length: > 0 } ? new GuardedOutput(output, json) : output;

    public override void Write(char value) => inner.Write(value);

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value) => inner.WriteLine(string.Join('\n', (value ?? "").Split('\n').Select(Safe)));

    public override void Flush() => inner.Flush();

    private string Safe(string line)
    {
        // In JSON the signs stand inside of texts, where an escape is the same sign.
        if (json) return line.Replace("##", "#\\u0023", StringComparison.Ordinal);
        var safe = line.Replace("##[", "## [", StringComparison.Ordinal).Replace("##vso[", "##vso [", StringComparison.OrdinalIgnoreCase);
        return safe.TrimStart().StartsWith("::", StringComparison.Ordinal) ? "| " + safe : safe;
    }
}
