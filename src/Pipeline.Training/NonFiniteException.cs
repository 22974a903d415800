namespace Pipeline.Training;

/// <summary>The loss or its gradient is no finite number. The parameters are those before the step.</summary>
public sealed class NonFiniteException(string message) : Exception(message);
