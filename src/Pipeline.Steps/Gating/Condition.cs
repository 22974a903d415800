using System.Globalization;

namespace Pipeline.Steps.Gating;

/// <summary>A condition over metrics: <c>align.preference.accuracy > finetune.preference.accuracy + 0.01</c>. Names, numbers, + - * /, brackets, and one of &lt; &lt;= &gt; &gt;= ==.</summary>
/// <remarks>A '-' between names or numbers is a minus only with a space after it, since step names may hold one.</remarks>
public sealed class Condition
{
    private static readonly string[] Comparisons = ["<=", ">=", "==", "<", ">"];

    private readonly Sum left;
    private readonly Sum right;
    private readonly string comparison;

    private Condition(string text, Sum left, string comparison, Sum right) => (Text, this.left, this.comparison, this.right) = (text, left, comparison, right);

    private delegate double Sum(IReadOnlyDictionary<string, double> metrics);

    public string Text { get; }

    /// <exception cref="FormatException">The text is no condition; the message says where and what was expected.</exception>
    public static Condition Parse(string text)
    {
        var reader = new Reader(text);
        var left = reader.ReadSum();
        var comparison = Comparisons.FirstOrDefault(reader.Take) ?? throw reader.Expected("one of < <= > >= ==");
        var right = reader.ReadSum();
        if (!reader.AtEnd) throw reader.Expected("the end of the condition");
        return new(text, left, comparison, right);
    }

    /// <summary>Both sides and whether the condition holds. A comparison with NaN does not.</summary>
    /// <exception cref="KeyNotFoundException">A metric is not there; the message names it and what is.</exception>
    public (bool Holds, double Left, double Right) Evaluate(IReadOnlyDictionary<string, double> metrics)
    {
        var (a, b) = (left(metrics), right(metrics));
        return (comparison switch { "<" => a < b, "<=" => a <= b, ">" => a > b, ">=" => a >= b, _ => a == b }, a, b);
    }

    private sealed class Reader(string text)
    {
        private const int DeepestBrackets = 64;
        private int at;
        private int depth;

        public bool AtEnd
        {
            get
            {
                SkipSpace();
                return at == text.Length;
            }
        }

        public bool Take(string token)
        {
            SkipSpace();
            if (!text.AsSpan(at).StartsWith(token, StringComparison.Ordinal)) return false;
            at += token.Length;
            return true;
        }

        public FormatException Expected(string what) => new($"'{text}', column {at + 1}: expected {what}");

        public Sum ReadSum()
        {
            var value = ReadProduct();
            while (true)
            {
                var before = value;
                if (Take("+"))
                {
                    var next = ReadProduct();
                    value = m => before(m) + next(m);
                }
                else if (Take("-"))
                {
                    var next = ReadProduct();
                    value = m => before(m) - next(m);
                }
                else
                {
                    return value;
                }
            }
        }

        private Sum ReadProduct()
        {
            var value = ReadAtom();
            while (true)
            {
                var before = value;
                if (Take("*"))
                {
                    var next = ReadAtom();
                    value = m => before(m) * next(m);
                }
                else if (Take("/"))
                {
                    var next = ReadAtom();
                    value = m => before(m) / next(m);
                }
                else
                {
                    return value;
                }
            }
        }

        private Sum ReadAtom()
        {
            if (Take("("))
            {
                if (++depth > DeepestBrackets) throw Expected($"at most {DeepestBrackets} brackets inside each other");
                var inner = ReadSum();
                if (!Take(")")) throw Expected("')'");
                depth--;
                return inner;
            }

            SkipSpace();
            var start = at;
            if (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.' || (text[at] == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))))
            {
                at++;
                while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is '.' or 'e' or 'E' || (text[at] is '-' or '+' && text[at - 1] is 'e' or 'E'))) at++;
                if (double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return _ => number;
                at = start;
                throw Expected("a number");
            }

            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.' || (text[at] == '-' && at > start && at + 1 < text.Length && char.IsAsciiLetterOrDigit(text[at + 1])))) at++;
            if (at == start) throw Expected("a metric's name, a number or '('");
            var name = text[start..at];
            return m => m.TryGetValue(name, out var value) ? value : throw new KeyNotFoundException($"there is no metric '{name}'; there are: {string.Join(", ", m.Keys)}");
        }

        private void SkipSpace()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        }
    }
}
