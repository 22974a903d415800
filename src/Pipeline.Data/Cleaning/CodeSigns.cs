namespace Pipeline.Data.Cleaning;

/// <summary>What a line may have that prose has not, or seldom; each is one that could be there without the others.</summary>
[Flags]
internal enum CodeSigns
{
    None = 0,

    /// <summary>A name, a sign of assignment and what is assigned.</summary>
    Assignment = 1,

    /// <summary>A name with a bracket right behind it.</summary>
    Call = 2,

    /// <summary>It ends in what sentences do not end in.</summary>
    End = 4,

    /// <summary>A name as only programs have: <c>a_b</c>, <c>aB</c>, <c>a::b</c>, <c>$a</c>.</summary>
    Name = 8,

    /// <summary>A key in quotation marks, or of small letters, and a colon.</summary>
    Key = 16,

    /// <summary>Behind a key a number, a truth value, or what is in quotation marks or brackets.</summary>
    Value = 32,

    /// <summary>A key without a value, and deeper lines below.</summary>
    Nest = 64,

    /// <summary>It begins with a word of a programming language.</summary>
    Word = 128,

    /// <summary>It begins with the name of a program.</summary>
    Command = 256,

    /// <summary>Options, paths, pipes.</summary>
    Option = 512,

    /// <summary>A verb of SQL.</summary>
    Query = 1024,

    /// <summary>Another word of SQL.</summary>
    Clause = 2048,

    /// <summary>A word of a Dockerfile.</summary>
    Directive = 4096,

    /// <summary>A name in square brackets, alone.</summary>
    Section = 8192,

    /// <summary>Nothing but brackets and what sets apart.</summary>
    Brackets = 16384,

    /// <summary>Of its characters that are no blanks every fourth is a sign.</summary>
    Dense = 32768,
}
