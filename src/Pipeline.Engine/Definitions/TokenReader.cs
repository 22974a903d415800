using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace Pipeline.Engine.Definitions;

/// <summary>
/// Nodes straight from the scanner's tokens, for YAML of the usual shapes: mappings with scalar keys, lists and scalars. All else (anchors, tags, directives, mistakes, limits) is <see cref="NodeReader"/>'s, which gives the same
/// nodes; it needs a parser, and the parser builds regular expressions and an event for each token: a fifth of a run that reuses everything.
/// </summary>
internal sealed class TokenReader
{
    private readonly SourceText source;
    private readonly Scanner scanner;
    private readonly ProblemList found = new();
    private long nodes;

    private TokenReader(SourceText source)
    {
        this.source = source;
        scanner = new Scanner(new StringReader(source.Text));
    }

    private Token Current => scanner.Current ?? throw new UnusualException();

    /// <summary>Null where the text holds something unusual.</summary>
    public static Node? Read(SourceText source)
    {
        try
        {
            return new TokenReader(source).Document();
        }
        catch (Exception e) when (e is UnusualException or YamlException or InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException or NullReferenceException)
        {
            return null;
        }
    }

    private Node? Document()
    {
        scanner.MoveNext();
        Take<StreamStart>();
        var root = Read(0);
        return Current is StreamEnd && found.Count == 0 ? root : null;
    }

    private Node Read(int depth)
    {
        if (depth > NodeReader.MaximumDepth || ++nodes > NodeReader.MaximumNodes) throw new UnusualException();
        switch (Current)
        {
            case Scalar scalar:
                scanner.MoveNext();
                if (!Unicode.IsWellFormed(scalar.Value)) throw new UnusualException();
                return new ScalarNode(source.At(scalar.Start, scalar.End), scalar.Value, scalar.Style == ScalarStyle.Plain);
            case BlockMappingStart start:
                return BlockMap(start, depth);
            case FlowMappingStart start:
                return FlowMap(start, depth);
            case BlockSequenceStart start:
                return BlockList(start, depth);
            case BlockEntry first:
                return IndentlessList(first, depth);
            case FlowSequenceStart start:
                return FlowList(start, depth);
            default:
                throw new UnusualException();
        }
    }

    private MapNode BlockMap(Token start, int depth)
    {
        scanner.MoveNext();
        var entries = new MapBuilder(found);
        while (Current is not BlockEnd)
        {
            var key = KeyOf(depth);
            var colon = Take<Value>();
            Add(entries, key, Current is Key or Value or BlockEnd ? Empty(colon.End) : Read(depth + 1));
        }

        return entries.Build(source.At(start.Start, Take<BlockEnd>().End));
    }

    private MapNode FlowMap(Token start, int depth)
    {
        scanner.MoveNext();
        var entries = new MapBuilder(found);
        while (Current is not FlowMappingEnd)
        {
            var key = KeyOf(depth);
            Take<Value>();
            Add(entries, key, Current is FlowEntry or FlowMappingEnd ? Empty(Current.Start) : Flow(depth));
            if (Current is not FlowMappingEnd) Take<FlowEntry>();
        }

        return entries.Build(source.At(start.Start, Take<FlowMappingEnd>().End));
    }

    private ListNode BlockList(Token start, int depth)
    {
        scanner.MoveNext();
        var items = new List<Node>();
        while (Current is not BlockEnd)
        {
            var dash = Take<BlockEntry>();
            items.Add(Current is BlockEntry or BlockEnd ? Empty(dash.End) : Block(depth));
        }

        return new(source.At(start.Start, Take<BlockEnd>().End), items);
    }

    /// <summary>A list whose dashes stand below its key's first letter: no token ends it.</summary>
    private ListNode IndentlessList(Token first, int depth)
    {
        var items = new List<Node>();
        while (Current is BlockEntry)
        {
            var dash = Take<BlockEntry>();
            items.Add(Current is BlockEntry or Key or Value or BlockEnd ? Empty(dash.End) : Block(depth));
        }

        return new(source.At(first.Start, Current.End), items);
    }

    private ListNode FlowList(Token start, int depth)
    {
        scanner.MoveNext();
        var items = new List<Node>();
        while (Current is not FlowSequenceEnd)
        {
            items.Add(Flow(depth));
            if (Current is not FlowSequenceEnd) Take<FlowEntry>();
        }

        return new(source.At(start.Start, Take<FlowSequenceEnd>().End), items);
    }

    /// <summary>What follows a dash: another dash does not begin a list there.</summary>
    private Node Block(int depth) => Current is BlockEntry ? throw new UnusualException() : Read(depth + 1);

    private Node Flow(int depth) => Current is Scalar or FlowMappingStart or FlowSequenceStart ? Read(depth + 1) : throw new UnusualException();

    private ScalarNode KeyOf(int depth)
    {
        Take<Key>();
        return Current is Scalar ? (ScalarNode)Read(depth + 1) : throw new UnusualException();
    }

    private static void Add(MapBuilder entries, ScalarNode key, Node value)
    {
        if (key is { Plain: true, Text: "<<" }) throw new UnusualException();
        entries.Add(key, value);
    }

    private ScalarNode Empty(in Mark at)
    {
        nodes++;
        return new(source.At(at, at), "", plain: true);
    }

    private T Take<T>()
        where T : Token
    {
        if (Current is not T token) throw new UnusualException();
        scanner.MoveNext();
        return token;
    }

    private sealed class UnusualException : Exception;
}
