namespace Pipeline.Engine.Definitions;

/// <summary>The codes of <see cref="Problem"/>. They are stable: a code keeps its meaning, and a retired one is not used again. Each has a page in docs/errors.</summary>
public static class ProblemCodes
{
    public const string CannotRead = "PIPE001";
    public const string TooLarge = "PIPE002";
    public const string NotText = "PIPE003";
    public const string Syntax = "PIPE004";
    public const string TooDeepOrTooMany = "PIPE005";
    public const string RefusedYaml = "PIPE006";
    public const string DuplicateKey = "PIPE007";
    public const string WrongShape = "PIPE008";
    public const string BadName = "PIPE009";
    public const string UnknownKey = "PIPE010";
    public const string MissingKey = "PIPE011";
    public const string UnknownOption = "PIPE012";
    public const string WrongType = "PIPE013";
    public const string OutOfRange = "PIPE014";
    public const string NotAChoice = "PIPE015";
    public const string MissingOption = "PIPE016";
    public const string OptionsDisagree = "PIPE017";
    public const string UnknownStepType = "PIPE018";
    public const string BadResources = "PIPE019";
    public const string MissingInput = "PIPE020";
    public const string WrongKind = "PIPE021";
    public const string UnknownStep = "PIPE022";
    public const string UnknownOutput = "PIPE023";
    public const string UnknownInput = "PIPE024";
    public const string AmbiguousOutput = "PIPE025";
    public const string Cycle = "PIPE026";
    public const string GivenTwice = "PIPE027";
    public const string BadExpression = "PIPE030";
    public const string UnknownParam = "PIPE031";
    public const string UnsetVariable = "PIPE032";
    public const string MisplacedExpression = "PIPE033";
    public const string ParamCycle = "PIPE034";
    public const string MissingParam = "PIPE035";
    public const string UnknownProfile = "PIPE036";
    public const string BadOverride = "PIPE037";
    public const string BadTime = "PIPE038";
    public const string BadCondition = "PIPE039";
    public const string BadMatrix = "PIPE040";
    public const string BadInclude = "PIPE041";
    public const string BadSecret = "PIPE042";
    public const string BadVariable = "PIPE043";
    public const string BadExecutor = "PIPE044";
    public const string BadRepeat = "PIPE050";
    public const string BadGate = "PIPE051";
    public const string BadApproval = "PIPE052";
    public const string BadPlugin = "PIPE060";
    public const string BadTrigger = "PIPE061";
}
