using System.Globalization;
using static Pipeline.Engine.Definitions.ConditionTerm;

namespace Pipeline.Engine.Definitions;

/// <summary>Reads the text of a condition. <c>${{</c> and <c>}}</c> count as brackets, so that <c>${{ params.train }}</c> may be written as everywhere else.</summary>
internal sealed class ConditionParser(string text)
{
    private const int Deepest = 64;

    private static readonly string[] Comparisons = ["<=", ">=", "==", "!=", "<", ">"];

    private int at;
    private int depth;

    /// <exception cref="FormatException">The text is no condition; the message says where and what was expected.</exception>
    public ConditionTerm Read()
    {
        var term = Either();
        SkipSpace();
        return at == text.Length ? term : throw Expected("the end of the condition");
    }

    private ConditionTerm Either()
    {
        var term = Both();
        while (Word("or") || Take("||")) term = new Logic(false, term, Both());
        return term;
    }

    private ConditionTerm Both()
    {
        var term = Negation();
        while (Word("and") || Take("&&")) term = new Logic(true, term, Negation());
        return term;
    }

    private ConditionTerm Negation()
    {
        if (!Word("not") && !(Ahead("!") && !Ahead("!=") && Take("!"))) return Compared();
        Deeper();
        var inner = Negation();
        depth--;
        return new Not(inner);
    }

    private ConditionTerm Compared()
    {
        var left = Sum();
        return Comparisons.FirstOrDefault(Take) is { } sign ? new Comparison(sign, left, Sum()) : left;
    }

    private ConditionTerm Sum()
    {
        var term = Product();
        while (true)
        {
            if (Take("+")) term = new Arithmetic('+', term, Product());
            else if (Take("-")) term = new Arithmetic('-', term, Product());
            else return term;
        }
    }

    private ConditionTerm Product()
    {
        var term = Atom();
        while (true)
        {
            if (Take("*")) term = new Arithmetic('*', term, Atom());
            else if (Take("/")) term = new Arithmetic('/', term, Atom());
            else return term;
        }
    }

    private ConditionTerm Atom()
    {
        foreach (var (open, close) in new[] { ("(", ")"), (Expressions.Opening, "}}") })
        {
            if (!Take(open)) continue;
            Deeper();
            var inner = Either();
            depth--;
            return Take(close) ? inner : throw Expected($"'{close}'");
        }

        SkipSpace();
        var start = at;
        if (at < text.Length && text[at] == '\'') return Quoted();
        if (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.' || (text[at] == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))) return Number();
        return ReadName() switch
        {
            "" => throw Expected("a metric's name, a number or '('"),
            "true" => new Literal(true),
            "false" => new Literal(false),
            BaselineName.Function when Ahead("(") => Baseline(start),
            var name => new Name(name, start),
        };
    }

    private string ReadName()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.' || (text[at] == '-' && at > start && at + 1 < text.Length && (char.IsAsciiLetterOrDigit(text[at + 1]) || text[at + 1] is '-' or '_')))) at++;
        return text[start..at];
    }

    /// <summary><c>lock('main').STEP.METRIC</c>, from the bracket on.</summary>
    private Name Baseline(int start)
    {
        Take("(");
        SkipSpace();
        if (at == text.Length || text[at] != '\'') throw Expected("a branch, tag or commit in quotes: lock('main').STEP.METRIC");
        var reference = (string)Quoted().Constant;
        if (!BaselineName.IsReference(reference)) throw Expected($"a branch, tag or commit in the brackets, not '{Excerpt.Short(reference)}'");
        if (!Take(")")) throw Expected("')'");
        if (at == text.Length || text[at] != '.') throw Expected("'.STEP.METRIC' after the bracket");
        at++;
        return ReadName() is var metric && metric.IndexOf('.', StringComparison.Ordinal) is var dot && dot > 0 && dot < metric.Length - 1 ? new(new BaselineName(reference, metric[..dot], metric[(dot + 1)..]).ToString(), start) : throw Expected("STEP.METRIC");
    }

    private Literal Quoted()
    {
        var end = text.IndexOf('\'', at + 1);
        if (end < 0) throw Expected("the closing ' of this text");
        var quoted = text[(at + 1)..end];
        if (quoted.Contains(Expressions.Opening, StringComparison.Ordinal)) throw Expected("a text without ${{ }}: an expression stands in a condition without quotes");
        at = end + 1;
        return new(quoted);
    }

    private Literal Number()
    {
        var start = at++;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is '.' or 'e' or 'E' || (text[at] is '-' or '+' && text[at - 1] is 'e' or 'E'))) at++;
        if (double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return new(number);
        at = start;
        throw Expected("a number");
    }

    private void Deeper()
    {
        if (++depth > Deepest) throw Expected($"at most {Deepest} brackets inside each other");
    }

    private bool Take(string token)
    {
        if (!Ahead(token)) return false;
        at += token.Length;
        return true;
    }

    private bool Ahead(string token)
    {
        SkipSpace();
        return text.AsSpan(at).StartsWith(token, StringComparison.Ordinal);
    }

    private bool Word(string word)
    {
        if (!Ahead(word)) return false;
        var end = at + word.Length;
        if (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '.' or '-')) return false;
        at = end;
        return true;
    }

    private void SkipSpace()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }

    private FormatException Expected(string what) => new($"'{Excerpt.Short(text, 120)}', column {at + 1}: expected {what}");
}
