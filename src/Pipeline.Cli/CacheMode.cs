using System.CommandLine.Parsing;

namespace Pipeline.Cli;

/// <summary>What a run may do with the shared store.</summary>
internal enum CacheMode
{
    ReadWrite,
    ReadOnly,
    Off,
}

internal static class CacheModes
{
    private const string Expected = "read-write, read-only or off";

    public static CacheMode? Parse(ArgumentResult given)
    {
        if (given.Tokens is [var token] && Named(token.Value) is { } mode) return mode;
        given.AddError($"--cache takes {Expected}, not '{string.Join(' ', given.Tokens.Select(t => t.Value))}'.");
        return null;
    }

    /// <exception cref="WrongInputException">The variable holds something else.</exception>
    public static CacheMode? FromEnvironment() => Environment.GetEnvironmentVariable(PipelineArguments.CacheVariable) switch
    {
        null or "" => null,
        var text => Named(text) ?? throw new WrongInputException($"{PipelineArguments.CacheVariable} is '{text}'; it takes {Expected}."),
    };

    private static CacheMode? Named(string text) => text switch { "read-write" => CacheMode.ReadWrite, "read-only" => CacheMode.ReadOnly, "off" => CacheMode.Off, _ => null };
}
