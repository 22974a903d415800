namespace Pipeline.Data.Extraction;

/// <summary>
/// Paragraph by paragraph instead of part by part, as jusText (Pomikálek 2011): long blocks with few links are good, short ones as good as what is around them. For pages whose text is spread over many parts. Where jusText
/// looks for stop words of the page's language, commas and ends of sentences stand in for them here, which needs no language.
/// </summary>
internal static class Prose
{
    private const int Short = 70;
    private const int Long = 200;
    private const float MostLinks = .2f;
    private const int HeadingReach = 200;

    private enum Quality : byte
    {
        Bad,
        Short,
        NearGood,
        Good,
    }

    private readonly record struct Run(int First, int End, int Characters, bool Heading, Quality Quality);

    public static MainContent Find(PageTree page)
    {
        var removed = new bool[page.Count];
        var runs = Split(page, removed);
        var qualities = runs.Select(r => r.Quality).ToArray();
        Contextual(qualities, Quality.Short);
        Contextual(qualities, Quality.NearGood);
        Headings(runs, qualities);
        var characters = 0;
        for (var i = 0; i < runs.Count; i++)
        {
            if (qualities[i] == Quality.Good) characters += runs[i].Characters;
            else
                for (var node = runs[i].First; node < runs[i].End; node++) removed[node] |= page[node] == Tag.Text;
        }

        return new(removed, [page.Body], characters);
    }

    private static List<Run> Split(PageTree page, bool[] removed)
    {
        List<Run> runs = [];
        var (first, block, ends, heading) = (page.Body, default(Extent), false, false);
        var open = new Stack<int>();
        for (var node = page.Body; node < page.End(page.Body); node++)
        {
            while (open.TryPeek(out var above) && page.End(above) <= node) Flush(open.Pop(), node);
            if (page[node] == Tag.Text)
            {
                block.AddText(page.Text(node), page.Link(node));
                if (!page.Text(node).IsWhiteSpace()) ends = page.Text(node).TrimEnd() is [.., '.' or '!' or '?' or '…' or '。' or '！' or '？' or ':' or '"' or '”'];
            }
            else if (Furniture.Is(page, node))
            {
                removed.AsSpan(node, page.End(node) - node).Fill(true);
                node = page.End(node) - 1;
            }
            else if (!page[node].Is(Traits.Phrasing))
            {
                Flush(open.TryPeek(out var around) ? around : page.Body, node);
                heading = page[node].Is(Traits.Heading);
                open.Push(node);
            }
        }

        Flush(page.Body, page.End(page.Body));
        return runs;

        void Flush(int around, int end)
        {
            if (block.Characters > 0) runs.Add(new(first, end, block.Characters, heading, Classify(block, ends, page[around] == Tag.Pre)));
            (first, block, ends, heading) = (end, default, false, false);
        }
    }

    private static Quality Classify(in Extent block, bool ends, bool code)
    {
        if (code) return Quality.Good;
        if (block.LinkDensity > MostLinks) return Quality.Bad;
        if (block.Characters < Short) return block.Linked > 0 ? Quality.Bad : Quality.Short;
        return block.Characters > Long || ends || block.Commas > 1 ? Quality.Good : Quality.NearGood;
    }

    /// <summary>Settles the blocks of one quality by the nearest settled ones before and after: good between good ones, and near-good beside one.</summary>
    private static void Contextual(Quality[] qualities, Quality unsettled)
    {
        var after = new Quality[qualities.Length];
        var next = Quality.Bad;
        for (var i = qualities.Length - 1; i >= 0; i--)
        {
            after[i] = next;
            if (IsSettled(qualities[i])) next = qualities[i];
        }

        var before = Quality.Bad;
        for (var i = 0; i < qualities.Length; i++)
        {
            if (qualities[i] == unsettled)
            {
                var (goods, bads) = (Count(Quality.Good), Count(Quality.Bad));
                qualities[i] = goods == 2 || goods == 1 && bads == 0 || unsettled == Quality.NearGood && goods == 1 ? Quality.Good : Quality.Bad;

                int Count(Quality quality) => (before == quality ? 1 : 0) + (after[i] == quality ? 1 : 0);
            }
            else if (IsSettled(qualities[i]))
            {
                before = qualities[i];
            }
        }

        static bool IsSettled(Quality quality) => quality is Quality.Good or Quality.Bad;
    }

    /// <summary>A heading is good where good text follows soon.</summary>
    private static void Headings(List<Run> runs, Quality[] qualities)
    {
        for (var (i, distance) = (runs.Count - 1, HeadingReach); i >= 0; i--)
        {
            if (runs[i].Heading && runs[i].Quality != Quality.Bad && distance < HeadingReach) qualities[i] = Quality.Good;
            distance = qualities[i] == Quality.Good ? 0 : Math.Min(HeadingReach, distance + runs[i].Characters);
        }
    }
}
