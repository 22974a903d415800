namespace Pipeline.Engine.Plugins;

/// <summary>An assembly that cannot be used as a plugin. The message goes on after its name: <c>is not there</c>.</summary>
public sealed class PluginException(string message, string remedy, Exception? inner = null) : Exception(message, inner)
{
    public string Remedy { get; } = remedy;
}
