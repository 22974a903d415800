namespace Pipeline.Cli.Reports;

/// <summary>The last lines of a step's log. Secrets were masked when it was written.</summary>
internal static class LogTail
{
    private const int Bytes = 64 * 1024;

    /// <summary>Reads no more of the file than its end.</summary>
    public static IReadOnlyList<string> Of(string log, int lines)
    {
        if (!File.Exists(log)) return [];
        using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var cut = stream.Length > Bytes;
        if (cut) stream.Seek(-Bytes, SeekOrigin.End);
        using var reader = new StreamReader(stream);
        var all = reader.ReadToEnd().Split('\n');
        return [.. all.Skip(cut ? 1 : 0).SkipLast(all[^1].Length == 0 ? 1 : 0).TakeLast(lines)];
    }
}
