namespace Pipeline.Training;

/// <summary>A measured number and its name, such as <c>loss</c> or <c>accuracy</c>.</summary>
public readonly record struct Figure(string Name, double Value);
