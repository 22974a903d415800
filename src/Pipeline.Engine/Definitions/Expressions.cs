using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Definitions;

/// <summary>Replaces <c>${{ params.NAME }}</c>, <c>${{ env.NAME }}</c> and <c>${{ 'text' }}</c>. Alone in a scalar it keeps its type; inside a longer one it is text.</summary>
/// <param name="folder">From where <c>hashFiles</c> looks: that of the pipeline file.</param>
internal sealed partial class Expressions(Params parameters, ReadOptions options, string folder, ProblemList problems)
{
    public const string Opening = "${{";
    private const string Closing = "}}";

    /// <summary>Params made of params can double at each level: a few lines must not become gigabytes.</summary>
    private const long MaximumCharacters = 16 << 20;
    private long characters;

    /// <summary>The names of the file's secrets.</summary>
    public IReadOnlyCollection<string> Secrets { get; set; } = [];

    /// <summary>The variables that the file itself declares: they come before those of this process.</summary>
    public Dictionary<string, string> Declared { get; } = new(StringComparer.Ordinal);

    /// <summary>The name where a scalar is a secret and nothing else.</summary>
    public static string? SecretIn(ScalarNode scalar) => WholeSecret().Match(scalar.Text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The name where a scalar is a metric of a step and nothing else: <c>${{ steps.evaluate.best_step }}</c>.</summary>
    public static string? MetricIn(ScalarNode scalar) => scalar.Text.Contains("steps.", StringComparison.Ordinal) && WholeMetric().Match(scalar.Text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The node that stands for this one, or null where what is wrong has been said.</summary>
    public Node? Resolve(Node node)
    {
        if (node is not ScalarNode scalar || !scalar.Text.Contains(Opening, StringComparison.Ordinal)) return node;
        var text = new StringBuilder();
        for (var rest = 0; rest < scalar.Text.Length;)
        {
            var open = scalar.Text.IndexOf(Opening, rest, StringComparison.Ordinal);
            if (open < 0) open = scalar.Text.Length;
            text.Append(scalar.Text, rest, open - rest);
            if (open == scalar.Text.Length) break;
            if (Term(scalar, open) is not { } term) return null;
            if (Value(scalar, term) is not { } value) return null;
            if (open == 0 && term.End == scalar.Text.Length) return value;
            if (value is not ScalarNode { IsNull: false } part)
            {
                problems.Add(ProblemCodes.MisplacedExpression, term.At(), $"{term.Context}.{term.Name} is {value.Words}, which cannot stand inside text", "let the expression be the whole value, or use a param that is text or a number");
                return null;
            }

            Charge(part.Text.Length, term.At);
            text.Append(part.Text);
            rest = term.End;
        }

        return new ScalarNode(scalar.Place, text.ToString(), plain: false, scalar.Origin);
    }

    /// <summary>Says what is wrong with the expressions of a value that nothing can be done with.</summary>
    public void Check(Node node)
    {
        switch (node)
        {
            case MapNode map:
                foreach (var entry in map.Entries) Check(entry.Value);
                break;
            case ListNode list:
                foreach (var item in list.Items) Check(item);
                break;
            case ScalarNode scalar when SecretIn(scalar) is null && MetricIn(scalar) is null:
                Resolve(scalar);
                break;
        }
    }

    /// <summary>Says so where a scalar holds an expression though none is read there.</summary>
    public static void Refuse(ScalarNode scalar, string where, ProblemList problems)
    {
        if (scalar.Text.Contains(Opening, StringComparison.Ordinal))
            problems.Add(ProblemCodes.MisplacedExpression, scalar.Place, $"{where} cannot be an expression", "expressions stand in params and in a step's with, inputs and resources");
    }

    /// <param name="At">Finding the place means searching the file, which only a mistake is worth.</param>
    private readonly record struct Reference(string Context, string Name, int End, Func<Place> At);

    private Reference? Term(ScalarNode scalar, int open)
    {
        var start = open + Opening.Length;
        var body = scalar.Text.AsSpan(start);
        var quote = body.TrimStart(' ') is ['\'', ..] ? start + body.IndexOf('\'') : -1;
        var search = quote < 0 ? start : scalar.Text.IndexOf('\'', quote + 1) is var closed and >= 0 ? closed + 1 : scalar.Text.Length;
        var close = scalar.Text.IndexOf(Closing, search, StringComparison.Ordinal);
        if (close < 0)
        {
            Bad(Locate(scalar, scalar.Text[open..]), $"'{Opening}' without '{Closing}'");
            return null;
        }

        Func<Place> at = () => Locate(scalar, scalar.Text[open..(close + Closing.Length)]);
        var inner = scalar.Text[start..close].Trim();
        if (inner is ['\'', .. var literal, '\''] && !literal.Contains('\'', StringComparison.Ordinal)) return new("", literal, close + Closing.Length, at);
        if (HashFiles().IsMatch(inner)) return new("hashFiles", inner, close + Closing.Length, at);
        if (inner.Split('.') is [("params" or "env") and var context, var name] && name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            return new(context, name, close + Closing.Length, at);
        if (inner.StartsWith("secrets.", StringComparison.Ordinal)) problems.Add(ProblemCodes.BadSecret, at(), "a secret cannot stand here", "secrets are whole values: of variables (env) of commands and processes, and of options made for them");
        else if (inner.StartsWith("steps.", StringComparison.Ordinal)) problems.Add(ProblemCodes.BadExpression, at(), $"'{Excerpt.Short(inner)}' is known only while the pipeline runs", "metrics of steps stand alone where a step takes a number, and in with.env of commands; in when, until and gates without ${{ }}: STEP.METRIC");
        else if (inner.StartsWith("matrix.", StringComparison.Ordinal)) problems.Add(ProblemCodes.BadExpression, at(), $"'{Excerpt.Short(inner)}' has a value only in a step with a matrix that gives it", "add matrix: { NAME: [VALUES] } to the step");
        else if (inner == "round") problems.Add(ProblemCodes.BadExpression, at(), "'round' has a value only in a step of rounds", "add repeat: { rounds: 3 } to the step");
        else Bad(at(), $"'{Excerpt.Short(inner)}' is not an expression");
        return null;
    }

    private void Bad(Place at, string message) =>
        problems.Add(ProblemCodes.BadExpression, at, message, "write ${{ params.NAME }}, ${{ env.NAME }} or ${{ hashFiles('GLOB') }}; a literal '${{' is written ${{ '${{' }}");

    private Node? Value(ScalarNode scalar, Reference term)
    {
        if (term.Context == "") return new ScalarNode(scalar.Place, term.Name, plain: false);
        if (term.Context == "hashFiles") return Hash(scalar, term);
        if (term.Context == "env")
        {
            if ((Declared.GetValueOrDefault(term.Name) ?? options.Environment(term.Name)) is not { } variable)
            {
                problems.Add(ProblemCodes.UnsetVariable, term.At(), $"the environment variable '{term.Name}' is not set", $"export {term.Name}=VALUE, or use a param instead");
                return null;
            }

            Charge(variable.Length, term.At);
            return new ScalarNode(scalar.Place, variable, plain: !Scalars.IsNull(variable), $"env.{term.Name}");
        }

        if (!parameters.Names.Contains(term.Name))
        {
            problems.Add(ProblemCodes.UnknownParam, term.At(), $"the pipeline has no param '{term.Name}'", Nearest.Remedy(term.Name, parameters.Names, "it has") ?? "add it under params");
            return null;
        }

        var value = parameters.Value(term.Name, this, term.At);
        Charge(value is null ? 0 : value.Size * 64, term.At);
        return value switch
        {
            ScalarNode s => new ScalarNode(scalar.Place, s.Text, s.Plain, parameters.Origin(term.Name)),
            ListNode list => new ListNode(scalar.Place, list.Items),
            _ => value,
        };
    }

    /// <summary>The digest of the names and contents of files, relative to the folder of the pipeline.</summary>
    private ScalarNode? Hash(ScalarNode scalar, Reference term)
    {
        try
        {
            var patterns = Quoted().Matches(term.Name).Select(m => new SourcePattern(m.Groups[1].Value));
            var files = SourceFiles.Resolve(patterns, folder, new FileDigests("", TimeProvider.System));
            return new ScalarNode(scalar.Place, new Manifest(files.Select(f => new ArtifactFile(f.Name, f.Size, f.Sha256))).Digest, plain: false);
        }
        catch (Exception e) when (e is SourceMissingException or IOException or UnauthorizedAccessException)
        {
            problems.Add(ProblemCodes.BadExpression, term.At(), e.Message, "hashFiles takes globs of files that there are, relative to the pipeline file");
            return null;
        }
    }

    [GeneratedRegex(@"^hashFiles\(\s*'[^']+'(\s*,\s*'[^']+')*\s*\)$", RegexOptions.CultureInvariant)]
    private static partial Regex HashFiles();

    [GeneratedRegex(@"^\s*\$\{\{\s*secrets\.([A-Za-z0-9_-]+)\s*\}\}\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex WholeSecret();

    [GeneratedRegex(@"^\s*\$\{\{\s*steps\.([a-z0-9_-]+\.[A-Za-z0-9_.-]*[A-Za-z0-9_-])\s*\}\}\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex WholeMetric();

    [GeneratedRegex("'([^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    private void Charge(long more, Func<Place> at)
    {
        characters += more;
        if (characters > MaximumCharacters)
            throw new RefusedException(ProblemCodes.TooDeepOrTooMany, at(), $"the expressions of this file make more than {MaximumCharacters >> 20} million characters", "do params repeat each other?");
    }

    /// <summary>Where an expression stands inside its scalar, whatever the scalar's quotes and folding.</summary>
    private static Place Locate(ScalarNode scalar, string expression)
    {
        if (!scalar.Place.Source.IsFile) return scalar.Place;
        var text = scalar.Place.Source.Text;
        var start = 0;
        for (var line = 1; line < scalar.Place.Line && start >= 0; line++) start = text.IndexOf('\n', start) + 1;
        start = Math.Min(text.Length, start + scalar.Place.Column - 1);
        expression = expression.Split('\n')[0];
        var found = text.IndexOf(expression, start, StringComparison.Ordinal);
        return found < 0 ? scalar.Place : scalar.Place.Source.AtOffset(found, expression.Length);
    }
}
