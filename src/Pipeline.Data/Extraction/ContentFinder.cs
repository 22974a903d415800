namespace Pipeline.Data.Extraction;

/// <summary>How strictly to leave things out; what is found too short is looked for again with less of it.</summary>
internal readonly record struct Strictness(bool Unlikely, bool Weights, bool Clean);

/// <summary>
/// Finds the part of a page with its main content: paragraphs give scores to what they stand in (a share to what that stands in), links take from it; the best one with its like neighbours is the content, and parts of it that are
/// links, lists or forms rather than text are pruned. The scores and thresholds are those of Arc90's and Mozilla's readability. A few passes over an array each, linear in the page's size.
/// </summary>
internal sealed class ContentFinder
{
    private const int Levels = 5;
    private const int MostCandidates = 5;
    private const int LeastSections = 3;

    /// <summary>Nodes: more of them are no byline and no heading.</summary>
    private const int MostByline = 50;

    private readonly PageTree page;
    private readonly Strictness strictness;
    private readonly string title;
    private readonly bool[] removed;
    private readonly Extent[] blocks;
    private readonly float[] scores;
    private readonly Runs runs;

    /// <param name="title">A heading that repeats it is left out of the content.</param>
    public ContentFinder(PageTree page, Strictness strictness, string title)
    {
        (this.page, this.strictness, this.title) = (page, strictness, title);
        (removed, blocks, scores) = (new bool[page.Count], new Extent[page.Count], new float[page.Count]);
        Array.Fill(scores, float.NaN);
        runs = new(page, removed, blocks);
    }

    public MainContent Find()
    {
        Remove();
        Measure();
        runs.Find();
        for (var node = page.Body; node < page.End(page.Body); node++) Score(node);
        var top = TopCandidate();
        List<int> roots = top == page.Body ? [top] : Neighbours(top);
        foreach (var root in roots) new ContentPruner(page, strictness, removed, blocks, runs).Prune(root, top);
        return new(removed, roots, roots.Sum(r => removed[r] ? 0 : blocks[r].Characters));
    }

    private void Remove()
    {
        var body = page.Body;
        var titled = title.Length > 0;
        for (var node = 0; node < page.Count; node++)
        {
            if (page[node] is Tag.Text || node <= body) continue;
            if (IsRemoved(node))
            {
                removed.AsSpan(node, page.End(node) - node).Fill(true);
                node = page.End(node) - 1;
            }
            else if (titled && page[node] is Tag.H1 or Tag.H2 && page.End(node) - node < MostByline && TextSimilarity.Repeats(title, PageText.Of(page, node)))
            {
                titled = false;
                removed.AsSpan(node, page.End(node) - node).Fill(true);
                node = page.End(node) - 1;
            }
        }
    }

    private bool IsRemoved(int node)
    {
        var tag = page[node];
        if (tag.Is(Traits.Unseen) || Hints.IsHidden(page, node) || Hints.IsFooter(page, node)) return true;
        if (page.End(node) - node < MostByline && Hints.IsByline(page, node) && PageText.Of(page, node) is { Length: > 0 and < 100 }) return true;
        return strictness.Unlikely && Hints.IsUnlikely(page, node) && !Within(node, Tag.Table, 3) && !Within(node, Tag.Code, 3);
    }

    private bool Within(int node, Tag tag, int levels)
    {
        for (node = page.Parent(node); node > 0 && levels-- > 0; node = page.Parent(node))
            if (page[node] == tag) return true;
        return false;
    }

    private void Measure()
    {
        for (var node = page.End(page.Body) - 1; node > page.Body; node--)
        {
            if (removed[node]) continue;
            ref var block = ref blocks[node];
            if (page[node] is Tag.Text) block.AddText(page.Text(node), page.Link(node));
            else block.Count(page, node);
            block.HasBlock |= !page[node].Is(Traits.Phrasing);
            ref var parent = ref blocks[page.Parent(node)];
            parent.Add(block);
            parent.Splits |= page[node].Is(Traits.Splits);
        }
    }

    private void Score(int node)
    {
        if (removed[node]) return;
        var block = blocks[node];
        var kind = runs.KindOf(node);
        if (kind == RunKind.Paragraph) Credit(runs.ParentOf(node), block.Characters, block.Commas);
        else if (kind == RunKind.Mixed)
            foreach (var (characters, commas) in runs.In(node)) Credit(node, characters, commas);
        else if (page[node] is Tag.Section or Tag.Td or Tag.Pre || page[node].Is(Traits.Heading) && page[node] != Tag.H1) Credit(page.Parent(node), block.Characters, block.Commas);
    }

    private void Credit(int ancestor, int characters, int commas)
    {
        if (characters < 25) return;
        var score = 2 + commas + Math.Min(characters / 100, 3);
        for (var level = 0; level < Levels && ancestor > 0; level++, ancestor = page.Parent(ancestor))
        {
            if (float.IsNaN(scores[ancestor])) scores[ancestor] = Initial(ancestor);
            scores[ancestor] += score / (level switch { 0 => 1f, 1 => 2f, _ => level * 3f });
        }
    }

    private int Initial(int node) => (strictness.Weights ? Hints.Weight(page, node) : 0) + page[node] switch
    {
        Tag.Div => 5,
        Tag.Pre or Tag.Td or Tag.Blockquote => 3,
        Tag.Address or Tag.Ol or Tag.Ul or Tag.Dl or Tag.Dd or Tag.Dt or Tag.Li or Tag.Form => -3,
        Tag.Th or (>= Tag.H1 and <= Tag.H6) => -5,
        _ => 0,
    };

