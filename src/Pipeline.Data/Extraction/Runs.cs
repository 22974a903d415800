namespace Pipeline.Data.Extraction;

internal enum RunKind : byte
{
    None,

    /// <summary>Nothing but running text: a paragraph, or a division used as one.</summary>
    Paragraph,

    /// <summary>Running text beside blocks, or set apart by double line breaks: each run is a paragraph.</summary>
    Mixed,
}

/// <summary>Finds paragraphs, however they are marked up: p, a division of running text, and text between blocks or double line breaks.</summary>
internal sealed class Runs(PageTree page, bool[] removed, Extent[] blocks)
{
    private readonly RunKind[] kinds = new RunKind[page.Count];
    private readonly Dictionary<int, List<(int, int)>> mixed = [];
    private readonly HashSet<int> wrappers = [];

    public RunKind KindOf(int node) => kinds[node];

    public List<(int Characters, int Commas)> In(int node) => mixed[node];

    /// <summary>What a paragraph stands in, not counting a division around it alone.</summary>
    public int ParentOf(int node) => wrappers.Contains(page.Parent(node)) ? page.Parent(page.Parent(node)) : page.Parent(node);

    public void Find()
    {
        for (var node = page.Body; node < page.End(page.Body); node++)
        {
            if (removed[node] || page[node].Is(Traits.Phrasing) && !blocks[node].HasBlock) continue;
            Find(node);
        }
    }

    private void Find(int node)
    {
        List<(int Characters, int Commas)> found = [];
        var (run, breaks, elements, onlyParagraph, broken) = (default(Extent), 0, 0, -1, false);
        for (var child = node + 1; child < page.End(node); child = page.End(child))
        {
            if (removed[child]) continue;
            var tag = page[child];
            if (tag == Tag.Br)
            {
                if (++breaks == 2 && run.Characters > 0)
                {
                    broken = true;
                    Flush();
                }

                continue;
            }

            if (tag.Is(Traits.Phrasing) && !(blocks[child].HasBlock && tag != Tag.Text))
            {
                if (blocks[child].Characters > 0) breaks = 0;
                run.Add(blocks[child]);
                continue;
            }

            Flush();
            breaks = 0;
            elements++;
            onlyParagraph = tag == Tag.P ? child : -1;
        }

        Flush();
        var isP = page[node] == Tag.P;
        if (page[node] is not (Tag.Div or Tag.P) && !broken) return;
        if (isP && !broken) kinds[node] = RunKind.Paragraph;
        else if (page[node] == Tag.Div && elements == 0 && found.Count == 1 && blocks[node].LinkDensity < .25f) kinds[node] = RunKind.Paragraph;
        else if (page[node] == Tag.Div && elements == 1 && found.Count == 0 && onlyParagraph >= 0 && blocks[node].LinkDensity < .25f) wrappers.Add(node);
        else if (page[node] == Tag.Div && found.Count == 0 && !blocks[node].Splits) kinds[node] = RunKind.Paragraph;
        else if (found.Count > 0) (kinds[node], mixed[node]) = (RunKind.Mixed, found);

        void Flush()
        {
            if (run.Characters > 0) found.Add((run.Characters, run.Commas));
            run = default;
        }
    }
}
