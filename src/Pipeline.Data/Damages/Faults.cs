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

    /// <summary>A failure in words of our own. What a library says of it is about its code, not about the file.</summary>
    public static string Said(Exception e) => e switch
    {
        InvalidDataException or RefusedException or StreamGapException when IsOurs(e) => $"{e.Message.TrimEnd('.')}.",
        XmlException xml when xml.Message.Contains("DTD", StringComparison.Ordinal) => "declares a document type (DTD), which may make much out of little and is not read: take the declaration out.",
        XmlException { LineNumber: > 0 } => "is no well-formed XML from this line and column on; expected tags that are closed in the order in which they were opened: mend it or leave it out.",
        XmlException => "is no well-formed XML; expected tags that are closed in the order in which they were opened: mend it or leave it out.",
        JsonException json => $"is no valid JSON{Place(json)}; expected an object such as {{\"text\": \"…\"}}: mend it or leave it out.",
        _ => $"is damaged, or made in a way that cannot be read: get it anew or leave it out (its reader met {e.GetType().Name}).",
    };

    /// <summary>Why something packed cannot be read on; limits and gaps are told as they are.</summary>
    public static Exception Unpacking(Exception e) =>
        e is RefusedException or StreamGapException ? e : new InvalidDataException("cannot be unpacked to its end: it is damaged or truncated; get it anew.", e);

    /// <summary>The platform throws some of the same types.</summary>
    public static bool IsOurs(Exception e) => e.Source is null || e.Source.StartsWith("Pipeline.", StringComparison.Ordinal);

    private static string Place(JsonException e) => e.BytePositionInLine is not { } at ? "" : e.LineNumber > 0 ? $" from its line {e.LineNumber + 1}, byte {at + 1} on" : $" from its byte {at + 1} on";

    private static string Message(Exception e, string source)
    {
        var message = Said(e);
        if (message.StartsWith(source + ": ", StringComparison.Ordinal)) message = message[(source.Length + 2)..];
        message = message.ReplaceLineEndings(" ");
        return message.Length <= MostCharacters ? message : message[..(char.IsHighSurrogate(message[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)] + "…";
    }
}
