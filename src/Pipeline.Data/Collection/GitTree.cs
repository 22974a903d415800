using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pipeline.Data.Collection.Containers;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <param name="Path">In the tree.</param>
/// <param name="Id">The hash of the blob, hex.</param>
public sealed record GitFile(string Path, string Id, long Size);

/// <summary>A git repository at a revision, bare or not, read by git's plumbing: no hook, filter or checkout runs.</summary>
public sealed class GitTree
{
    private const long MostLicenseBytes = 1 << 20;
    private const int MostEntries = 5_000_000;
    private static readonly UTF8Encoding Names = new(false);

    private readonly string folder;

    private GitTree(string folder, string commit) => (this.folder, Commit) = (folder, commit);

    /// <summary>Hex.</summary>
    public string Commit { get; }

    /// <param name="folder">The <c>.git</c> folder of a repository, or a bare one.</param>
    /// <param name="revision">As git understands it: a branch, a tag, a hash.</param>
    /// <exception cref="InvalidDataException">The folder is no repository, or has no such revision.</exception>
    public static GitTree Open(string folder, string revision)
    {
        if (revision.StartsWith('-') || revision.AsSpan().ContainsAnyInRange('\0', '\u001f')) throw new InvalidDataException($"'{revision}' is no revision.");
        using var git = Git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}");
        var commit = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 && commit.Length is 40 or 64 ? new(folder, commit)
            : throw new InvalidDataException($"{folder}: has no revision '{revision}', or is no git repository that this user may read.");
    }

    /// <summary>The plain files, by path; links and modules are left out and counted.</summary>
    public (IReadOnlyList<GitFile> Files, int LeftOut) Files()
    {
        using var git = Git(folder, "ls-tree", "-r", "-z", "-l", "--full-tree", Commit);
        using var lines = new StreamReader(git.StandardOutput.BaseStream, Names);
        var files = new List<GitFile>();
        var (leftOut, entry) = (0, new StringBuilder());
        for (var c = lines.Read(); c >= 0; c = lines.Read())
        {
            if (c != 0)
            {
                entry.Append((char)c);
                continue;
            }

            if (Parse(entry.ToString()) is { } file) files.Add(file);
            else leftOut++;
            entry.Clear();
            if (files.Count > MostEntries) throw new InvalidDataException($"{folder}: has more than {MostEntries} files at {Commit}.");
        }

        git.WaitForExit();
        if (git.ExitCode != 0) throw new InvalidDataException($"{folder}: the tree of {Commit} cannot be read.");
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return (files, leftOut);
    }

    /// <summary>The content of some files, in their order; null for one that is lost or larger than the limit.</summary>
    public IEnumerable<(GitFile File, byte[]? Content)> Read(IReadOnlyList<GitFile> files, long most)
    {
        using var git = Git(folder, "cat-file", "--batch");
        try
        {
            var output = new BufferedStream(git.StandardOutput.BaseStream, 1 << 16);
            foreach (var file in files)
            {
                if (file.Size > most)
                {
                    yield return (file, null);
                    continue;
                }

                git.StandardInput.Write(file.Id + "\n");
                git.StandardInput.Flush();
                yield return (file, Blob(output));
            }
        }
        finally
        {
            git.StandardInput.Close();
            git.WaitForExit();
        }
    }

    /// <summary>The licence of the tree by a file at its root; null where there is none, or none that is known.</summary>
    public string? License(IReadOnlyList<GitFile> files) =>
        Read([.. files.Where(f => LicenseFile.IsOne(f.Path))], MostLicenseBytes).Select(f => f.Content is { } text ? LicenseFile.Detect(Encoding.UTF8.GetString(text)) : null).FirstOrDefault(spdx => spdx is not null);

    /// <summary>What is in some files, in their order.</summary>
    public CollectedDocuments Documents(IReadOnlyList<GitFile> files, CollectionOptions options)
    {
        var (documents, tally) = (new List<Document>(), new CollectionTally());
        foreach (var (file, content) in Read(files, options.Limits.FileBytes))
        {
            if (content is null)
            {
                tally.Add(file.Size > options.Limits.FileBytes
                    ? Faults.Of(OverLimit.File(options.Limits, $"has {file.Size} bytes"), file.Path, "")
                    : new Damage(DamageKind.Damaged, file.Path, "", $"its object {file.Id} is not in the repository."));
                continue;
            }

            var found = new FileCollector(options).Read(file.Path, new MemoryStream(content, writable: false));
            documents.AddRange(found.Documents);
            tally.Add(found.Tally);
        }

        return new(documents, tally);
    }

    /// <summary><c>mode type id size TAB path</c>.</summary>
    private static GitFile? Parse(string entry)
    {
        var tab = entry.IndexOf('\t', StringComparison.Ordinal);
        var fields = tab < 0 ? [] : entry[..tab].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields is [var mode, "blob", var id, var size] && mode.StartsWith("100", StringComparison.Ordinal) && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && Entry.Safe(entry[(tab + 1)..]) is { } path
            ? new(path, id, bytes) : null;
    }

    private static byte[]? Blob(Stream output)
    {
        var header = new StringBuilder();
        for (var b = output.ReadByte(); b != '\n'; b = output.ReadByte())
        {
            if (b < 0) throw new InvalidDataException("git ended early: the repository is damaged.");
            header.Append((char)b);
        }

        var fields = header.ToString().Split(' ');
        if (fields is not [_, "blob", var size]) return null;
        var content = new byte[long.Parse(size, CultureInfo.InvariantCulture)];
        output.ReadExactly(content);
        output.ReadByte();
        return content;
    }

    private static Process Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Names };
        foreach (var argument in (string[])["--git-dir", folder, "--no-optional-locks", "--no-replace-objects", .. arguments]) start.ArgumentList.Add(argument);
        // A partial clone would fetch what it lacks.
        start.Environment["GIT_NO_LAZY_FETCH"] = "1";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        var git = Process.Start(start) ?? throw new InvalidDataException("git cannot be started.");
        git.ErrorDataReceived += (_, _) => { };
        git.BeginErrorReadLine();
        return git;
    }
}
