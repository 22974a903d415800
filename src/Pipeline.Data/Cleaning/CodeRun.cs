using System.Numerics;

namespace Pipeline.Data.Cleaning;

/// <summary>A paragraph, or a part of one between lines of prose, that is code, or would be beside code: comments where code follows.</summary>
internal readonly record struct CodeRun(int Start, int End, bool IsCode, bool IsComment = false);

/// <summary>Gathers the lines of a run and decides by what all of them say.</summary>
internal sealed class CodeRunReader
{
    /// <summary>What lines of a run say together at the least, and with how many different signs, to be code.</summary>
    private const int LeastWeight = 3, LeastSigns = 2;

    private readonly List<(int Start, int End, LineShape Shape, int Indentation)> lines = [];
    private int weight, comments, told, depth, outer, nest = -1;
    private CodeSigns signs;
    private bool certain, continues;

    /// <summary>Whether a line with this indentation stands in brackets that code has opened, or goes on a line of code.</summary>
    public bool Encloses(int indentation) => told > 0 && (continues || (depth > 0 && indentation > outer));

    /// <summary>The lines go on a sentence of the line of prose above them: then more has to speak for code.</summary>
    public bool IsWrapped { get; set; }

    public bool IsEmpty => lines.Count == 0;

    public void Add(int start, int end, LineShape shape, int indentation, int brackets)
    {
        // What stands in brackets of code is code.
        if (Encloses(indentation) && shape.Kind is LineKind.Plain or LineKind.Prose) shape = new(LineKind.Code, CodeSigns.None, 1);
        if (depth == 0) outer = indentation;
        depth = Math.Max(0, depth + brackets);
        continues = shape.Continues;
        lines.Add((start, end, shape, indentation));
        (weight, signs, certain) = (weight + shape.Weight, signs | shape.Signs, certain | shape.Certain);
        if (shape.Kind == LineKind.Comment) comments++;
        else if (shape.Kind == LineKind.Code) told++;
        if (nest >= 0 && indentation > nest) (weight, signs) = (weight + 1, signs | CodeSigns.Nest);
        nest = shape.Nests ? indentation : -1;
    }

    /// <summary>Adds what of the run is code, or would be beside code, and begins another.</summary>
    public void Close(List<CodeRun> runs)
    {
        if (lines.Count == 0) return;
        var (first, last) = (0, lines.Count);
        while (first < last && lines[first].Shape.Kind == LineKind.Plain) first++;
        while (last > first && lines[last - 1].Shape.Kind == LineKind.Plain) last--;
        if (first < last)
        {
            var judged = last - first - comments;
            if (IsCode(judged)) Add(runs, first, last, true);
            else if (certain) AddAroundCertain(runs);
            else if (MayBeBesideCode(first, last, judged)) Add(runs, first, last, false);
        }

        lines.Clear();
        (weight, comments, told, depth, nest, signs, certain) = (0, 0, 0, 0, -1, CodeSigns.None, false);
    }

    private bool IsCode(int judged)
    {
        var least = IsWrapped ? 2 * LeastWeight : (signs & ~LineShape.Loose) == 0 ? LeastWeight + 1 : LeastWeight;
        // Of signs that sentences about programs have as well, several lines are needed.
        return weight >= least && weight >= judged && told * 5 >= judged * 3 && BitOperations.PopCount((uint)(signs & ~CodeSigns.Dense)) >= LeastSigns && (judged > 1 || (signs & ~LineShape.Loose) != 0);
    }

    private bool MayBeBesideCode(int first, int last, int judged)
    {
        if (judged == 0) return !IsWrapped;
        return !IsWrapped && 2 * weight >= judged && lines[last - 1].Shape.MayEndCode && (lines[first].Indentation > 0 || (weight >= judged && (signs & ~CodeSigns.Dense) != 0));
    }

    private void AddAroundCertain(List<CodeRun> runs)
    {
        for (var from = 0; from < lines.Count;)
        {
            var (to, found) = (from, false);
            for (; to < lines.Count && lines[to].Shape.Kind is LineKind.Code or LineKind.Comment; to++) found |= lines[to].Shape.Certain;
            if (found) Add(runs, from, to, true);
            from = to + 1;
        }
    }

    private void Add(List<CodeRun> runs, int from, int to, bool isCode) => runs.Add(new(lines[from].Start, lines[to - 1].End, isCode, comments == to - from));
}
