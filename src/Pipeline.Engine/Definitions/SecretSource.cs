namespace Pipeline.Engine.Definitions;

public enum SecretKind
{
    /// <summary>An environment variable.</summary>
    Env,
    /// <summary>A file, relative to the pipeline's folder.</summary>
    File,
    /// <summary>A secret of an Azure Key Vault, by its URI.</summary>
    KeyVault,
}

/// <summary>Where the value of a secret is to be had. The value itself is read by a run and is never part of a definition, a recipe or a result.</summary>
public sealed record SecretSource(string Name, SecretKind Kind, string Place);
