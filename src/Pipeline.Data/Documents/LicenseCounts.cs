namespace Pipeline.Data.Documents;

/// <summary>How many documents there are under each licence, from that column of their shards alone.</summary>
public static class LicenseCounts
{
    private const string Column = "license";

    /// <summary>By SPDX identifier, sorted ordinally; <see cref="Document.UnknownLicense"/> is one of them.</summary>
    /// <param name="shards">Name (for messages) and path on disk of each shard.</param>
    /// <exception cref="InvalidDataException">A shard is damaged or holds no documents.</exception>
    public static async Task<SortedDictionary<string, long>> OfAsync(IReadOnlyList<(string Name, string Path)> shards, CancellationToken cancellation = default)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, path) in shards)
        {
            await using var file = File.OpenRead(path);
            var (reader, fields) = await DocumentReader.OpenAsync(name, file, cancellation);
            await using var _ = reader;
            var field = fields.First(f => f.Name == Column);
            for (var index = 0; index < reader.RowGroupCount; index++)
            {
                foreach (var license in await ReadAsync(index))
                {
                    var known = string.IsNullOrWhiteSpace(license) ? Document.UnknownLicense : license;
                    counts[known] = counts.GetValueOrDefault(known) + 1;
                }
            }

            async Task<string?[]> ReadAsync(int index)
            {
                try
                {
                    using var group = reader.OpenRowGroupReader(index);
                    DocumentReader.RefuseOversized(group);
                    var values = new string?[group.RowCount];
                    await group.ReadAsync(field, values.AsMemory()!, null, cancellation);
                    return values;
                }
                catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
                {
                    throw new InvalidDataException($"{name}: row group {index} is damaged ({e.Message}).", e);
                }
            }
        }

        return counts;
    }
}
