using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Versioning;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Tests.Plugins;

/// <summary>Writes small assemblies that are plugins, or nearly.</summary>
internal static class EmittedPlugin
{
    /// <param name="types">What it registers; null for no registration.</param>
    /// <param name="framework">What it says that it is built for.</param>
    public static string Write(string file, Type[]? types, string framework = ".NETCoreApp,Version=v10.0")
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(Path.GetFileNameWithoutExtension(file)), typeof(object).Assembly);
        var module = assembly.DefineDynamicModule(Path.GetFileName(file));
        // Something of its own that refers to the engine, as every step type does.
        module.DefineType("Own", TypeAttributes.Public, typeof(Files)).CreateType();
        assembly.SetCustomAttribute(new CustomAttributeBuilder(typeof(TargetFrameworkAttribute).GetConstructor([typeof(string)])!, [framework]));
        if (types is not null) assembly.SetCustomAttribute(new CustomAttributeBuilder(typeof(StepTypesAttribute).GetConstructor([typeof(Type[])])!, [types]));
        assembly.Save(file);
        return file;
    }
}
