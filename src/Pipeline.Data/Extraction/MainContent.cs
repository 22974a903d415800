namespace Pipeline.Data.Extraction;

/// <param name="Removed">By node, what is left out.</param>
/// <param name="Roots">In document order, none within another.</param>
internal sealed record MainContent(bool[] Removed, IReadOnlyList<int> Roots, int Characters);
