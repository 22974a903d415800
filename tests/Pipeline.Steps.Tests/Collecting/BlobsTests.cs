using Amazon.Runtime;
using Amazon.S3;
using Azure.Storage.Blobs;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Collecting;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Collecting;

/// <summary>Against real servers of both protocols.</summary>
public sealed class BlobsTests
{
    private static readonly IReadOnlyList<(string Name, string Text)> Blobs = [("corpus/a.txt", "the first"), ("corpus/deep/b é.jsonl", "{\"text\":\"the second\"}\n{\"text\":\"the third\"}\n"), ("corpus/folder/", ""), ("other/c.txt", "not asked for")];

    [Fact]
    public async Task All_under_a_prefix_of_Azure_is_read_by_a_connection_string()
    {
        Assert.SkipWhen(StorageServer.Unavailable is not null, StorageServer.Unavailable ?? "");
        using var server = StorageServer.Azurite();
        var connection = server.Variables["AZURE_STORAGE_CONNECTION_STRING"]!;
        var container = new BlobContainerClient(connection, "tests");
        await container.CreateAsync();
        foreach (var (name, text) in Blobs) await container.UploadBlobAsync(name, new BinaryData(text));
        await Reads(server.Uri(""), $",\"connection_string\":\"{connection}\"", "AccountKey");
    }

    [Fact]
    public async Task All_under_a_prefix_of_S3_is_read_by_a_key()
    {
        Assert.SkipWhen(StorageServer.Unavailable is not null, StorageServer.Unavailable ?? "");
        using var server = StorageServer.S3();
        var endpoint = server.Variables["AWS_ENDPOINT_URL"]!;
        using var client = new AmazonS3Client(new BasicAWSCredentials("S3RVER", "S3RVER"), new AmazonS3Config { ServiceURL = endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1", RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED });
        foreach (var (name, text) in Blobs) await client.PutObjectAsync(new() { BucketName = "tests", Key = name, ContentBody = text, UseChunkEncoding = false });
        await Reads(server.Uri(""), ",\"access_key\":\"S3RVER\",\"secret_key\":\"S3RVER\"", "S3RVER", new() { ["AWS_ENDPOINT_URL"] = endpoint });
    }

    [Theory]
    [InlineData("az://account")]
    [InlineData("s3://")]
    [InlineData("s3://Bucket/x")]
    [InlineData("http://bucket/x")]
    [InlineData("az://account/container/x?sig=secret")]
    public void What_is_no_prefix_is_found_before_anything_runs(string uri)
    {
        using var run = new StepRun(new CollectBlobs());
        var problem = Assert.Single(run.Problems($$"""{"uris":["{{uri}}"]}"""));
        Assert.Contains("is no prefix of a store", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    private static async Task Reads(string root, string credentials, string secret, Dictionary<string, string>? environment = null)
    {
        using var run = await new StepRun(new CollectBlobs()) { Environment = environment ?? [] }.RunAsync($$"""{"uris":["{{root}}corpus/"],"license":"MIT","retries":0{{credentials}}}""");
        var documents = await run.DocumentsOf("documents");
        Assert.Equal(["the first", "the second", "the third"], documents.Select(d => d.Text.Trim()));
        Assert.Equal(root + "corpus/deep/b é.jsonl", documents[1].Source);
        Assert.DoesNotContain(secret, string.Join('\n', run.Lines) + await File.ReadAllTextAsync(Path.Combine(run["datasheet"], "datasheet.json")), StringComparison.Ordinal);
        using var none = new StepRun(new CollectBlobs()) { Environment = environment ?? [] };
        Assert.StartsWith("There is nothing under", (await Assert.ThrowsAsync<StepFailedException>(() => none.RunAsync($$"""{"uris":["{{root}}nothing/"],"retries":0{{credentials}}}"""))).Message, StringComparison.Ordinal);
    }
}
