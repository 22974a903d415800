using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Execution;

/// <summary>Reads the values of secrets from where they are kept.</summary>
/// <param name="keyVault">Asks an Azure Key Vault for the value under a URI.</param>
public sealed class SecretReader(Func<string, string?> environment, Func<Uri, CancellationToken, Task<string>> keyVault)
{
    /// <summary>Shorter texts occur by chance, and masking them would show where.</summary>
    public const int Shortest = 4;

    /// <exception cref="StepFailedException">There is no such value; the message says where it was looked for and never what was found.</exception>
    public async Task<string> ReadAsync(SecretSource source, string folder, CancellationToken cancellation)
    {
        var value = source.Kind switch
        {
            SecretKind.Env => environment(source.Place) ?? throw new StepFailedException($"The secret '{source.Name}' is not there: the environment variable {source.Place} is not set."),
            SecretKind.File => OfFile(source, Path.GetFullPath(source.Place, folder)),
            _ => await keyVault(new Uri(source.Place), cancellation),
        };
        return value.Length >= Shortest ? value : throw new StepFailedException($"The secret '{source.Name}' is shorter than {Shortest} characters, too short to be kept out of logs.");
    }

    private static string OfFile(SecretSource source, string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StepFailedException($"The secret '{source.Name}' is not there: {e.Message}");
        }
    }
}
