using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Data.Crawling;

/// <param name="Sha256">Of files in large file storage; null for others.</param>
/// <param name="GitSha1">Of the others, as git has it.</param>
public sealed record HubFile(string Path, long Size, string? Sha256, string? GitSha1)
{
    /// <summary>What tells the file on disk apart from what the Hub says it is; null where nothing does.</summary>
    public string? Wrong(string file)
    {
        using var content = File.OpenRead(file);
        if (Sha256 is not null) return Convert.ToHexStringLower(SHA256.HashData(content)) == Sha256 ? null : "is not what the Hub says it is: its SHA-256 is another";
        if (GitSha1 is null) return null;
#pragma warning disable CA5350 // Git's name of content: against accidents.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")));
        var buffer = new byte[1 << 16];
        while (content.Read(buffer) is > 0 and var read) hash.AppendData(buffer.AsSpan(0, read));
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == GitSha1 ? null : "is not what the Hub says it is: its hash is another";
    }
}

/// <param name="Commit">What the revision stands for now.</param>
/// <param name="License">SPDX identifier; null where the dataset's card states none that has one.</param>
public sealed record HubRevision(string Commit, string? License, IReadOnlyList<HubFile> Files);
