namespace Pipeline.Data.Collection;

/// <summary>Which of the columns that were asked for a record has not; it is filled when the record is read.</summary>
internal sealed class ColumnsFound
{
    private const int MostThere = 20;

    /// <summary>Null until the record was read as far as its fields.</summary>
    public IReadOnlyList<string>? Lacking { get; private set; }

    /// <summary>The first of those that it has, where one is lacking.</summary>
    public IReadOnlyList<string> There { get; private set; } = [];

    public void Look(ColumnMap asked, Func<string, bool> has, Func<IEnumerable<string>> all)
    {
        Lacking = [.. asked.Named.Select(n => n.Column).Where(c => !has(c))];
        if (Lacking.Count > 0) There = [.. all().Take(MostThere)];
    }
}
