using System.CommandLine;
using Pipeline.Engine.Schema;

namespace Pipeline.Cli.Verbs;

internal static class StepsVerb
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "A step type, to show its params, inputs and outputs.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("steps", "List the step types, or show one.") { Arguments = { name } };
        var types = new CatalogArguments();
        types.AddTo(command);
        command.SetAction(parsed =>
        {
            var catalog = types.Read(parsed);
            if (parsed.GetValue(name) is { } wanted)
            {
                var type = catalog.Find(wanted) ?? throw new WrongInputException($"There is no step type '{wanted}'; there are: {string.Join(", ", catalog.All.Select(t => t.Name))}.");
                Console.Write(StepDocs.Page(type));
                return ExitCode.Success;
            }

            var width = catalog.All.Max(t => t.Name.Length);
            foreach (var type in catalog.All) Console.WriteLine($"{type.Name.PadRight(width)}  {type.Description}");
            return ExitCode.Success;
        });
        return command;
    }
}
