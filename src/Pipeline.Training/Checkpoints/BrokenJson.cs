using System.Text.Json;

namespace Pipeline.Training.Checkpoints;

/// <summary>Words for JSON that is none.</summary>
static class BrokenJson
{
    /// <summary>What is wrong, and the line and byte, counted from 1.</summary>
    public static string Words(Exception broken)
    {
        var place = broken is JsonException { LineNumber: { } line, BytePositionInLine: { } at } ? $" (line {line + 1}, byte {at + 1})" : "";
        return broken.Message.Split([" Path:", " LineNumber:"], StringSplitOptions.None)[0].TrimEnd('.') + place;
    }
}
