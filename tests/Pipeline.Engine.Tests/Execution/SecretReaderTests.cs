using System.Net;
using Azure.Core;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Execution;

public sealed class SecretReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static readonly SecretReader Reader = new(name => name == "TOKEN" ? "abcdef" : name == "SHORT" ? "abc" : null, (_, _) => throw new InvalidOperationException("no vault is asked here"));

    private Task<string> Read(SecretKind kind, string place) => Reader.ReadAsync(new("hub", kind, place), folder.Path, CancellationToken.None);

    [Fact]
    public async Task A_secret_comes_from_a_variable_or_from_a_file_without_its_last_line_break()
    {
        folder.Write("token.txt", "from file\n");
        Assert.Equal("abcdef", await Read(SecretKind.Env, "TOKEN"));
        Assert.Equal("from file", await Read(SecretKind.File, "token.txt"));
    }

    [Theory]
    [InlineData(SecretKind.Env, "ABSENT", "the environment variable ABSENT is not set")]
    [InlineData(SecretKind.Env, "SHORT", "shorter than 4 characters")]
    [InlineData(SecretKind.File, "absent.txt", "The secret 'hub' is not there")]
    public async Task A_secret_that_is_not_to_be_had_says_where_it_was_looked_for(SecretKind kind, string place, string message) =>
        Assert.Contains(message, (await Assert.ThrowsAsync<StepFailedException>(() => Read(kind, place))).Message, StringComparison.Ordinal);

    private sealed class Token : TokenCredential
    {
        public string Scope { get; private set; } = "";

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("t0ken", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scope = requestContext.Scopes[0];
            return new(GetToken(requestContext, cancellationToken));
        }
    }

    private sealed class Vault(HttpStatusCode status, string body) : HttpMessageHandler
    {
        public HttpRequestMessage? Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request;
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
        }
    }

    [Fact]
    public async Task A_key_vault_is_asked_with_a_token_for_vaults_of_its_cloud()
    {
        using var vault = new Vault(HttpStatusCode.OK, """{"value":"from vault","id":"x"}""");
        var token = new Token();
        Assert.Equal("from vault", await new KeyVault(token, vault).ReadAsync(new("https://mine.vault.azure.net/secrets/hub"), CancellationToken.None));
        Assert.Equal("https://vault.azure.net/.default", token.Scope);
        Assert.Equal("https://mine.vault.azure.net/secrets/hub?api-version=7.4", vault.Asked!.RequestUri!.ToString());
        Assert.Equal("Bearer t0ken", vault.Asked.Headers.Authorization!.ToString());
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, """{"error":{"message":"the value is s3cret"}}""", "answered 403")]
    [InlineData(HttpStatusCode.OK, "{}", "answered without a value")]
    [InlineData(HttpStatusCode.OK, "not json", "cannot be read")]
    public async Task A_vault_that_refuses_or_talks_nonsense_is_a_failure_without_its_words(HttpStatusCode status, string body, string message)
    {
        using var vault = new Vault(status, body);
        var failure = await Assert.ThrowsAsync<StepFailedException>(() => new KeyVault(new Token(), vault).ReadAsync(new("https://mine.vault.azure.net/secrets/hub"), CancellationToken.None));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_secrets_are_hidden_before_those_that_are_part_of_them_and_keys_line_by_line()
    {
        folder.Write("key.pem", "-----BEGIN-----\nMIIEvQ\nAB\n");
        var definition = new PipelineDefinition("p", folder["p.yaml"], folder.Path, []) { Secrets = [new("short", SecretKind.Env, "TOKEN"), new("long", SecretKind.File, "long.txt"), new("key", SecretKind.File, "key.pem"), new("absent", SecretKind.Env, "ABSENT")] };
        folder.Write("long.txt", "abcdefgh");
        var secrets = new Secrets(definition, Reader);
        Assert.Equal("abcdefgh", secrets.Hide("abcdefgh"));
        await secrets.PrepareAsync();
        Assert.Equal("a *** b *** c *** AB", secrets.Hide("a abcdefgh b abcdef c MIIEvQ AB"));
        var outcome = secrets.Hide(new TaskOutcome { Failure = new(FailureCause.Step, "no abcdef"), Summary = "abcdef", Metrics = new Dictionary<string, double> { ["loss.abcdef"] = 1 } });
        Assert.Equal(("no ***", "***", "loss.***"), (outcome.Failure!.Message, outcome.Summary, outcome.Metrics.Keys.Single()));
    }

    public void Dispose() => folder.Dispose();
}
