using System.CommandLine;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Registry;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Promoting;

/// <summary>Where the registry is, for verbs that read no pipeline file.</summary>
internal sealed class RegistryArguments
{
    private readonly Option<string?> state = PipelineArguments.StateOption();
    private readonly Option<string?> store = new("--store") { Description = $"The shared store whose registry is meant. Also {PipelineArguments.StoreVariable}; the registry of the state folder otherwise.", HelpName = "URI" };

    public void AddTo(Command command)
    {
        command.Options.Add(state);
        command.Options.Add(store);
    }

    /// <exception cref="WrongInputException">The store may only be read.</exception>
    public static void RequireWriting(ModelRegistry registry)
    {
        if (CacheModes.FromEnvironment() is CacheMode.ReadOnly or CacheMode.Off) throw new WrongInputException($"{registry.Address} is only read: {PipelineArguments.CacheVariable} says so.");
    }

    /// <summary>The registry, and the state whose blobs its versions name.</summary>
    public (ModelRegistry Registry, EngineState State) Open(ParseResult parsed)
    {
        var here = Directory.GetCurrentDirectory();
        var folder = parsed.GetValue(state) is { } given ? new StateFolder(given) : StateFolder.For(Path.Combine(here, "any.yaml"));
        var uri = parsed.GetValue(store) ?? Environment.GetEnvironmentVariable(PipelineArguments.StoreVariable);
        var remote = string.IsNullOrEmpty(uri) ? null : PipelineArguments.OpenStore(uri, here);
        return (Over(remote, folder), new(folder, TimeProvider.System, remote, notice: Console.Error.WriteLine));
    }

    /// <summary>The registry of a pipeline's shared store, or of its state folder where it has none.</summary>
    public static ModelRegistry Of(OpenedPipeline opened) =>
        Over(opened.State.Cache.Address is { } address ? PipelineArguments.OpenStore(address, opened.Definition.Folder) : null, opened.State.Folder);

    /// <exception cref="WrongInputException">The text names no model.</exception>
    public static ModelReference Reference(string text)
    {
        try
        {
            return ModelReference.Parse(text);
        }
        catch (FormatException e)
        {
            throw new WrongInputException(e.Message + ".");
        }
    }

    private static ModelRegistry Over(IRemoteStore? remote, StateFolder folder)
    {
        var store = remote ?? RemoteStores.Open("file:" + folder.Registry, folder.Root, _ => null);
        // Processes that share a state folder are told apart: each takes its turn.
        return new(store, new Claims(store, () => $"{folder.Identity()}-{Environment.ProcessId}", Claims.LeaseFromEnvironment(), TimeProvider.System), TimeProvider.System);
    }
}
