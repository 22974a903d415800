using System.Text;

namespace Pipeline.Data.Collection;

/// <summary>A documentation id (<c>M:System.String.Join(System.String,System.Object[])</c>) in readable words.</summary>
/// <param name="Readable"><c>String.Join(String, Object[])</c>.</param>
/// <param name="Short">Without the parameters: <c>String.Join</c>.</param>
/// <param name="DeclaringType">Full name of the type, for a type its own: <c>System.Collections.Generic.List&lt;T&gt;</c>.</param>
internal sealed record MemberName(string Kind, string Readable, string Short, string DeclaringType)
{
    /// <summary>Null for an id that is none, such as <c>!:unresolved</c>.</summary>
    public static MemberName? Parse(string id)
    {
        if (id.Length < 3 || id[1] != ':') return null;
        var kind = id[0] switch { 'T' => "type", 'M' => "method", 'P' => "property", 'F' => "field", 'E' => "event", 'N' => "namespace", _ => null };
        if (kind is null) return null;
        var open = id.IndexOf('(', StringComparison.Ordinal);
        var path = open < 0 ? id[2..] : id[2..open];
        var close = id.LastIndexOf(')');
        var parameters = open < 0 || close < open ? "" : id[(open + 1)..close];
        var returned = close >= 0 && id.IndexOf('~', close) is > 0 and var tilde ? id[(tilde + 1)..] : path.IndexOf('~', StringComparison.Ordinal) is > 0 and var bare ? path[(bare + 1)..] : "";
        if (path.IndexOf('~', StringComparison.Ordinal) is > 0 and var cut) path = path[..cut];
        if (kind == "namespace") return new(kind, path, path, path);

        var parts = path.Split('.');
        var last = parts.Length - 1;
        if (kind == "type")
        {
            var name = Generic(parts[last], "T");
            return new(kind, name, name, string.Join('.', [.. parts[..last].Select(p => Generic(p, "T")), name]));
        }

        if (last == 0) return null;
        var typeParts = parts[..last];
        var ownerArity = typeParts.Sum(Arity);
        var methodArity = Arity(parts[last]);
        var type = Generic(typeParts[^1], "T");
        var member = Member(parts[last], ownerArity > 0 ? "U" : "T");
        var types = new TypeNames(ownerArity, methodArity);
        var shortName = parts[last] is "#ctor" or "#cctor" ? type : $"{type}.{member}";
        var readable = (kind, parts[last]) switch
        {
            ("property", _) => parameters.Length == 0 ? shortName : $"{shortName}[{types.List(parameters)}]",
            ("method", "op_Implicit" or "op_Explicit") => $"{shortName}({types.List(parameters)} to {types.List(returned)})",
            ("method", _) => $"{shortName}({types.List(parameters)})",
            _ => shortName,
        };
        return new(kind, readable, shortName, string.Join('.', [.. typeParts[..^1].Select(p => Generic(p, "T")), type]));
    }

    private static string Member(string name, string parameter)
    {
        // Explicit implementations: System#Collections#ICollection#CopyTo.
        if (name.Contains('#', StringComparison.Ordinal) && name[0] != '#')
        {
            var pieces = name.Split('#');
            return $"{new TypeNames(1, 0).List(pieces[^2])}.{Generic(pieces[^1], parameter)}";
        }

        return Generic(name.StartsWith("op_", StringComparison.Ordinal) ? name[3..] : name, parameter);
    }

    private static int Arity(string part) =>
        part.LastIndexOf('`') is >= 0 and var tick && int.TryParse(part.AsSpan(tick + 1), out var arity) && arity is > 0 and < 100 ? arity : 0;

    private static string Generic(string part, string parameter)
    {
        var arity = Arity(part);
        if (arity == 0) return part;
        var name = part[..part.IndexOf('`', StringComparison.Ordinal)];
        return $"{name}<{string.Join(", ", Enumerable.Range(0, arity).Select(i => TypeNames.Parameter(parameter, i, arity)))}>";
    }

    /// <summary>Names of types as parameter lists write them: <c>System.Func{`0,System.Int32[]}@</c> becomes <c>Func&lt;T, Int32[]&gt;</c>.</summary>
    private readonly struct TypeNames(int typeArity, int methodArity)
    {
        public static string Parameter(string letter, int index, int arity) => arity <= 1 ? letter : $"{letter}{index + 1}";

        public string List(string types)
        {
            var text = new StringBuilder(types.Length);
            var segment = 0;
            for (var i = 0; i < types.Length; i++)
            {
                switch (types[i])
                {
                    case '.' or '#' or '+':
                        text.Length = segment;
                        break;
                    case '{':
                        text.Append('<');
                        segment = text.Length;
                        break;
                    case '}':
                        text.Append('>');
                        break;
                    case ',':
                        text.Append(", ");
                        segment = text.Length;
                        break;
                    case '[':
                        var close = types.IndexOf(']', i);
                        if (close < 0) return text.Append(types.AsSpan(i)).ToString();
                        text.Append('[').Append(',', types.AsSpan(i, close - i).Count(',')).Append(']');
                        i = close;
                        break;
                    case '`':
                        var method = i + 1 < types.Length && types[i + 1] == '`';
                        if (method) i++;
                        var digits = i + 1;
                        while (digits < types.Length && char.IsAsciiDigit(types[digits])) digits++;
                        var index = int.TryParse(types.AsSpan(i + 1, digits - i - 1), out var n) && n < 100 ? n : 0;
                        i = digits - 1;
                        text.Append(method ? Parameter(typeArity > 0 ? "U" : "T", index, methodArity) : Parameter("T", index, typeArity));
                        break;
                    case '@':
                        break;
                    default:
                        text.Append(types[i]);
                        break;
                }
            }

            return text.ToString();
        }
    }
}
