using System.IO.Hashing;
using System.Text;

namespace Pipeline.Data.Documents;

/// <summary>All that <see cref="ShardCuts"/> needs to know of a document.</summary>
/// <param name="Size">Characters of its text and other fields.</param>
/// <param name="Hash">Of its id.</param>
public readonly record struct DocumentMark(int Size, uint Hash)
{
    private const int FieldsOfFixedSize = 64;

    public static DocumentMark Of(Document document)
    {
        var size = (long)FieldsOfFixedSize + document.Text.Length + document.Source.Length;
        foreach (var (key, value) in document.Metadata) size += key.Length + value.Length;
        return new((int)Math.Min(size, int.MaxValue), (uint)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(document.Id)) >> 32));
    }
}
