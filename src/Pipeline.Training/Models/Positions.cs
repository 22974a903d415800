namespace Pipeline.Training.Models;

/// <summary>How a decoder knows where a token stands.</summary>
public enum Positions
{
    /// <summary>A vector for each place, added to the token's.</summary>
    Learned,

    /// <summary>Queries and keys turned by an angle that grows with the place (Su et al. 2021), halves paired as Hugging Face pairs them.</summary>
    Rope,

    /// <summary>A penalty on attention that grows with distance, of another slope for each head (Press et al. 2022).</summary>
    Alibi,
}
