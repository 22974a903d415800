using System.Text.RegularExpressions;

namespace Pipeline.Engine.Definitions;

/// <summary>Reads the <c>secrets</c> of a file: names, and where each value is to be had.</summary>
internal static partial class SecretDeclarations
{
    private static readonly string[] Kinds = ["env", "file", "keyvault"];

    /// <summary>A token for the vault must go nowhere else.</summary>
    private static readonly string[] Vaults = [".vault.azure.net", ".vault.azure.cn", ".vault.usgovcloudapi.net"];

    public static IReadOnlyList<SecretSource> Read(Node? given, Expressions expressions, ProblemList problems)
    {
        var sources = new List<SecretSource>();
        if (given is null or ScalarNode { IsNull: true }) return sources;
        if (given is not MapNode map)
        {
            problems.Add(ProblemCodes.WrongShape, given.Place, $"'secrets' is a mapping of names to where each is, not {given.Words}", Remedy("NAME"));
            return sources;
        }

        foreach (var (name, value) in map.Entries)
        {
            if (!Names.IsValid(name.Text)) problems.Add(ProblemCodes.BadName, name.Place, $"the secret '{Excerpt.Short(name.Text)}' has a bad name", Names.Rule);
            else if (value is not MapNode { Entries: [var only] } || !Kinds.Contains(only.Key.Text)) problems.Add(ProblemCodes.BadSecret, value.Place, $"the secret '{name.Text}' does not say where it is", Remedy(name.Text));
            else if (expressions.Resolve(only.Value) is { } place && Source(name.Text, only.Key.Text, place, problems) is { } source) sources.Add(source);
        }

        return sources;
    }

    private static SecretSource? Source(string name, string kind, Node node, ProblemList problems)
    {
        if (node is not ScalarNode { IsNull: false, Text.Length: > 0 } place)
        {
            problems.Add(ProblemCodes.BadSecret, node.Place, $"the secret '{name}' does not say where it is", Remedy(name));
            return null;
        }

        switch (kind)
        {
            case "env":
                if (!Variable().IsMatch(place.Text)) problems.Add(ProblemCodes.BadSecret, place.Place, $"'{Excerpt.Short(place.Text)}' is no name of a variable", "write the variable's name, not its value");
                return new(name, SecretKind.Env, place.Text);
            case "file":
                return new(name, SecretKind.File, place.Text);
            default:
                if (!Uri.TryCreate(place.Text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps || !Vaults.Any(v => uri.Host.EndsWith(v, StringComparison.Ordinal)) || !uri.AbsolutePath.StartsWith("/secrets/", StringComparison.Ordinal) || uri.UserInfo.Length > 0 || uri.Query.Length > 0)
                    problems.Add(ProblemCodes.BadSecret, place.Place, $"'{Excerpt.Short(place.Text)}' is no secret of a key vault", "write https://VAULT.vault.azure.net/secrets/NAME");
                return new(name, SecretKind.KeyVault, place.Text);
        }
    }

    private static string Remedy(string name) => $"write {name}: {{ env: VARIABLE }}, {{ file: PATH }} or {{ keyvault: https://VAULT.vault.azure.net/secrets/NAME }}";

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    internal static partial Regex Variable();
}
