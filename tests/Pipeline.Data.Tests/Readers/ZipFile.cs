using Pipeline.Data.Tests.Collection;

namespace Pipeline.Data.Tests.Readers;

internal static class ZipFile
{
    /// <summary>A zip of texts in their order.</summary>
    public static byte[] Of(params (string Name, string Content)[] entries) => Samples.Zip([.. entries.Select(e => (e.Name, Samples.Utf8(e.Content)))]);
}
