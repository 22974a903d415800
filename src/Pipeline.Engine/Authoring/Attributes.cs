namespace Pipeline.Engine.Authoring;

/// <summary>The numbers a param may be. Bounds are included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute(double minimum, double maximum = double.PositiveInfinity) : Attribute
{
    public double Minimum { get; } = minimum;
    public double Maximum { get; } = maximum;
}

/// <summary>The words a text param may be.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ChoicesAttribute(params string[] words) : Attribute
{
    public IReadOnlyList<string> Words { get; } = words;
}

/// <summary>What other programs call the param. Not accepted: the message about such a name says what it is called here.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KnownElsewhereAsAttribute(params string[] names) : Attribute
{
    public IReadOnlyList<string> Names { get; } = names;
}

/// <summary>What other programs call one of the words that the param may be; as <see cref="KnownElsewhereAsAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class ChoiceElsewhereAttribute(string word, params string[] names) : Attribute
{
    public string Word { get; } = word;
    public IReadOnlyList<string> Names { get; } = names;
}

/// <summary>The param changes how fast the step is and never its bytes, so it stays out of the recipe.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SpeedOnlyAttribute : Attribute;

/// <summary>The param is about a result as a whole and shapes none of its pieces (<see cref="IPieces"/>): they are found again whatever it says.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WholeOnlyAttribute : Attribute;

/// <summary>
/// An integer that only says how far the step goes: with a higher one the step does all that it did with the lower one, bit for bit, and then goes on. At most one of a step type's options.
/// Such a step leaves what it needs to go on in <see cref="StepContext.State"/> and begins with <see cref="StepContext.Shorter"/> where that is given.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HorizonAttribute : Attribute;

/// <summary>A text, or a list or mapping of texts, that may be a secret: <c>${{ secrets.NAME }}</c>. The recipe then holds its name; the step gets its value.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

/// <summary>A list of paths or globs of files outside the store. The engine resolves and hashes them; the step reads <see cref="StepContext.Sources"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SourceFilesAttribute : Attribute;

/// <summary>A text: the folder that the <see cref="SourceFile.Alias"/> of the step's source files is relative to. Those are in the recipe, and so it is not.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SourceRootAttribute : Attribute;

/// <summary>On an input of <see cref="ArtifactList{TKind}"/>: takes inputs of any name, one artifact a name.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AnyNameAttribute : Attribute;

/// <summary>On an artifact kind that tells of the step's other outputs: where a step is named without an output, it is not the one that is meant.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CompanionAttribute : Attribute;

/// <summary>On an artifact kind that people open: a run says where the newest one lies, outside the store.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DeliverableAttribute : Attribute;
