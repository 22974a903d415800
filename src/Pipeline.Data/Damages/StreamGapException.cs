namespace Pipeline.Data.Damages;

/// <summary>Part of a stream is lost. Thrown once; who reads on gets what follows the gap.</summary>
internal sealed class StreamGapException(string message, Exception? inner = null) : IOException(message, inner);
