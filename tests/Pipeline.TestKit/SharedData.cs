using System.Runtime.CompilerServices;

namespace Pipeline.TestKit;

/// <summary>Real data that developers keep beside the checkout and that is no part of the product.</summary>
public static class SharedData
{
    /// <summary>The path of a set such as <c>tinyshakespeare/input.txt</c>, or null where the data is absent: skip the test by name then.</summary>
    public static string? Find(string relative)
    {
        var path = Path.Combine(Checkout.Root, "..", "shared", "data", relative);
        return File.Exists(path) || Directory.Exists(path) ? Path.GetFullPath(path) : null;
    }
}

public static class Checkout
{
    /// <summary>The folder that holds Pipelines.sln.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