    private int TopCandidate()
    {
        var body = page.Body;
        List<int> best = [];
        for (var node = body; node < page.End(body); node++)
        {
            if (float.IsNaN(scores[node])) continue;
            scores[node] *= 1 - blocks[node].LinkDensity;
            var place = best.FindIndex(b => scores[node] > scores[b]);
            if (place < 0) place = best.Count;
            best.Insert(place, node);
            if (best.Count > MostCandidates) best.RemoveAt(MostCandidates);
        }

        if (best.Count == 0 || best[0] <= body) return body;
        var top = Shared(best);
        top = Climb(top);
        // A list is part of a text, with the heading and what else stands beside it.
        while (page[top] is Tag.Dl or Tag.Ul or Tag.Ol or Tag.Li or Tag.Dd && page.Parent(top) > body) top = page.Parent(top);
        while (page.Parent(top) > body && ElementsIn(page.Parent(top)) == 1) top = page.Parent(top);
        return AllSections(top);
    }

    /// <summary>From one of at least three sections of a kind, each under a heading of its own, to what holds them all: a page of reference is one text, however long one of its parts is.</summary>
    private int AllSections(int top)
    {
        for (var node = top; node > page.Body; node = page.Parent(node))
        {
            if (!IsSection(node)) continue;
            var parent = page.Parent(node);
            var alike = 0;
            for (var child = parent + 1; child < page.End(parent); child = page.End(child))
                if (page[child] == page[node] && page.Attribute(child, PageAttribute.Class).SequenceEqual(page.Attribute(node, PageAttribute.Class)) && IsSection(child)) alike++;
            if (alike >= LeastSections) top = parent;
        }

        return top;
    }

    /// <summary>Whether an element begins with a heading that leads to no other page, as that of a teaser does, and has more text than links.</summary>
    private bool IsSection(int node)
    {
        if (removed[node] || page[node] is not (Tag.Div or Tag.Section) || blocks[node].LinkDensity >= .5f) return false;
        var heading = node + 1;
        while (heading < page.End(node) && !page[heading].Is(Traits.Heading) && (page[heading] is Tag.Div or Tag.Header or Tag.A or Tag.Span || page[heading] == Tag.Text && page.Text(heading).IsWhiteSpace())) heading++;
        if (heading >= page.End(node) || !page[heading].Is(Traits.Heading)) return false;
        for (var inner = heading + 1; inner < page.End(heading); inner++)
            if (page[inner] == Tag.Text && page.Link(inner) is not (Link.None or Link.SamePage)) return false;
        return true;
    }

    /// <summary>The nearest ancestor that at least three more candidates nearly as good stand in too, else the best itself.</summary>
    private int Shared(List<int> best)
    {
        List<int> others = [.. best.Skip(1).Where(b => scores[b] >= .75f * scores[best[0]])];
        if (others.Count < 3) return best[0];
        for (var node = page.Parent(best[0]); node > page.Body; node = page.Parent(node))
            if (others.Count(o => o > node && o < page.End(node)) >= 3) return node;
        return best[0];
    }

    /// <summary>To an ancestor with a higher score, if scores do not fall below a third on the way.</summary>
    private int Climb(int top)
    {
        var (last, threshold) = (scores[top], scores[top] / 3);
        for (var node = page.Parent(top); node > page.Body; node = page.Parent(node))
        {
            if (float.IsNaN(scores[node])) continue;
            if (scores[node] < threshold) break;
            if (scores[node] > last) return node;
            last = scores[node];
        }

        return top;
    }

    private int ElementsIn(int parent)
    {
        var elements = 0;
        for (var child = parent + 1; child < page.End(parent); child = page.End(child))
            if (!removed[child] && page[child] != Tag.Text) elements++;
        return elements;
    }

    private List<int> Neighbours(int top)
    {
        var parent = page.Parent(top);
        var threshold = Math.Max(10, scores[top] * .2f);
        if (float.IsNaN(threshold)) threshold = 10;
        List<int> roots = [];
        var name = page.Attribute(top, PageAttribute.Class);
        for (var child = parent + 1; child < page.End(parent); child = page.End(child))
        {
            if (removed[child] || page[child] == Tag.Text) continue;
            var bonus = name.Length > 0 && page.Attribute(child, PageAttribute.Class).SequenceEqual(name) ? scores[top] * .2f : 0;
            if (child == top || scores[child] + bonus >= threshold || runs.KindOf(child) == RunKind.Paragraph && IsProse(child) || HoldsCode(child)) roots.Add(child);
        }

        return roots;
    }

    /// <summary>A block of code scores nothing and belongs to the text it stands beside, as a synopsis does.</summary>
    private bool HoldsCode(int node)
    {
        if (blocks[node].Characters == 0 || blocks[node].LinkDensity >= .25f) return false;
        for (var inner = node; inner < page.End(node); inner++)
            if (page[inner] == Tag.Pre && !removed[inner]) return true;
        return false;
    }

    private bool IsProse(int node)
    {
        var block = blocks[node];
        if (block.Characters > 80) return block.LinkDensity < .25f;
        return block is { Characters: > 0, Linked: 0 } && TextSimilarity.EndsSentence(PageText.Of(page, node));
    }
}
