namespace Pipeline.Training.Objectives;

/// <summary>What a model is trained to predict of plain text.</summary>
public enum TokenTask
{
    /// <summary>Each token from those before it.</summary>
    Causal,

    /// <summary>Tokens that were masked, from all others.</summary>
    Masked,

    /// <summary>Spans that were cut out, from what an encoder reads of the rest.</summary>
    SpanCorruption,

    /// <summary>What follows a beginning of random length, which is seen from both sides.</summary>
    Prefix,

    /// <summary>The second half of a window, from what an encoder reads of the first.</summary>
    SequenceToSequence,
}
