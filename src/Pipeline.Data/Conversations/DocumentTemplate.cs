using System.Text;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Conversations;

/// <summary>A text with <c>{placeholders}</c> for <c>text</c>, <c>id</c>, <c>source</c> and the metadata keys of a document; <c>{{</c> and <c>}}</c> are braces.</summary>
public sealed class DocumentTemplate
{
    private readonly string template;
    private readonly List<(string Literal, string? Placeholder)> pieces = [];

    /// <exception cref="FormatException">A brace is left open or stands alone.</exception>
    public DocumentTemplate(string template)
    {
        this.template = template;
        var literal = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            var symbol = template[i];
            if (symbol is '{' or '}' && i + 1 < template.Length && template[i + 1] == symbol) literal.Append(template[i++]);
            else if (symbol == '}') throw new FormatException($"The template '{template}' has a '}}' at {i} that closes nothing; write '}}}}' for a brace.");
            else if (symbol != '{') literal.Append(symbol);
            else
            {
                var end = template.IndexOf('}', i);
                var name = end < 0 ? "" : template[(i + 1)..end].Trim();
                if (name.Length == 0 || name.Contains('{')) throw new FormatException($"The template '{template}' has a '{{' at {i} without a name and a '}}'; write '{{{{' for a brace.");
                pieces.Add((literal.ToString(), name));
                literal.Clear();
                i = end;
            }
        }

        pieces.Add((literal.ToString(), null));
    }

    public IEnumerable<string> Placeholders => pieces.Where(p => p.Placeholder is not null).Select(p => p.Placeholder!);

    public string Fill(Document document)
    {
        var text = new StringBuilder();
        foreach (var (literal, placeholder) in pieces)
        {
            text.Append(literal);
            if (placeholder is not null) text.Append(ValueOf(document, placeholder));
        }

        return text.ToString();
    }

    private string ValueOf(Document document, string placeholder) => placeholder switch
    {
        "text" => document.Text,
        "id" => document.Id,
        "source" => document.Source,
        _ => document.Metadata.TryGetValue(placeholder, out var value)
            ? value
            : throw new InvalidDataException(
                $"The template '{template}' asks for {{{placeholder}}}, which the document {document.Id} ({document.Source}) does not have. It has: {string.Join(", ", (string[])["text", "id", "source", .. document.Metadata.Keys])}."),
    };
}
