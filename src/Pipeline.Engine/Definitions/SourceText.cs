using System.Text;
using YamlDotNet.Core;

namespace Pipeline.Engine.Definitions;

/// <summary>A text that nodes were read from: the pipeline file, or the words of an override.</summary>
internal sealed class SourceText(string name, string text, bool isFile)
{
    public const long MaximumBytes = 16 << 20;

    public string Name { get; } = name;
    public string Text { get; } = text;
    public bool IsFile { get; } = isFile;

    public Place At(int line, int column, int length = 1) => new(this, line, column, length);

    /// <summary>What goes over several lines is marked by its first character.</summary>
    public Place At(in Mark start, in Mark end) => At((int)start.Line, (int)start.Column, start.Line == end.Line ? (int)Math.Max(1, end.Column - start.Column) : 1);

    /// <summary>A line of a file, counted from 1; empty where there is none.</summary>
    public string LineOf(int line)
    {
        if (!IsFile || line < 1) return "";
        var rest = Text.AsSpan();
        for (; line > 1; line--)
        {
            var end = rest.IndexOf('\n');
            if (end < 0) return "";
            rest = rest[(end + 1)..];
        }

        var length = rest.IndexOf('\n');
        return (length < 0 ? rest : rest[..length]).TrimEnd('\r').ToString();
    }

    /// <summary>The place of a position in <see cref="Text"/>.</summary>
    public Place AtOffset(int offset, int length = 1)
    {
        var before = Text.AsSpan(0, Math.Clamp(offset, 0, Text.Length));
        return At(before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'), length);
    }

    /// <summary>Reads a file no further than <see cref="MaximumBytes"/>, and as strict UTF-8.</summary>
    /// <exception cref="RefusedException">The file cannot be read, is too large or is not text.</exception>
    public static SourceText Load(string file)
    {
        var bytes = Bytes(file);
        if (bytes is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..]) throw Refused(file, ProblemCodes.NotText, "the file is UTF-16, not UTF-8", "save it as UTF-8");
        var start = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        try
        {
            return new(file, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, start, bytes.Length - start), isFile: true);
        }
        catch (DecoderFallbackException e)
        {
            var readable = Encoding.UTF8.GetString(bytes, start, Math.Min(e.Index, bytes.Length - start));
            var at = new SourceText(file, readable, isFile: true).AtOffset(readable.Length);
            throw new RefusedException(ProblemCodes.NotText, at, $"the byte at position {start + e.Index} is not UTF-8", "a pipeline file is YAML text in UTF-8; is this one the right file?");
        }
    }

    /// <summary>Refuses what YAML does not allow in a text: NUL and the other control characters.</summary>
    public void RefuseControlCharacters()
    {
        for (var i = 0; i < Text.Length; i++)
        {
            if (Text[i] is < ' ' and not ('\t' or '\n' or '\r') or '\x7F')
                throw new RefusedException(ProblemCodes.NotText, AtOffset(i), $"the control character U+{(int)Text[i]:X4} cannot stand in YAML", "a pipeline file is text; is this one the right file?");
        }
    }

    private static byte[] Bytes(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.CanSeek && stream.Length > MaximumBytes) throw TooLarge(file);
            // A device or a pipe has no length: the limit holds while reading too.
            using var memory = new MemoryStream(stream.CanSeek ? (int)stream.Length : 0);
            var buffer = new byte[81920];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                if (memory.Length + read > MaximumBytes) throw TooLarge(file);
                memory.Write(buffer, 0, read);
            }

            return memory.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Refused(file, ProblemCodes.CannotRead, "there is no such file", "check the path; pipelines usually lie in pipelines/NAME.yaml");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var isFolder = Directory.Exists(file);
            throw Refused(file, ProblemCodes.CannotRead, isFolder ? "this is a folder" : $"the file cannot be read: {e.Message}", isFolder ? "name a pipeline file in it" : null);
        }
    }

    private static RefusedException TooLarge(string file) =>
        Refused(file, ProblemCodes.TooLarge, $"the file is larger than {MaximumBytes >> 20} MiB", "a pipeline file holds steps and params; keep data in files that steps read");

    private static RefusedException Refused(string file, string code, string message, string? remedy) =>
        new(code, new SourceText(file, "", isFile: true).At(1, 1, 0), message, remedy);
}

/// <summary>A stretch of a text; line and column count from 1.</summary>
internal readonly record struct Place(SourceText Source, int Line, int Column, int Length)
{
    public SourceLocation Location => Source.IsFile ? new(Source.Name, Line, Column) : new(Source.Name, 0, 0);
}

/// <summary>Stops reading: there is nothing sensible to say about what comes after.</summary>
internal sealed class RefusedException(string code, Place at, string message, string? remedy) : Exception(message)
{
    public void AddTo(ProblemList problems) => problems.Add(code, at, Message, remedy);
}
