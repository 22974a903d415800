using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Pipeline.Engine.Plugins;

/// <summary>What an assembly says of itself before anything of it runs.</summary>
/// <param name="Framework">The name of the framework it is built for, such as <c>.NETCoreApp,Version=v10.0</c>; empty where it does not say.</param>
internal sealed record PluginImage(IReadOnlyList<AssemblyName> References, string Framework)
{
    /// <exception cref="BadImageFormatException">The bytes are no .NET assembly.</exception>
    public static PluginImage Read(byte[] bytes)
    {
        using var image = new PEReader(new MemoryStream(bytes));
        if (!image.HasMetadata) throw new BadImageFormatException("it has no .NET metadata");
        var metadata = image.GetMetadataReader();
        if (!metadata.IsAssembly) throw new BadImageFormatException("it is a module and no assembly");
        return new([.. metadata.AssemblyReferences.Select(r => metadata.GetAssemblyReference(r).GetAssemblyName())], FrameworkOf(metadata));
    }

    /// <summary>Refuses what is built for another framework or another engine.</summary>
    /// <exception cref="PluginException">It cannot be loaded here.</exception>
    public void Check()
    {
        if (References.FirstOrDefault(r => r.Name == HostAssemblies.Engine) is not { } engine)
            throw new PluginException($"is no plugin: it does not refer to {HostAssemblies.Engine}", $"build it from the template: pipeline init --plugin NAME{(Framework.Length > 0 ? $" (this is an assembly for {Framework})" : "")}");
        var parts = Framework.Split(",Version=v");
        if (parts is not [".NETCoreApp", var version] || !Version.TryParse(version, out var built))
            throw new PluginException($"is built for '{(Framework.Length == 0 ? "no framework" : Framework)}'", $"build it for {Here}");
        if (built > Environment.Version) throw new PluginException(string.Create(CultureInfo.InvariantCulture, $"is built for .NET {built}, and this program runs on .NET {Environment.Version.ToString(2)}"), $"build it for {Here}");
        if (engine.Version > HostAssemblies.EngineVersion)
            throw new PluginException($"is built against {HostAssemblies.Engine} {engine.Version}, and this program has {HostAssemblies.EngineVersion}", "build it against this program, or use the newer one");
    }

    private static string Here => string.Create(CultureInfo.InvariantCulture, $"net{Environment.Version.ToString(2)}: <TargetFramework>net{Environment.Version.ToString(2)}</TargetFramework>");

    private static string FrameworkOf(MetadataReader metadata)
    {
        foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind != HandleKind.MemberReference) continue;
            var parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
            if (parent.Kind != HandleKind.TypeReference || metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)parent).Name) != "TargetFrameworkAttribute") continue;
            var value = metadata.GetBlobReader(attribute.Value);
            return value.ReadUInt16() == 1 ? value.ReadSerializedString() ?? "" : "";
        }

        return "";
    }
}
