using Pipeline.Engine.Execution;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Promoting;

/// <summary>Who and what stands behind an entry of the registry.</summary>
internal static class Promoter
{
    /// <summary>Who started the CI job, with its address, or who is logged in here.</summary>
    public static string Name()
    {
        if (Variable("GITHUB_ACTOR") is { } actor) return $"{actor} ({Variable("GITHUB_SERVER_URL")}/{Variable("GITHUB_REPOSITORY")}/actions/runs/{Variable("GITHUB_RUN_ID")})";
        if (Variable("BUILD_REQUESTEDFOR") is { } asked) return $"{asked} ({Variable("SYSTEM_COLLECTIONURI")}{Variable("SYSTEM_TEAMPROJECT")}/_build/results?buildId={Variable("BUILD_BUILDID")})";
        return $"{Environment.UserName}@{Environment.MachineName}";
    }

    /// <summary>The commit, with a <c>+</c> where something was not committed.</summary>
    public static string? Commit(string folder) => GitState.Of(folder) is { } git ? git.Commit + (git.Dirty ? "+" : "") : null;

    public static string? LockDigest(string pipelineFile) => LockFile.PathFor(pipelineFile) is var path && File.Exists(path) ? Sha256.OfFile(path) : null;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
