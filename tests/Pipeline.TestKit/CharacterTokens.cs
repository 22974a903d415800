using System.Runtime.InteropServices;

namespace Pipeline.TestKit;

/// <summary>A text as one token a character, split 90 / 10 as nanoGPT's Shakespeare is; written as little-endian 16-bit ids.</summary>
public sealed record CharacterTokens(string Training, long TrainingCount, string Validation, long ValidationCount, int Vocabulary)
{
    public static CharacterTokens Write(string text, string folder)
    {
        var alphabet = text.Distinct().Order().Select((character, id) => (character, id)).ToDictionary(pair => pair.character, pair => (ushort)pair.id);
        var ids = text.Select(character => alphabet[character]).ToArray();
        var split = (int)(ids.Length * 0.9);
        return new CharacterTokens(Save("train.tokens", ids.AsSpan(0, split)), split, Save("validation.tokens", ids.AsSpan(split)), ids.Length - split, alphabet.Count);

        string Save(string name, ReadOnlySpan<ushort> part)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllBytes(path, MemoryMarshal.AsBytes(part));
            return path;
        }
    }
}
