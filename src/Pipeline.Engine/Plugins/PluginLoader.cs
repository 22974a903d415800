using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Plugins;

/// <summary>Loads the step types that an assembly of a user's own registers with <see cref="StepTypesAttribute"/>.</summary>
public static partial class PluginLoader
{
    private const string Rebuild = "build it again against this program";

    /// <summary>The catalog with the step types of a plugin.</summary>
    /// <exception cref="PluginException">As <see cref="Load"/>; or a name of it is taken.</exception>
    public static StepCatalog AddTo(StepCatalog catalog, string file)
    {
        var types = Load(file);
        foreach (var type in types)
        {
            if (catalog.Find(type.Name) is { } taken) throw new PluginException($"has the step type '{type.Name}', which is {Owner(taken)}", "give it another name, such as one that begins with yours");
            foreach (var kind in type.Outputs.Select(o => o.Kind))
            {
                if (catalog.All.FirstOrDefault(t => t.Outputs.Any(o => o.Kind != kind && o.Kind.Name == kind.Name)) is { } other)
                    throw new PluginException($"has the artifact kind '{kind.Name}', which is {Owner(other)}", "a kind is known by its name: give it another one");
            }
        }

        return catalog.With(types);
    }

    private static string Owner(StepType type) => type.Plugin is { } plugin ? $"one of {plugin.Name} as well" : "built in already";

    /// <param name="expected">What its code must be; null where it may be anything.</param>
    /// <exception cref="PluginException">The file is missing, damaged, no plugin, for another framework, or not what was expected; or its code throws.</exception>
    public static IReadOnlyList<StepType> Load(string file, IReadOnlyDictionary<string, string>? expected = null)
    {
        var context = Open(file);
        if (expected is not null && !Same(expected, context.Plugin.Code))
            throw new PluginException("was built anew since this run began", "run again: its steps then have another recipe");
        try
        {
            IReadOnlyList<StepType> types = [.. context.LoadPlugin().GetCustomAttributes<StepTypesAttribute>().SelectMany(a => a.Types).Select(type => Make(type, context.Plugin))];
            if (types.Count == 0) throw new PluginException("registers no step types", "add a line such as [assembly: StepTypes(typeof(CountWords))]");
            if (types.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new PluginException($"registers '{twice.Key}' twice", "give each step type a name of its own");
            return types;
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException or MissingMemberException or CustomAttributeFormatException)
        {
            throw new PluginException($"cannot be loaded: {e.Message}", Rebuild, e);
        }
    }

    /// <summary>The plugin that a type is from; null where it is the program's own.</summary>
    public static StepPlugin? Of(Type type) => (AssemblyLoadContext.GetLoadContext(type.Assembly) as PluginContext)?.Plugin;

    /// <summary>Whether the code of a plugin on disk is still what was loaded.</summary>
    public static bool IsCurrent(StepPlugin plugin)
    {
        try
        {
            return Same(plugin.Code, Open(plugin.File).Plugin.Code);
        }
        catch (PluginException)
        {
            return false;
        }
    }

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(f => other.GetValueOrDefault(f.Key) == f.Value);

    /// <summary>All that can be said without running anything of it.</summary>
    private static PluginContext Open(string file)
    {
        try
        {
            if (!File.Exists(file)) throw new PluginException(Directory.Exists(file) ? "is a folder" : "is not there", "build it, and check the path: it starts from the folder of the pipeline file");
            var image = PluginImage.Read(File.ReadAllBytes(file));
            image.Check();
            var assets = DependencyFile.Assets(file);
            var resolver = new AssemblyDependencyResolver(file);
            return new(new StepPlugin(file, PluginCode.Of(file, image, assets, resolver)), resolver);
        }
        catch (BadImageFormatException e)
        {
            throw new PluginException($"is damaged or no .NET assembly: {e.Message}", "build it again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new PluginException($"cannot be read: {e.Message}", "build it again, and check who may read it", e);
        }
    }

    private static StepType Make(Type type, StepPlugin plugin)
    {
        try
        {
            if (!type.IsSubclassOf(typeof(StepType)) || type.IsAbstract) throw new PluginException($"registers {type.Name}, which is no step type", "derive it from Step<With, Given, Made>, not abstract");
            if (type.GetConstructor(Type.EmptyTypes) is null) throw new PluginException($"registers {type.Name}, which has no public constructor without parameters", "give it one");
            var made = (StepType)Activator.CreateInstance(type)!;
            made.Plugin = plugin;
            Check(type, made);
            return made;
        }
        catch (Exception e) when (e is not PluginException)
        {
            // Anything can come out of code that is not ours; a member that is gone means that it was built against another version.
            var cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            throw new PluginException($"failed when {type.Name} was made: {cause.GetType().Name}: {cause.Message}", cause is MissingMemberException or TypeLoadException ? Rebuild : "this is a defect of the plugin", cause);
        }
    }

    /// <summary>Asks once for all that is asked for later, so that what is wrong with it is said here.</summary>
    private static void Check(Type type, StepType made)
    {
        if (made.Name is null || !StepTypeName().IsMatch(made.Name)) throw new PluginException($"has a step type {type.Name} with the bad name '{made.Name}'", "write it like my-stage.my-verb: lower-case letters, digits, '.', '_' and '-', at most 100");
        if (string.IsNullOrWhiteSpace(made.Description)) throw new PluginException($"has a step type '{made.Name}' without a description", "say in a line what it does");
        if (made.DefaultCpus < 1) throw new PluginException($"has a step type '{made.Name}' that wants {made.DefaultCpus} CPUs", "DefaultCpus is at least 1");
        _ = (made.Params.Members.Count, made.Inputs.Count, made.Version, made.Facets.Count);
        if (made.Outputs.GroupBy(o => o.Name).FirstOrDefault(g => g.Count() > 1 || g.Key == Metrics.Port) is { } twice) throw new PluginException($"has a step type '{made.Name}' with an output '{twice.Key}' that it has already", "every step has 'metrics': choose another name");
    }

    [GeneratedRegex(@"^(?=.{1,100}$)[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$", RegexOptions.CultureInvariant)]
    private static partial Regex StepTypeName();
}
