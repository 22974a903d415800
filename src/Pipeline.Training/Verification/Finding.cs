namespace Pipeline.Training.Verification;

/// <summary>What came of checking an invariant. Their numbers and words are those of docs/decisions/verification.md.</summary>
/// <param name="Holds">Null where it does not apply.</param>
/// <param name="Figures">What was compared and how far apart it was, or why it does not apply.</param>
public sealed record Finding(int Invariant, string Name, bool? Holds, string Figures)
{
    public override string ToString() => $"invariant {Invariant} ({Name}) {(Holds switch { true => "holds", false => "does not hold", null => "does not apply" })}: {Figures}";
}
