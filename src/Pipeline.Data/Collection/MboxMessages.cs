using System.Globalization;
using System.Text;
using MimeKit;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Collection;

/// <summary>Mail in mbox files: a document a message, of its text or else its HTML.</summary>
internal static class MboxMessages
{
    /// <summary>An empty line and <c>From </c> with a sender and a time begin a message; a line of a text that begins so was to be quoted.</summary>
    public static bool IsMbox(ReadOnlySpan<byte> head) => head.StartsWith("From "u8) && head.IndexOf((byte)'\n') is >= 0 and var end && head[(end + 1)..].IndexOf((byte)':') is > 0 and < 80;

    public static IEnumerable<RawRecord> Cut(Input input)
    {
        var (name, most) = (input.Name, input.Options.Limits.RecordBytes);
        var lines = input.Lines();
        MemoryStream? message = null;
        var (number, blank, tooLong) = (input.From.Number, true, false);
        string? gap = null;
        for (var begin = lines.Offset; ;)
        {
            var more = lines.Read();
            if (more && lines.Gap is null && !(blank && lines.Line.StartsWith("From "u8)))
            {
                blank = lines.Line.Trim("\r"u8).IsEmpty;
                if (message is null) continue;
                if (message.Length + lines.Line.Length > most || lines.IsTooLong) tooLong = true;
                else if (!tooLong) Append(message, lines.Line);
                continue;
            }

            if (lines.Gap is not null && more)
            {
                (gap, blank) = (lines.Gap, true);
                message ??= new();
                continue;
            }

            if (message is not null)
            {
                number++;
                var next = gap is null && more ? new Restart(lines.LineOffset, number) : null;
                var where = $"message {number} at byte {begin}";
                if (gap is not null) yield return RawRecord.Damaged(where, gap);
                else if (tooLong) yield return RawRecord.Damaged(where, OverLimit.Record(input.Options.Limits), next, DamageKind.Limit);
                else
                {
                    var (bytes, part) = (message.ToArray(), $"{number}");
                    yield return new(where, bytes.Length, () => Documents(name, part, bytes, input.Options.ListNumbers), next);
                }
            }

            if (!more) yield break;
            (message, begin, gap, blank, tooLong) = (new(), lines.LineOffset, null, false, false);
        }
    }

    private static void Append(MemoryStream message, ReadOnlySpan<byte> line)
    {
        // Lines that would have begun a message were quoted by one more '>' (mboxrd).
        var quoted = line.TrimStart((byte)'>');
        if (quoted.Length < line.Length && quoted.StartsWith("From "u8)) line = line[1..];
        message.Write(line);
        message.WriteByte((byte)'\n');
    }

    private static IEnumerable<Document> Documents(string name, string part, byte[] bytes, bool listNumbers)
    {
        using var message = MimeMessage.Load(new ParserOptions { MaxMimeDepth = 32 }, new MemoryStream(bytes));
        var text = Text(message, listNumbers) ?? "";
        var metadata = new Dictionary<string, string>();
        foreach (var (key, value) in new[] { ("subject", message.Subject), ("from", message.From.ToString()), ("to", message.To.ToString()), ("message_id", message.MessageId), ("in_reply_to", message.InReplyTo) })
            if (!string.IsNullOrWhiteSpace(value)) metadata[key] = value;
        if (message.Date != default) metadata["date"] = message.Date.ToString("O", CultureInfo.InvariantCulture);
        yield return Document.Create(name, text, message.MessageId is { Length: > 0 } id ? id : part) with { MediaType = "message/rfc822", Metadata = metadata };
    }

    private static string? Text(MimeMessage message, bool listNumbers)
    {
        var texts = message.BodyParts.OfType<TextPart>().Where(p => !p.IsAttachment).ToList();
        if (texts.Where(p => p.IsPlain).ToList() is { Count: > 0 } plain) return string.Join("\n\n", plain.Select(p => p.Text.ReplaceLineEndings("\n").Trim()));
        return texts.Find(p => p.IsHtml) is { } page ? HtmlText.Read("", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(page.Text)], listNumbers).Text : null;
    }
}
