using System.Globalization;
using System.Text;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;

namespace Pipeline.Steps.Reporting;

/// <summary>The attention maps of some texts on one page that needs nothing beside it.</summary>
/// <param name="told">Hears what of the texts is left out.</param>
internal sealed class AttentionPage(ModelConfig config, AttentionMaps attention, TextTokenizer tokenizer, ReportAttention.With with, Action<string> told)
{
    private const int MostMaps = 4000;

    /// <summary>Of all maps together: a page of some 20 MB.</summary>
    private const long MostCells = 1 << 24;

    private readonly SortedDictionary<string, List<double>> entropies = new(StringComparer.Ordinal);

    public int Maps { get; private set; }

    /// <summary>By place (<c>decoder.1</c>), the mean over texts and heads of how widely tokens look, in nats.</summary>
    public IEnumerable<(string Name, double Entropy)> Entropies => entropies.Select(e => (e.Key, e.Value.Average()));

    /// <exception cref="StepFailedException">A text cannot be read, or these are too many maps.</exception>
    public string Write()
    {
        var page = new StringBuilder(Html.Head(with.Title, Style));
        page.Append(CultureInfo.InvariantCulture, $"<p>{config.Architecture}, {config.ParameterCount:N0} parameters. Each row is a token that looks, each column one that is looked at; a row sums to 1, and the darker the more (by the square root).</p>\n");
        for (var i = 0; i < with.Texts.Count; i++) Add(page, i);
        return page.Append("</body></html>\n").ToString();
    }

    private void Add(StringBuilder page, int number)
    {
        var where = $"text {number + 1}";
        var ids = Ids(with.Texts[number], config.Context, where);
        var source = with.Sources.Count > 0 ? Ids(with.Sources[number], SourceContext, $"the source of {where}") : null;
        var maps = Chosen(attention.Of(ids, source));
        CheckSize(maps.Sum(m => m.Heads) * with.Texts.Count, maps.Sum(m => (long)m.Weights.Length) * with.Texts.Count);
        var drawing = new AttentionDrawing($"t{number + 1}", Labels(ids), source is null ? null : Labels(source));
        page.Append($"<h2>Text {number + 1}</h2>\n{Listed(ids, "")}{(source is null ? "" : Listed(source, "source: "))}{drawing.Definitions()}");
        foreach (var map in maps)
        {
            page.Append($"<h3>{Html.Text(AttentionDrawing.Title(map.Site))}</h3>\n<div class=\"heads\">");
            for (var head = 0; head < map.Heads; head++)
            {
                page.Append(drawing.Draw(map, head));
                Maps++;
                var name = string.Create(CultureInfo.InvariantCulture, $"{map.Site.Part}.{map.Site.Layer}");
                if (!entropies.TryGetValue(name, out var known)) entropies[name] = known = [];
                known.Add(map.Entropy(head));
            }

            page.Append("</div>\n");
        }
    }

    private static void CheckSize(int maps, long cells)
    {
        if (maps > MostMaps || cells > MostCells) throw new StepFailedException($"These would be {maps:N0} maps of {cells:N0} cells, and a page holds at most {MostMaps:N0} of {MostCells:N0}: choose some layers, fewer texts or fewer tokens.");
    }

    private int SourceContext => config switch { EncoderDecoderConfig both => both.SourceContext, HybridConfig hybrid => hybrid.SourceContext, _ => config.Context };

    private List<int> Ids(string text, int context, string where)
    {
        List<int> ids = tokenizer.Encode(text);
        if (ids.Count == 0) throw new StepFailedException($"{where} has no tokens.");
        if (ids.FirstOrDefault(id => id >= config.Vocabulary, -1) is >= 0 and var unknown) throw new StepFailedException($"{where} has the token {unknown}, and the model knows {config.Vocabulary}.");
        var most = Math.Min(with.Tokens, context);
        if (ids.Count > most) told($"{where}: the first {most} of {ids.Count} tokens are read{(most < with.Tokens ? ", as many as the model sees" : "; raise tokens for more")}");
        return ids[..Math.Min(ids.Count, most)];
    }

    private List<AttentionMap> Chosen(IReadOnlyList<AttentionMap> maps) => [.. maps.Where(m => with.Layers.Count == 0 || with.Layers.Contains(m.Site.Layer))];

    private List<string> Labels(List<int> ids) => [.. ids.Select(id => tokenizer.Decode([id]))];

    private string Listed(List<int> ids, string what) => $"<p class=\"tokens\">{what}{string.Concat(Labels(ids).Select((token, i) => $"<span title=\"{i}\">{AttentionDrawing.Label(token)}</span>"))}</p>\n";

    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff;max-width:1340px;margin:2rem auto;padding:0 1rem}h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}h3{font-size:1rem;margin:1rem 0 .3rem}
        .tokens span{border:1px solid #e3e7ee;border-radius:3px;padding:0 .2em;margin:0 .1em .2em 0;display:inline-block}.heads{display:flex;flex-wrap:wrap;gap:.6rem}figure{margin:0}figcaption{color:#5b6675;font-size:.85rem;text-align:center}svg text{fill:#3b4656}
        """;
}
