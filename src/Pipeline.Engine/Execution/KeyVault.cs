using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Identity;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Execution;

/// <summary>Asks an Azure Key Vault for secrets, as who runs this program: environment, managed identity or a signed-in developer tool.</summary>
public sealed class KeyVault(TokenCredential credential, HttpMessageHandler handler)
{
    /// <summary>Of the REST interface: learn.microsoft.com/rest/api/keyvault.</summary>
    private const string Version = "7.4";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>With the credentials of this machine, which are looked for only when a secret is asked for.</summary>
    public static Task<string> Ask(Uri secret, CancellationToken cancellation) => new KeyVault(new DefaultAzureCredential(), new HttpClientHandler { AllowAutoRedirect = false }).ReadAsync(secret, cancellation);

    /// <exception cref="StepFailedException">The vault cannot be asked, or has no such secret.</exception>
    public async Task<string> ReadAsync(Uri secret, CancellationToken cancellation)
    {
        try
        {
            // vault.azure.net of https://NAME.vault.azure.net: the token is for the vaults of that cloud.
            var audience = secret.Host[(secret.Host.IndexOf('.', StringComparison.Ordinal) + 1)..];
            var token = await credential.GetTokenAsync(new TokenRequestContext([$"https://{audience}/.default"]), cancellation);
            using var client = new HttpClient(handler, disposeHandler: false) { Timeout = Longest };
            using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(secret) { Query = $"api-version={Version}" }.Uri) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token.Token) } };
            using var response = await client.SendAsync(request, cancellation);
            if (!response.IsSuccessStatusCode) throw new StepFailedException($"{secret} answered {(int)response.StatusCode} {response.ReasonPhrase}: is the name right, and may this identity read secrets of the vault?");
            return (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))?["value"] ?? throw new StepFailedException($"{secret} answered without a value.");
        }
        catch (Exception e) when (e is AuthenticationFailedException or HttpRequestException or System.Text.Json.JsonException or InvalidOperationException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new StepFailedException($"{secret} cannot be read: {e.Message}");
        }
    }
}
