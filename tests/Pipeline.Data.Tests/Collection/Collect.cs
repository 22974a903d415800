using System.Text;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Collection;

internal static class Collect
{
    public static List<Document> One(string name, string content, CollectionOptions? options = null) => One(name, Encoding.UTF8.GetBytes(content), options);

    public static List<Document> One(string name, byte[] content, CollectionOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["blob"], content);
        return Files([(name, folder["blob"])], options);
    }

    public static List<Document> Files(IReadOnlyList<(string Name, string Path)> files, CollectionOptions? options = null)
    {
        var collector = new FileCollector(options ?? new());
        return [.. files.SelectMany(f => collector.Read(f.Name, f.Path).Documents)];
    }

    public static string Text(string name, string content) => Assert.Single(One(name, content)).Text;
}
