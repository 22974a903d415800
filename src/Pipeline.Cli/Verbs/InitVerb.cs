using System.CommandLine;
using System.Globalization;
using System.Security;
using System.Text.RegularExpressions;
using Pipeline.Engine.Schema;
using Pipeline.Steps;

namespace Pipeline.Cli.Verbs;

internal static partial class InitVerb
{
    public static Command Create()
    {
        var folder = new Argument<string?>("DIR") { Description = "The folder to make it in; this one otherwise, and for a plugin one of its name.", Arity = ArgumentArity.ZeroOrOne };
        var plugin = new Option<string?>("--plugin") { Description = "Make a project for step types of your own instead, such as Acme.TextSteps.", HelpName = "NAME" };
        var command = new Command("init", "Make a small pipeline project that works, or one for a plugin; overwrite nothing.") { Arguments = { folder }, Options = { plugin } };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(plugin) is { } name) Plugin(name, parsed.GetValue(folder) ?? name);
            else Project(parsed.GetValue(folder) ?? ".");
            return ExitCode.Success;
        });
        return command;
    }

    private static void Project(string folder)
    {
        Templates.Write(folder, [.. Templates.Files("project"), ("schema.json", SchemaWriter.Write(BuiltInSteps.Catalog()))]);
        Console.WriteLine($"made a pipeline in {Path.GetFullPath(folder)}; next:");
        Enter(folder);
        Console.WriteLine("  pipeline run first");
    }

    private static void Plugin(string name, string folder)
    {
        if (!PluginName().IsMatch(name)) throw new WrongInputException($"'{name}' is no name for a plugin: it becomes a namespace, such as MySteps or Acme.TextSteps.");
        Templates.Write(folder, Templates.Files("plugin", ("NAME", name), ("STAGE", Stage(name)), ("FRAMEWORK", $"net{Environment.Version.ToString(2)}"), ("FOLDER", ForProject(AppContext.BaseDirectory))));
        Console.WriteLine($"made a plugin in {Path.GetFullPath(folder)}; next:");
        Enter(folder);
        Console.WriteLine("  dotnet build");
        Console.WriteLine("  pipeline run check.yaml");
    }

    private static void Enter(string folder)
    {
        if (Path.GetRelativePath(".", folder) is not "." and var there) Console.WriteLine($"  cd {GivenCommand.Quoted(there)}");
    }

    /// <summary><c>Acme.TextSteps</c> becomes <c>acme-text-steps</c>.</summary>
    private static string Stage(string name) => Hump().Replace(name, "-").Replace('.', '-').Replace('_', '-').ToLowerInvariant();

    /// <summary>A path as text of an MSBuild property.</summary>
    private static string ForProject(string path) =>
        SecurityElement.Escape(string.Concat(Path.TrimEndingDirectorySeparator(path).Select(c => c is '%' or '$' or '@' or ';' or '\'' or '(' or ')' or '*' or '?' ? string.Create(CultureInfo.InvariantCulture, $"%{(int)c:X2}") : c.ToString())));

    [GeneratedRegex(@"^(?=.{1,60}$)[A-Z][A-Za-z0-9]*([._][A-Z][A-Za-z0-9]*)*$", RegexOptions.CultureInvariant)]
    private static partial Regex PluginName();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex Hump();
}
