using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Pipeline.Engine.Definitions;

/// <summary>YAML to nodes, within limits: a text of a few lines must not become gigabytes.</summary>
internal sealed class NodeReader
{
    public const int MaximumDepth = 64;
    public const long MaximumNodes = 1_000_000;

    private const string BreaksOff = "this is not YAML: the text breaks off or nests wrongly near here";

    private readonly SourceText source;
    private readonly ProblemList problems;
    private readonly Parser parser;
    private readonly Dictionary<string, Node?> anchors = new(StringComparer.Ordinal);
    private long nodes;

    private NodeReader(SourceText source, ProblemList problems)
    {
        this.source = source;
        this.problems = problems;
        parser = new Parser(new StringReader(source.Text));
    }

    /// <summary>The one document of a text; null where the text holds nothing.</summary>
    /// <exception cref="RefusedException">The text is not YAML, or breaks a limit.</exception>
    public static Node? Read(SourceText source, ProblemList problems)
    {
        source.RefuseControlCharacters();
        return TokenReader.Read(source) ?? ReadAny(source, problems);
    }

    /// <summary>As <see cref="Read(SourceText, ProblemList)"/>, whatever the text holds.</summary>
    internal static Node? ReadAny(SourceText source, ProblemList problems) => new NodeReader(source, problems).Document();

    private Node? Document()
    {
        Next();
        Next();
        if (parser.Current is StreamEnd) return null;
        Next();
        var root = Read(0);
        Next();
        if (parser.Current is not StreamEnd)
            throw Refused(ProblemCodes.RefusedYaml, "a second document starts here", "a pipeline file holds one document: remove the '---' or make two files");
        return root;
    }

    private Node Read(int depth)
    {
        if (depth > MaximumDepth) throw Refused(ProblemCodes.TooDeepOrTooMany, $"more than {MaximumDepth} levels of nesting", "no pipeline needs that; is this the right file?");
        if (parser.Current is AnchorAlias alias) return Aliased(alias);
        if (parser.Current is not NodeEvent start) throw Refused(ProblemCodes.Syntax, BreaksOff, null);
        var anchor = start.Anchor.IsEmpty ? null : start.Anchor.Value;
        if (!start.Tag.IsEmpty) problems.Add(ProblemCodes.RefusedYaml, At(start.Start), $"the tag '{Excerpt.Short(start.Tag.Value)}'", "tags are not used in pipeline files: remove it; the option decides the type");
        // Until it is complete, an anchor must not be used: it would hold itself.
        if (anchor is not null) anchors[anchor] = null;
        Count(1);
        Node node = start switch
        {
            Scalar scalar => Leaf(scalar),
            SequenceStart => List(depth),
            _ => Map(depth),
        };
        if (anchor is not null) anchors[anchor] = node;
        return node;
    }

    private Node Aliased(AnchorAlias alias)
    {
        Next();
        if (!anchors.TryGetValue(alias.Value.Value, out var node))
            throw new RefusedException(ProblemCodes.RefusedYaml, At(alias.Start, alias.End), $"no anchor '&{Excerpt.Short(alias.Value.Value)}' stands above this alias", "write the anchor first, or quote a text that starts with '*'");
        if (node is null) throw new RefusedException(ProblemCodes.RefusedYaml, At(alias.Start, alias.End), $"the anchor '&{Excerpt.Short(alias.Value.Value)}' holds this alias to itself", null);
        Count(node.Size);
        return node;
    }

    private ScalarNode Leaf(Scalar scalar)
    {
        Next();
        var place = At(scalar.Start, scalar.End);
        if (!Unicode.IsWellFormed(scalar.Value)) problems.Add(ProblemCodes.NotText, place, "this text holds a NUL or half a surrogate pair", "remove the escape");
        return new(place, scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private ListNode List(int depth)
    {
        var start = Next();
        var items = new List<Node>();
        while (parser.Current is not SequenceEnd) items.Add(Read(depth + 1));
        return new(At(start.Start, Next().End), items);
    }

    private MapNode Map(int depth)
    {
        var start = Next();
        var entries = new MapBuilder(problems);
        while (parser.Current is not MappingEnd)
        {
            var key = Read(depth + 1);
            var value = Read(depth + 1);
            if (key is not ScalarNode name) problems.Add(ProblemCodes.RefusedYaml, key.Place, $"{key.Words} as a key", "keys are names; quote ${{ }} inside { } and [ ]");
            else if (name is { Plain: true, Text: "<<" }) entries.Merge(value);
            else entries.Add(name, value);
        }

        return entries.Build(At(start.Start, Next().End));
    }

    private void Count(long more)
    {
        nodes += more;
        if (nodes > MaximumNodes) throw Refused(ProblemCodes.TooDeepOrTooMany, $"more than {MaximumNodes:N0} values, counting what aliases repeat", "no pipeline needs that; is this the right file?");
    }

    /// <summary>Steps over the current event and gives it.</summary>
    private ParsingEvent Next()
    {
        var current = parser.Current;
        try
        {
            if (!parser.MoveNext() && current is null) throw Refused(ProblemCodes.Syntax, "there is no YAML here", null);
        }
        catch (YamlException e)
        {
            var at = (e.Message.Contains("tab", StringComparison.OrdinalIgnoreCase) ? FirstTab() : null) ?? source.At((int)Math.Max(1, e.Start.Line), (int)Math.Max(1, e.Start.Column));
            throw new RefusedException(ProblemCodes.Syntax, at, "this is not YAML: " + Reason(e), Remedy(at));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException or NullReferenceException)
        {
            // On some broken texts the parser trips over its own state; fuzzing found it.
            throw Refused(ProblemCodes.Syntax, BreaksOff, null);
        }

        return current ?? parser.Current!;
    }

    private static string Reason(YamlException e)
    {
        var reason = Excerpt.Short(e.Message, 200).TrimEnd('.');
        return reason.Length > 1 && char.IsUpper(reason[0]) && char.IsLower(reason[1]) ? char.ToLowerInvariant(reason[0]) + reason[1..] : reason;
    }

    private static string? Remedy(Place at)
    {
        var line = LineOf(at);
        if (line.Contains("${{", StringComparison.Ordinal)) return "put quotes around \"${{ … }}\" inside { } and [ ]";
        return line.Contains('\t', StringComparison.Ordinal) ? "indent with spaces: YAML does not allow tabs there" : null;
    }

    /// <summary>The first tab in a line's indentation: the parser itself points to where the block began.</summary>
    private Place? FirstTab()
    {
        var lines = source.Text.Split('\n');
        for (var line = 0; line < lines.Length; line++)
        {
            var column = lines[line].AsSpan().IndexOfAnyExcept(' ');
            if (column >= 0 && lines[line][column] == '\t') return source.At(line + 1, column + 1);
        }

        return null;
    }

    private static string LineOf(Place at) => at.Source.Text.Split('\n').ElementAtOrDefault(at.Line - 1) ?? "";

    private RefusedException Refused(string code, string message, string? remedy) =>
        new(code, At(parser.Current?.Start ?? Mark.Empty), message, remedy);

    private Place At(in Mark start) => source.At((int)start.Line, (int)start.Column);

    private Place At(in Mark start, in Mark end) => source.At(start, end);
}
