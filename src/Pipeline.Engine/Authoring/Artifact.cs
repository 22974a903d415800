namespace Pipeline.Engine.Authoring;

/// <summary>A file of an artifact: its name inside the artifact, its size in bytes and the SHA-256 of its content in lower-case hex.</summary>
public sealed record ArtifactFile(string Path, long Size, string Sha256);

/// <summary>An immutable result as a step reads it.</summary>
/// <param name="locate">Gives the verified path on disk of a file; its name there is not its name in the artifact.</param>
public class Artifact(string digest, IReadOnlyList<ArtifactFile> files, Func<ArtifactFile, string> locate)
{
    /// <summary>SHA-256 of the manifest, lower-case hex.</summary>
    public string Digest { get; } = digest;

    /// <summary>Sorted by path, ordinally.</summary>
    public IReadOnlyList<ArtifactFile> Files { get; } = files;

    /// <summary>The path on disk of a file of this artifact, content verified. Read only: the file is shared by every step that has it.</summary>
    public string Locate(string path) =>
        locate(Files.FirstOrDefault(f => f.Path == path)
            ?? throw new FileNotFoundException($"The artifact {Digest[..12]} has no file '{path}'; it has: {string.Join(", ", Files.Select(f => f.Path))}."));

    /// <summary>Name and path on disk of every file, in the order of <see cref="Files"/>.</summary>
    public IReadOnlyList<(string Name, string Path)> LocateAll() => [.. Files.Select(f => (f.Path, locate(f)))];
}

/// <summary>An immutable result of a known kind.</summary>
public sealed class Artifact<TKind>(string digest, IReadOnlyList<ArtifactFile> files, Func<ArtifactFile, string> locate)
    : Artifact(digest, files, locate)
    where TKind : ArtifactKind;

/// <summary>One entry of a port that takes several artifacts. <paramref name="Name"/> is what the pipeline wrote (<c>align</c>, or <c>align.model</c> where a whole step was named) and enters the recipe.</summary>
public sealed record NamedArtifact(string Name, Type Kind, Artifact Artifact);

/// <summary>A port that takes a list of artifacts of <typeparamref name="TKind"/>, in the order written.</summary>
public sealed class ArtifactList<TKind>(IReadOnlyList<NamedArtifact> entries)
    where TKind : ArtifactKind
{
    public IReadOnlyList<NamedArtifact> Entries { get; } = entries;
}

/// <summary>The three parts of a corpus, wired as one: <c>split: split</c> binds <c>split.train</c>, <c>split.validation</c> and <c>split.test</c>.</summary>
public sealed record Splits<TKind>(Artifact<TKind> Train, Artifact<TKind> Validation, Artifact<TKind> Test)
    where TKind : ArtifactKind;

/// <summary>A place where a step writes one of its results; what lies under <see cref="Folder"/> when the step returns becomes the artifact.</summary>
public sealed class Output<TKind>(string folder)
    where TKind : ArtifactKind
{
    public string Folder { get; } = folder;

    public string this[string relative] => Path.Combine(Folder, relative);
}

/// <summary>Outputs whose names the pipeline file declares (see <see cref="StepType.OutputsOf"/>): name to folder.</summary>
public sealed record DeclaredOutputs(IReadOnlyDictionary<string, string> Folders);
