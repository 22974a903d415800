namespace Pipeline.Data.Decontamination;

/// <summary>How much goes with what is shared with a benchmark, and what is left then. The defaults are those of Brown et al. 2020 (GPT-3), appendix C.</summary>
/// <param name="Margin">Characters before and after a shared run that go with it at most; fewer, where its sentence begins or ends within them.</param>
/// <param name="MostPieces">A document that falls into more is dropped.</param>
/// <param name="LeastCharacters">A document of which fewer are left is dropped.</param>
public sealed record CutRules(int Margin = 200, int MostPieces = 10, int LeastCharacters = 200);
