namespace Pipeline.Engine.Execution;

/// <summary>Texts for a POSIX shell.</summary>
public static class PosixShell
{
    /// <summary>As one word, whatever it holds.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
