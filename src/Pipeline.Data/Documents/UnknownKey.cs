namespace Pipeline.Data.Documents;

/// <summary>A metadata key that an option names and no document has: a slip of the pen.</summary>
public static class UnknownKey
{
    /// <summary>Of what the documents have, so many are enough to find a slip.</summary>
    public const int MostKeys = 100;

    /// <param name="keys">Of metadata, some.</param>
    /// <param name="with">What the value has to be, as <c> with a date</c>.</param>
    /// <param name="others">What else the option may name, as <c>; and language</c>.</param>
    public static InvalidDataException Problem(string option, string key, IEnumerable<string> keys, string with = "", string others = "")
    {
        var names = keys.Distinct().Order(StringComparer.Ordinal).Take(MostKeys).ToList();
        return new($"{option} is '{key}', but no document has that metadata{with}. They have: {(names.Count > 0 ? string.Join(", ", names) : "none")}{others}.");
    }

    public static async Task<InvalidDataException> ProblemAsync(string option, string key, IEnumerable<DocumentShard> shards, CancellationToken cancellation, string with = "")
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var shard in shards)
        {
            await foreach (var document in shard.ReadAsync(cancellation))
                foreach (var name in document.Metadata.Keys)
                    if (names.Count < MostKeys) names.Add(name);
        }

        return Problem(option, key, names, with);
    }
}
