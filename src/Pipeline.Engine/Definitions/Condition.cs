namespace Pipeline.Engine.Definitions;

/// <summary>Whether a condition holds, with both sides where it is one comparison of numbers.</summary>
public sealed record ConditionVerdict(bool Holds, double? Left, double? Right)
{
    /// <summary><c> (72.3 against 60)</c>, or nothing.</summary>
    public string Sides => Left is { } left && Right is { } right ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" ({left:0.####} against {right:0.####})") : "";
}

/// <summary>A condition: <c>align.preference.accuracy > finetune.preference.accuracy + 0.01</c>. Names, numbers, 'texts', true and false, + - * /, brackets, &lt; &lt;= &gt; &gt;= == !=, and, or, not.</summary>
/// <remarks>A '-' between names or numbers is a minus only with a space after it, since step names may hold one.</remarks>
public sealed class Condition
{
    /// <summary>A chain of operators is as deep as it is long.</summary>
    private const int Longest = 4000;

    private readonly ConditionTerm term;

    private Condition(string text, ConditionTerm term) => (Text, this.term) = (text, term);

    public string Text { get; }

    /// <summary>The names that it reads, and where each stands in the text, from 0.</summary>
    public IEnumerable<(string Name, int Column)> Names => term.Names().Select(n => (n.Text, n.Column));

    /// <exception cref="FormatException">The text is no condition; the message says where and what was expected.</exception>
    public static Condition Parse(string text)
    {
        if (text.Length > Longest) throw new FormatException($"a condition has at most {Longest:N0} characters, not {text.Length:N0}");
        return new(text, new ConditionParser(text).Read());
    }

    /// <summary>As <see cref="Parse"/>, for a condition all of whose names are numbers.</summary>
    /// <exception cref="FormatException">It is no condition over numbers.</exception>
    public static Condition OverNumbers(string text)
    {
        var condition = Parse(text);
        condition.Check(_ => typeof(double));
        return condition;
    }

    /// <exception cref="FormatException">Its parts do not fit together, or it is not true or false.</exception>
    public void Check(Func<string, Type> kindOf)
    {
        if (term.Kind(kindOf) is var kind && kind != typeof(bool)) throw new FormatException($"'{Excerpt.Short(Text)}' is {ConditionTerm.Word(kind)}, not true or false: compare it with < <= > >= == or !=");
    }

    /// <summary>The same condition with the names that have a value already replaced by it.</summary>
    public Condition Bind(Func<string, object?> known) => new(Text, term.Bind(known));

    /// <exception cref="KeyNotFoundException">A metric is not there; the message names it and what is.</exception>
    public ConditionVerdict Evaluate(IReadOnlyDictionary<string, double> metrics) =>
        Evaluate(name => metrics.TryGetValue(name, out var value) ? value : throw new KeyNotFoundException($"there is no metric '{name}'; {Nearest.Remedy(name, [.. metrics.Keys], "there are") ?? "there is none at all"}"));

    public ConditionVerdict Evaluate(Func<string, double> metric)
    {
        object Of(string name) => metric(name);
        return term is ConditionTerm.Comparison compared && compared.Left.Value(Of) is double left && compared.Right.Value(Of) is double right
            ? new((bool)term.Value(Of), left, right)
            : new((bool)term.Value(Of), null, null);
    }
}
