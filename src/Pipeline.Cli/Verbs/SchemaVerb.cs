using System.CommandLine;
using Pipeline.Engine.Schema;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Verbs;

internal static class SchemaVerb
{
    public static Command Create()
    {
        var output = new Option<string?>("--output", "-o") { Description = "Write it to this file instead of standard output.", HelpName = "FILE" };
        var docs = new Option<string?>("--docs") { Description = "Also write one page per step type into this folder.", HelpName = "DIR" };
        var command = new Command("schema", "Print the JSON schema of pipeline files, for editors.") { Options = { output, docs } };
        var types = new CatalogArguments();
        types.AddTo(command);
        command.SetAction(parsed =>
        {
            var catalog = types.Read(parsed);
            var schema = SchemaWriter.Write(catalog);
            if (parsed.GetValue(output) is { } file) AtomicFile.Write(file, schema);
            else Console.Write(schema);
            if (parsed.GetValue(docs) is not { } folder) return ExitCode.Success;
            Directory.CreateDirectory(folder);
            foreach (var (name, text) in StepDocs.Pages(catalog)) AtomicFile.Write(Path.Combine(folder, name), text);
            return ExitCode.Success;
        });
        return command;
    }
}
