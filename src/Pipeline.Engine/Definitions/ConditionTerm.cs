namespace Pipeline.Engine.Definitions;

/// <summary>A part of a condition. Its values are numbers (double), texts and truth values.</summary>
internal abstract record ConditionTerm
{
    public sealed record Literal(object Constant) : ConditionTerm;

    /// <param name="Column">Where it stands in the condition, from 0.</param>
    public sealed record Name(string Text, int Column) : ConditionTerm;

    public sealed record Arithmetic(char Sign, ConditionTerm Left, ConditionTerm Right) : ConditionTerm;

    public sealed record Comparison(string Sign, ConditionTerm Left, ConditionTerm Right) : ConditionTerm;

    public sealed record Logic(bool IsAnd, ConditionTerm Left, ConditionTerm Right) : ConditionTerm;

    public sealed record Not(ConditionTerm Inner) : ConditionTerm;

    public object Value(Func<string, object> valueOf) => this switch
    {
        Literal literal => literal.Constant,
        Name name => valueOf(name.Text),
        Not not => !(bool)not.Inner.Value(valueOf),
        Logic { IsAnd: true } both => (bool)both.Left.Value(valueOf) && (bool)both.Right.Value(valueOf),
        Logic either => (bool)either.Left.Value(valueOf) || (bool)either.Right.Value(valueOf),
        Arithmetic sum => Compute(sum.Sign, (double)sum.Left.Value(valueOf), (double)sum.Right.Value(valueOf)),
        Comparison compared => Compare(compared.Sign, compared.Left.Value(valueOf), compared.Right.Value(valueOf)),
        _ => throw new InvalidOperationException($"{GetType()} has no value"),
    };

    /// <summary>What kind of value it has, given those of its names.</summary>
    /// <exception cref="FormatException">Its parts do not fit together.</exception>
    public Type Kind(Func<string, Type> kindOf)
    {
        switch (this)
        {
            case Literal literal:
                return literal.Constant.GetType();
            case Name name:
                return kindOf(name.Text);
            case Not not:
                Want(typeof(bool), not.Inner, kindOf, "'not'");
                return typeof(bool);
            case Logic logic:
                Want(typeof(bool), logic.Left, kindOf, logic.IsAnd ? "'and'" : "'or'");
                Want(typeof(bool), logic.Right, kindOf, logic.IsAnd ? "'and'" : "'or'");
                return typeof(bool);
            case Arithmetic sum:
                Want(typeof(double), sum.Left, kindOf, $"'{sum.Sign}'");
                Want(typeof(double), sum.Right, kindOf, $"'{sum.Sign}'");
                return typeof(double);
            case Comparison { Sign: "==" or "!=" } equal:
                Want(equal.Left.Kind(kindOf), equal.Right, kindOf, $"'{equal.Sign}' after {Word(equal.Left.Kind(kindOf))}");
                return typeof(bool);
            case Comparison compared:
                Want(typeof(double), compared.Left, kindOf, $"'{compared.Sign}'");
                Want(typeof(double), compared.Right, kindOf, $"'{compared.Sign}'");
                return typeof(bool);
            default:
                throw new InvalidOperationException($"{GetType()} has no kind");
        }
    }

    /// <summary>The same with the names that have a value already replaced by it.</summary>
    public ConditionTerm Bind(Func<string, object?> known) => this switch
    {
        Name name => known(name.Text) is { } value ? new Literal(value) : name,
        Not not => new Not(not.Inner.Bind(known)),
        Logic logic => logic with { Left = logic.Left.Bind(known), Right = logic.Right.Bind(known) },
        Arithmetic sum => sum with { Left = sum.Left.Bind(known), Right = sum.Right.Bind(known) },
        Comparison compared => compared with { Left = compared.Left.Bind(known), Right = compared.Right.Bind(known) },
        _ => this,
    };

    public IEnumerable<Name> Names() => this switch
    {
        Name name => [name],
        Not not => not.Inner.Names(),
        Logic logic => logic.Left.Names().Concat(logic.Right.Names()),
        Arithmetic sum => sum.Left.Names().Concat(sum.Right.Names()),
        Comparison compared => compared.Left.Names().Concat(compared.Right.Names()),
        _ => [],
    };

    public static string Word(Type kind) => kind == typeof(double) ? "a number" : kind == typeof(bool) ? "true or false" : "text";

    private static void Want(Type wanted, ConditionTerm part, Func<string, Type> kindOf, string by)
    {
        if (part.Kind(kindOf) is var kind && kind != wanted) throw new FormatException($"{by} takes {Word(wanted)}, not {(part is Name name ? $"{name.Text}, which is {Word(kind)}" : Word(kind))}");
    }

    private static double Compute(char sign, double a, double b) => sign switch { '+' => a + b, '-' => a - b, '*' => a * b, _ => a / b };

    /// <summary>A comparison with NaN does not hold, except that it is not equal to anything.</summary>
    private static bool Compare(string sign, object a, object b) => sign switch
    {
        "==" => Same(a, b),
        "!=" => !Same(a, b),
        "<" => (double)a < (double)b,
        "<=" => (double)a <= (double)b,
        ">" => (double)a > (double)b,
        _ => (double)a >= (double)b,
    };

    private static bool Same(object a, object b) => a is double x && b is double y ? x == y : a.Equals(b);
}
