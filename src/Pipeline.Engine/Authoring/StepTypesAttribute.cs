namespace Pipeline.Engine.Authoring;

/// <summary>What makes an assembly a plugin: its step types, each with a constructor without parameters. <c>[assembly: StepTypes(typeof(CountWords))]</c>, once or several times.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class StepTypesAttribute(params Type[] types) : Attribute
{
    public IReadOnlyList<Type> Types { get; } = types;
}
