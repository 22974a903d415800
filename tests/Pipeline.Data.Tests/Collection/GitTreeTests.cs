using System.Diagnostics;
using Pipeline.Data.Collection;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Collection;

public sealed class GitTreeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        // What git keeps is read-only.
        foreach (var file in Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories)) File.SetAttributes(file, FileAttributes.Normal);
        folder.Dispose();
    }

    [Fact]
    public void The_files_of_a_revision_are_read_and_links_left_out_whatever_is_checked_out()
    {
        folder.Write("repo/a.txt", "Words.");
        folder.Write("repo/d/n\u00e4me \"x\".md", "# Title");
        File.CreateSymbolicLink(folder["repo/l.txt"], "/etc/passwd");
        Git("init", "-q", ".");
        Git("add", "-A");
        Git("-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "one");
        folder.Write("repo/a.txt", "Other words.");
        var tree = GitTree.Open(folder["repo/.git"], "HEAD");
        Assert.Matches("^[0-9a-f]{40}$", tree.Commit);
        Assert.Equal(tree.Commit, GitTree.Open(folder["repo/.git"], tree.Commit).Commit);
        var (files, leftOut) = tree.Files();
        Assert.Equal(["a.txt", "d/n\u00e4me \"x\".md"], files.Select(f => f.Path));
        Assert.Equal(1, leftOut);
        Assert.Equal(["Words.", "# Title"], tree.Read(files, 100).Select(f => System.Text.Encoding.UTF8.GetString(f.Content!)));
        Assert.Null(tree.Read(files, 3).First().Content);
    }

    [Fact]
    public void What_is_no_repository_or_no_revision_is_named()
    {
        Assert.Contains("is no git repository", Assert.Throws<InvalidDataException>(() => GitTree.Open(folder.Path, "HEAD")).Message, StringComparison.Ordinal);
        Assert.Contains("is no revision", Assert.Throws<InvalidDataException>(() => GitTree.Open(folder.Path, "--output=x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_blob_is_named_and_the_others_are_read()
    {
        folder.Write("repo/a.txt", "Words.");
        folder.Write("repo/b.txt", "More words.");
        Git("init", "-q", ".");
        Git("add", "-A");
        Git("-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "one");
        var (files, _) = GitTree.Open(folder["repo/.git"], "HEAD").Files();
        var blob = folder[$"repo/.git/objects/{files[0].Id[..2]}/{files[0].Id[2..]}"];
        File.SetAttributes(blob, FileAttributes.Normal);
        File.Delete(blob);
        Assert.Equal([null, "More words."], GitTree.Open(folder["repo/.git"], "HEAD").Read(files, 100).Select(f => f.Content is { } c ? System.Text.Encoding.UTF8.GetString(c) : null));
    }

    [Theory]
    [InlineData("MIT License\n\nCopyright (c) X\n\nPermission is hereby granted, free of charge, to any person\nobtaining a copy ... THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT", "MIT")]
    [InlineData("                                 Apache License\n                           Version 2.0, January 2004", "Apache-2.0")]
    [InlineData("GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007", "GPL-3.0-only")]
    [InlineData("GNU LESSER GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007", "LGPL-3.0-only")]
    [InlineData("All rights reserved.", null)]
    public void A_common_licence_is_known_by_its_words(string text, string? spdx) => Assert.Equal(spdx, LicenseFile.Detect(text));

    private void Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = folder["repo"] };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var git = Process.Start(start)!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
