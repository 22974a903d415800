using System.Text.Json;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

public sealed record CollectedDocuments(IReadOnlyList<Document> Documents, CollectionTally Tally);

/// <summary>Some records of a file, as many as are worked on at once.</summary>
public sealed class Chunk
{
    private readonly CollectionOptions options;
    private readonly IReadOnlyList<PlacedRecord> records;

    internal Chunk(CollectionOptions options, IReadOnlyList<PlacedRecord> records, Position? next) => (this.options, this.records, Next) = (options, records, next);

    /// <summary>Where the next chunk begins; null after the last.</summary>
    public Position? Next { get; }

    /// <summary>Of what its records are read from.</summary>
    public long Bytes => records.Sum(r => r.Record.Size);

    /// <summary>Turns the records into documents, once. On any thread, while the next chunk is read.</summary>
    public CollectedDocuments Read()
    {
        var documents = new List<Document>();
        var tally = new CollectionTally();
        foreach (var (source, format, record, _) in records)
        {
            try
            {
                var (before, given) = (documents.Count + tally.Empty, documents.Count);
                foreach (var read in record.Read())
                {
                    var document = options.RepairMojibake ? read with { Text = Mojibake.Repair(read.Text) } : read;
                    if (string.IsNullOrWhiteSpace(document.Text))
                    {
                        tally.Empty++;
                        continue;
                    }

                    var known = options.Origin?.Of(document) ?? document;
                    if (known.Language is not null) known = known with { Language = LanguageTags.Canonical(known.Language) };
                    documents.Add(options.License is { } license && known.License == Document.UnknownLicense ? known with { License = license } : known);
                    tally.Add(documents[^1], JsonNamingPolicy.SnakeCaseLower.ConvertName($"{format}"));
                }

                // A page of a crawl that was not found, an image.
                if (documents.Count + tally.Empty == before) tally.Empty++;
                if (documents.Count == given && record.Where.Length == 0) tally.AddEmptyFile(source);
            }
            catch (Exception e) when (Faults.IsDamage(e))
            {
                tally.Add(Faults.Of(e, source, record.Where));
            }

            if (record.Columns is { } columns) tally.Add(columns);
        }

        return new(documents, tally);
    }
}
