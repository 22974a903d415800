using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

/// <summary>WebVTT and SubRip: cues joined into paragraphs by speaker and pause, without tags and the repeats of rolling captions. Who speaks stands before the paragraph and in metadata <c>speakers</c>.</summary>
internal static class Subtitles
{
    /// <summary>Seconds of silence that end a paragraph.</summary>
    private const double Pause = 4;

    private sealed record Cue(double From, double To, List<(string? Speaker, string Text)> Lines);

    public static bool IsVtt(ReadOnlySpan<byte> head) => (head.StartsWith("\ufeff"u8) ? head[3..] : head).StartsWith("WEBVTT"u8);

    public static Document Read(string name, byte[] content)
    {
        var (text, encoding) = TextDecoder.Decode(name, content);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var vtt = lines[0].StartsWith("WEBVTT", StringComparison.Ordinal);
        var cues = Cues(lines);
        if (cues.Count == 0 && !vtt) throw new InvalidDataException($"{name}: has no cue with times (00:00:01,000 --> 00:00:02,000).");
        var metadata = PlainText.EncodingNote(encoding);
        var (spoken, speakers) = Join(cues);
        if (speakers.Count > 0) metadata["speakers"] = string.Join("; ", speakers);
        return Document.Create(name, spoken) with { MediaType = vtt ? "text/vtt" : "application/x-subrip", Metadata = metadata, Language = vtt ? Language(lines) : null };
    }

    private static bool IsTurn(string line) => line.Length > 1 && line[0] is '-' or '–' or '—' && (line[1] == ' ' || char.IsLetter(line[1]) || line[1] is '¿' or '¡' or '"' or '“' or '[' or '(' or '…');

    private static string? Language(string[] lines) =>
        lines.TakeWhile(l => l.Length > 0).FirstOrDefault(l => l.StartsWith("Language:", StringComparison.OrdinalIgnoreCase)) is { } line ? line["Language:".Length..].Trim() : null;

    private static List<Cue> Cues(string[] lines)
    {
        List<Cue> cues = [];
        for (var i = 0; i < lines.Length; i++)
        {
            if (CueTimes.Parse(lines[i]) is not var (from, to)) continue;
            List<(string?, string)> spoken = [];
            string? speaker = null;
            for (i++; i < lines.Length && lines[i].Trim().Length > 0 && CueTimes.Parse(lines[i]) is null; i++)
            {
                (var parts, speaker) = CueTags.Strip(lines[i], speaker);
                spoken.AddRange(parts);
            }

            // A cue without a blank line before the next: its last line was that one's number.
            if (i < lines.Length && lines[i].Trim().Length > 0)
            {
                if (spoken.Count > 0 && spoken[^1].Item2.All(char.IsAsciiDigit)) spoken.RemoveAt(spoken.Count - 1);
                i--;
            }

            cues.Add(new(from, to, spoken));
        }

        return cues;
    }

    private static (string Text, List<string> Speakers) Join(List<Cue> cues)
    {
        var writer = new BlockWriter();
        List<string> speakers = [];
        var (current, end, dashed, last) = ((string?)null, 0.0, false, new HashSet<string>());
        var names = SpeakerNames.In(cues.SelectMany(c => c.Lines).Select(l => l.Text));
        foreach (var cue in cues)
        {
            if (cue.From - end > Pause) writer.Block();
            end = Math.Max(end, cue.To);
            // Rolling captions show their last lines again above the new one.
            foreach (var (tagged, line) in cue.Lines.SkipWhile(l => last.Contains(l.Text)))
            {
                // A dash begins the words of another speaker, and a cue without one ends them.
                var turn = IsTurn(line);
                if (turn || (dashed && line == cue.Lines[0].Text)) writer.Line();
                dashed = turn || (dashed && line != cue.Lines[0].Text);
                var (speaker, said) = SpeakerNames.Split(line, names);
                speaker ??= tagged;
                if (speaker is not null && speaker != current)
                {
                    writer.Block();
                    writer.Inline($"{speaker}: ");
                    if (!speakers.Contains(speaker) && speakers.Count < 1000) speakers.Add(speaker);
                    current = speaker;
                }

                writer.Inline(" " + (turn && speaker is null ? $"- {said.TrimStart('-', '–', '—', ' ')}" : said));
            }

            if (cue.Lines.Count > 0) last = [.. cue.Lines.Select(l => l.Text)];
        }

        return (writer.ToString(), speakers);
    }
}
