using System.Reflection;

namespace Pipeline.Engine.Authoring;

/// <summary>Builds the <c>Inputs</c> and <c>Outputs</c> records of a step from what the engine resolved.</summary>
internal static class StepBinding
{
    public static object Inputs(Type record, IReadOnlyList<InputPort> ports, IReadOnlyList<BoundInput> bound)
    {
        var instance = Activator.CreateInstance(record)!;
        foreach (var (property, port) in PortReader.Properties(record).Zip(ports))
        {
            var given = port.Arity == PortArity.AnyName
                ? bound.Where(b => ports.All(p => p.Name != b.Port)).Select(b => b with { Member = b.Port }).ToList()
                : bound.Where(b => b.Port == port.Name).ToList();
            if (given.Count > 0 || port.Arity is PortArity.List or PortArity.AnyName) property.SetValue(instance, Value(property.PropertyType, port, given));
        }

        return instance;
    }

    public static object Outputs(Type record, IReadOnlyDictionary<string, string> folders)
    {
        if (record == typeof(DeclaredOutputs)) return new DeclaredOutputs(folders);
        var instance = Activator.CreateInstance(record)!;
        foreach (var property in PortReader.Properties(record))
            property.SetValue(instance, Activator.CreateInstance(property.PropertyType, folders[OptionReader.SnakeCase(property.Name)]));
        return instance;
    }

    private static object Value(Type type, InputPort port, List<BoundInput> given)
    {
        if (port.Arity == PortArity.One) return Artifact(type, given.Single());
        if (port.Arity != PortArity.Group)
            return Activator.CreateInstance(type, (object)given.Select(b => new NamedArtifact(b.Member, b.Kind, (Artifact)Artifact(typeof(Artifact<>).MakeGenericType(b.Kind), b))).ToArray())!;
        var parameters = type.GetConstructors().First(c => c.GetParameters().Length == port.Members.Count).GetParameters();
        return Activator.CreateInstance(type, [.. parameters.Select(p => Artifact(p.ParameterType, given.Single(b => b.Member == OptionReader.SnakeCase(p.Name!))))])!;
    }

    private static object Artifact(Type type, BoundInput input) =>
        Activator.CreateInstance(type, BindingFlags.Public | BindingFlags.Instance, null, [input.Digest, input.Files, input.Locate], null)!;
}
