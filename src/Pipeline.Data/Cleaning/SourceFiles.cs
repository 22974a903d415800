using System.Collections.Frozen;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Cleaning;

/// <summary>Documents that are source code as a whole: by media type, by the name of the file that their source or metadata gives, by a programming language in metadata, or by a first line that names an interpreter.</summary>
internal static class SourceFiles
{
    private static readonly FrozenSet<string> Extensions = FrozenSet.ToFrozenSet((
        "py pyi pyx ipynb c h cc cpp cxx c++ hpp hh hxx inl ino cs csx fs fsx fsi vb java kt kts scala groovy gradle js mjs cjs jsx ts mts cts tsx vue svelte go rs rb erb php pl pm lua r jl swift m mm dart zig nim d " +
        "pas pp f for f90 f95 f03 f08 asm s v sv svh vhd vhdl sql sh bash zsh ksh fish ps1 psm1 bat cmd awk sed tcl clj cljs cljc edn lisp lsp cl el scm rkt hs lhs ml mli erl hrl ex exs elm cmake mk mak am ac m4 " +
        "tf hcl proto thrift graphql gql css scss sass less yaml yml toml ini cfg conf properties env json5 jsonc diff patch cu cuh cl glsl hlsl wgsl wat sol vim nix bzl csproj fsproj props targets sln ps y l re res purs idr agda lean coq").Split(' '),
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Names = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "makefile", "gnumakefile", "dockerfile", "containerfile", "jenkinsfile", "rakefile", "gemfile", "vagrantfile", "cmakelists.txt", "build.bazel", "workspace.bazel", ".bashrc", ".profile", ".gitignore", ".editorconfig");

    private static readonly FrozenSet<string> MediaTypes = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "text/javascript", "application/javascript", "application/ecmascript", "application/typescript", "text/typescript", "text/css", "application/json", "application/sql", "text/yaml", "application/yaml", "application/toml", "text/rust", "application/x-sh", "application/x-csh",
        "application/x-python", "application/x-python-code", "application/x-perl", "application/x-php", "application/x-httpd-php", "application/x-ruby", "application/x-yaml", "application/x-shellscript");

    /// <summary>Types that begin like those of source code.</summary>
    private static readonly FrozenSet<string> Prose = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "text/x-wiki", "text/x-markdown", "text/x-web-markdown", "text/x-rst", "text/x-tex", "text/x-latex", "text/x-log", "text/x-vcard", "text/x-server-parsed-html");

    private static readonly string[] PathKeys = ["path", "file_path", "filepath", "file_name", "filename", "max_stars_repo_path", "extension", "ext"];
    private static readonly string[] LanguageKeys = ["programming_language", "code_language", "lang"];

    private static readonly FrozenSet<string> Languages = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "python", "c", "c++", "cpp", "c#", "csharp", "java", "javascript", "typescript", "go", "golang", "rust", "ruby", "php", "perl", "lua", "julia", "swift", "kotlin", "scala", "haskell", "ocaml", "f#", "fsharp", "erlang", "elixir", "clojure", "lisp", "scheme", "fortran", "cobol",
        "pascal", "matlab", "objective-c", "assembly", "shell", "bash", "powershell", "sql", "dart", "zig", "nim", "groovy", "css", "verilog", "vhdl", "cuda", "makefile", "dockerfile", "yaml", "toml");

    public static bool Contain(Document document)
    {
        if (MediaTypes.Contains(document.MediaType) || (document.MediaType.StartsWith("text/x-", StringComparison.OrdinalIgnoreCase) && !Prose.Contains(document.MediaType))) return true;
        // Of other types, HTML above all, a name such as index.php says nothing.
        if (document.MediaType != "text/plain") return false;
        return document.Text.StartsWith("#!/", StringComparison.Ordinal) || IsOne(document.Source)
            || PathKeys.Any(key => document.Metadata.TryGetValue(key, out var name) && (IsOne(name) || Extensions.Contains(name)))
            || LanguageKeys.Any(key => document.Metadata.TryGetValue(key, out var language) && Languages.Contains(language));
    }

    private static bool IsOne(string path)
    {
        var name = path.AsSpan();
        if (name.IndexOf("://") is >= 0 and var scheme)
        {
            // The host is no file, whatever its last part is.
            name = name[(scheme + 3)..];
            name = name.IndexOf('/') is >= 0 and var root ? name[root..] : [];
            if (name.IndexOfAny('?', '#') is >= 0 and var query) name = name[..query];
        }

        name = name[(name.LastIndexOfAny("/\\!") + 1)..];
        var dot = name.LastIndexOf('.');
        return (dot >= 0 && dot + 1 < name.Length && Extensions.Contains(name[(dot + 1)..].ToString())) || Names.Contains(name.ToString());
    }
}
