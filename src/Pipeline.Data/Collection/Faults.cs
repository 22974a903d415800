using System.Text.Json;
using System.Xml;

namespace Pipeline.Data.Collection;

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

    private static string Message(Exception e, string source)
    {
        var message = e is InvalidDataException or XmlException or JsonException or FormatException or IOException ? e.Message : $"cannot be read ({e.GetType().Name}: {e.Message})";
        if (message.StartsWith(source + ": ", StringComparison.Ordinal)) message = message[(source.Length + 2)..];
        message = message.ReplaceLineEndings(" ");
        return message.Length <= MostCharacters ? message : message[..(char.IsHighSurrogate(message[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)] + "…";
    }
}
