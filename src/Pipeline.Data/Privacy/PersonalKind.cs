namespace Pipeline.Data.Privacy;

public enum PersonalKind
{
    Email,
    Phone,
    IpAddress,
    CreditCard,
    Iban,
    Ssn,

    /// <summary>A key, token or password.</summary>
    Secret,
}

/// <summary>Where something personal stands in a text; <paramref name="End"/> is the place after it.</summary>
public readonly record struct PersonalSpan(PersonalKind Kind, int Start, int End);
