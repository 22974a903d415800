using System.Text.Json.Nodes;

namespace Pipeline.Engine.Authoring;

/// <summary>What one part of a step's work came to, made in this run or found again.</summary>
/// <param name="facts">What is always known of it.</param>
/// <param name="digest">SHA-256 of its content or file, lower-case hex.</param>
/// <param name="content">Reads what was too large for facts.</param>
public sealed class Piece<TFacts>(TFacts facts, string digest, string? file, Func<Task<byte[]>> content)
{
    public TFacts Facts { get; } = facts;
    public string Digest { get; } = digest;

    /// <summary>The path of its file, for reading only; null where it has none.</summary>
    public string? File { get; } = file;

    public Task<byte[]> ContentAsync() => content();
}

/// <summary>A piece as a step makes it.</summary>
/// <param name="Facts">Small; becomes JSON.</param>
public sealed record MadePiece<TFacts>(TFacts Facts)
{
    public byte[] Content { get; init; } = [];

    /// <summary>A file in <see cref="StepContext.Scratch"/> that will be part of an output; it is moved from there.</summary>
    public string? File { get; init; }
}

/// <summary>
/// Parts of a step's work, kept across runs: what was made of a part once is found again as long as the step type, its version, its options (but for those of
/// <see cref="WholeOnlyAttribute"/>) and what the part is made of are the same. May be used from several threads.
/// </summary>
public interface IPieces
{
    /// <param name="part">What kind of part: <c>file</c>, <c>shard</c>.</param>
    /// <param name="input">Digests, names and numbers that with the step's options decide what the piece is.</param>
    /// <param name="make">Called where no piece is found, and again where one is lost before it is read.</param>
    Task<Piece<TFacts>> GetAsync<TFacts>(string part, JsonNode input, Func<Task<MadePiece<TFacts>>> make);

    /// <summary>
    /// The path of a file that lasts as long as the step: an attempt after one that was killed finds it, and so do other processes that share the step's pieces. It is renamed into place, but neither
    /// flushed nor checked, so it has to tell by itself whether it is whole; who finds it damaged deletes it and asks again.
    /// </summary>
    /// <param name="whole">It falls to the first of several processes, however long it takes, and not to one by its key.</param>
    /// <param name="make">Writes it to the path that it is given.</param>
    Task<string> KeepAsync(string part, string input, bool whole, Func<string, Task> make);

    /// <summary>Whether such a file is there.</summary>
    bool IsKept(string part, string input);

    /// <summary>How many pieces of a kind were made so far and how many found.</summary>
    (int Made, int Found) Count(string part);
}
