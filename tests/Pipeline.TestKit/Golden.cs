namespace Pipeline.TestKit;

/// <summary>Compares text with a committed file; <c>UPDATE_GOLDEN=1 dotnet test</c> rewrites the files instead, and the diff is then reviewed in git.</summary>
public static class Golden
{
    public static void Matches(string relative, string actual)
    {
        var path = Path.Combine(Checkout.Root, "tests", "golden", relative);
        actual = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        var expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "(no golden file yet)";
        if (expected != actual)
            throw new InvalidOperationException($"{relative} differs (UPDATE_GOLDEN=1 accepts the new text)\n--- expected\n{expected}\n--- actual\n{actual}");
    }
}
