namespace Pipeline.Training.Distributed;

/// <summary>MPI is absent, misconfigured, or one of its calls failed; neither implementation survives a lost rank, so the job is over.</summary>
public sealed class MpiException(string message) : Exception(message);
