using System.Text.Json;
using System.Xml;

namespace Pipeline.Data.Damages;

/// <summary>A file on disk that cannot be read: no fault of what is in it, and perhaps gone the next time.</summary>
internal sealed class SourceUnreadableException(string message, Exception inner) : Exception(message, inner);

/// <summary>Which failures of readers are damage of what they read.</summary>
internal static class Faults
{
    private const int MostCharacters = 400;

    /// <summary>Nearly all: libraries fail in many ways on input made to break them, and one record is not worth a run.</summary>
    public static bool IsDamage(Exception e) => e is not (OutOfMemoryException or OperationCanceledException or SourceUnreadableException);

    /// <summary>For the end of what was read as far as it goes: libraries read on when they are closed.</summary>
    public static void Ignored(Action close)
    {
        try
        {
            close();
        }
        catch (Exception e) when (IsDamage(e))
        {
            // Damage was named where it was read.
        }
    }

    public static Damage Of(Exception e, string source, string where)
    {
        if (e is XmlException { LineNumber: > 0 } xml) where = $"{(where.Length > 0 ? where + ":" : "")}{xml.LineNumber}:{xml.LinePosition}";
        return new((e as RefusedException)?.Kind ?? DamageKind.Damaged, source, where, Message(e, source));
    }

    /// <summary>A failure in words of our own; what a library said of it stands behind them.</summary>
    public static string Said(Exception e) => e switch
    {
        InvalidDataException or RefusedException or StreamGapException => $"{e.Message.TrimEnd('.')}.",
        XmlException => $"is no well-formed XML: mend it or leave it out ({e.Message.TrimEnd('.')}).",
        JsonException => $"is no valid JSON: mend it or leave it out ({e.Message.TrimEnd('.')}).",
        _ => $"is damaged, or made in a way that cannot be read: get it anew or leave it out ({e.GetType().Name}: {e.Message.TrimEnd('.')}).",
    };

    /// <summary>Why something packed cannot be read on; limits and gaps are told as they are.</summary>
    public static Exception Unpacking(Exception e) =>
        e is RefusedException or StreamGapException ? e : new InvalidDataException($"cannot be unpacked to its end: it is damaged or truncated; get it anew ({e.Message.TrimEnd('.')}).", e);

    private static string Message(Exception e, string source)
    {
        var message = Said(e);
        if (message.StartsWith(source + ": ", StringComparison.Ordinal)) message = message[(source.Length + 2)..];
        message = message.ReplaceLineEndings(" ");
        return message.Length <= MostCharacters ? message : message[..(char.IsHighSurrogate(message[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)] + "…";
    }
}
