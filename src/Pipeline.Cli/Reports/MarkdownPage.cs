using System.Text;

namespace Pipeline.Cli.Reports;

/// <summary>A page that never grows beyond a limit: it ends at a block and says so, since GitHub drops a summary that is too large as a whole.</summary>
/// <param name="room">How many bytes of UTF-8 it may have.</param>
internal sealed class MarkdownPage(long room)
{
    private const string Cut = "\n\n_The rest is left out: a summary has at most 1 MiB._\n";

    private readonly StringBuilder text = new();
    private long left = room - Cut.Length;
    private bool full;

    public void Add(string block)
    {
        if (full) return;
        left -= Encoding.UTF8.GetByteCount(block);
        full = left < 0;
        text.Append(full ? Cut : block);
    }

    public void Add(IEnumerable<string> blocks)
    {
        foreach (var block in blocks) Add(block);
    }

    public override string ToString() => room < Cut.Length ? "" : text.ToString();
}
