namespace Pipeline.Data.Extraction;

/// <summary>Leaves out of the content what is no text of it: forms, lists of links, galleries, boxes of sharing and of related pages. Innermost first, so that what holds only such things goes with them.</summary>
internal sealed class ContentPruner(PageTree page, Strictness strictness, bool[] removed, Extent[] blocks, Runs runs)
{
    private const int EnoughCommas = 10;
    private const int MostShare = 500;

    private readonly Within[] within = new Within[page.Count];

    [Flags]
    private enum Within : byte
    {
        None = 0,
        Code = 1,
        Figure = 2,
        Data = 4,
    }

    public void Prune(int root, int top)
    {
        Look(root);
        for (var node = page.End(root) - 1; node >= root; node--)
        {
            if (removed[node]) continue;
            blocks[node] = Measure(node);
            if (node != top && IsPruned(node)) removed[node] = true;
        }

        // A child of what was left out is left out.
        for (var node = root; node < page.End(root); node++)
        {
            if (!removed[node]) continue;
            removed.AsSpan(node, page.End(node) - node).Fill(true);
            node = page.End(node) - 1;
        }
    }

    /// <summary>Marks what stands in code, figures and tables of data.</summary>
    private void Look(int root)
    {
        var (code, figure, data) = (0, 0, 0);
        for (var node = root; node < page.End(root); node++)
        {
            within[node] = (node < code ? Within.Code : 0) | (node < figure ? Within.Figure : 0) | (node < data ? Within.Data : 0);
            if (page[node] == Tag.Code) code = Math.Max(code, page.End(node));
            if (page[node] == Tag.Figure) figure = Math.Max(figure, page.End(node));
            if (page[node] == Tag.Table && blocks[node].IsDataTable) data = Math.Max(data, page.End(node));
        }
    }

    private Extent Measure(int node)
    {
        var block = default(Extent);
        if (page[node] == Tag.Text)
        {
            block.AddText(page.Text(node), page.Link(node));
            return block;
        }

        for (var child = node + 1; child < page.End(node); child = page.End(child))
            if (!removed[child]) block.Add(blocks[child]);
        block.Paragraphs += runs.KindOf(node) switch { RunKind.Paragraph => 1, RunKind.Mixed => runs.In(node).Count, _ => 0 };
        block.Count(page, node);
        return block;
    }

    private bool IsPruned(int node)
    {
        switch (page[node])
        {
            case Tag.Footer or Tag.Aside or Tag.Nav:
                return true;
            case Tag.P or Tag.Div or Tag.Span or Tag.Section when blocks[node].Characters is > 0 and < 50 && Hints.IsNotice(PageText.Of(page, node)):
                return true;
            case Tag.Text or Tag.P or Tag.Pre or Tag.Code:
                return false;
            case Tag.H1 or Tag.H2:
                return strictness.Weights && Hints.Weight(page, node) < 0;
        }

        if (blocks[node].Characters < MostShare && Hints.IsShare(page, node)) return true;
        return strictness.Clean && page[node] is Tag.Div or Tag.Ul or Tag.Table or Tag.Form or Tag.Fieldset && runs.KindOf(node) != RunKind.Paragraph && IsNoText(node);
    }

    private bool IsNoText(int node)
    {
        var block = blocks[node];
        var list = page[node] is Tag.Ul || block.Characters > 0 && block.ListCharacters > .9f * block.Characters;
        if (block.IsDataTable || (within[node] & (Within.Code | Within.Data)) != 0) return false;
        var weight = strictness.Weights ? Hints.Weight(page, node) : 0;
        if (weight < 0) return true;
        if (block.Commas >= EnoughCommas) return false;
        var figure = (within[node] & Within.Figure) != 0;
        var headings = block.Characters == 0 ? 0 : (float)block.HeadingCharacters / block.Characters;
        return !figure && block.Images > 1 && block.Paragraphs < .5f * block.Images
            || !list && block.Items - 100 > block.Paragraphs
            || !list && !figure && headings < .9f && block.Characters < 25 && block.Images is 0 or > 2 && block.Linked > 0
            || !list && weight < 25 && block.LinkDensity > .2f
            || weight >= 25 && block.LinkDensity > .5f
            || block.Images == 0 && block.Characters == 0;
    }
}
