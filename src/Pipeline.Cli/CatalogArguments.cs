using System.CommandLine;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Plugins;
using Pipeline.Steps;

namespace Pipeline.Cli;

/// <summary>Which step types a verb is about: those that ship, those of plugins, and those of the plugins of a file.</summary>
internal sealed class CatalogArguments
{
    private readonly Option<string[]> plugin = new("--plugin") { Description = "With the step types of this assembly. May be given several times.", HelpName = "DLL", DefaultValueFactory = _ => [] };
    private readonly Option<string?> file = new("--file") { Description = "With the step types of the plugins of this pipeline file, whatever else is wrong with it.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Options.Add(file);
        command.Options.Add(plugin);
    }

    /// <exception cref="WrongInputException">A plugin or the file is wrong.</exception>
    public StepCatalog Read(ParseResult parsed)
    {
        var catalog = BuiltInSteps.Catalog();
        if (parsed.GetValue(file) is { } from)
        {
            var read = DefinitionReader.Read(from, catalog, new ReadOptions { Environment = Environment.GetEnvironmentVariable });
            var wrong = read.Problems.Where(p => p.Code is ProblemCodes.BadPlugin or ProblemCodes.CannotRead or ProblemCodes.NotText or ProblemCodes.Syntax or ProblemCodes.TooLarge).ToList();
            if (wrong.Count > 0) throw new WrongInputException(ProblemPrinter.Print(wrong, "nothing was written"));
            catalog = read.Catalog;
        }

        foreach (var given in parsed.GetValue(plugin) ?? []) catalog = Add(given, catalog);
        return catalog;
    }

    private static StepCatalog Add(string given, StepCatalog catalog)
    {
        try
        {
            var path = Path.GetFullPath(given);
            return catalog.All.Any(t => t.Plugin?.File == path) ? catalog : PluginLoader.AddTo(catalog, path);
        }
        catch (PluginException e)
        {
            throw new WrongInputException($"The plugin '{given}' {e.Message}; {e.Remedy}.");
        }
    }
}
