using System.Collections.Frozen;

namespace Pipeline.Data.Cleaning;

/// <summary>Words that lines of code begin with.</summary>
internal static class CodeWords
{
    private const int Longest = 16;

    private static readonly FrozenDictionary<string, CodeSigns> Words = Table(
        (CodeSigns.Word, "def elif elsif elseif endif endfor endwhile endfunction endmacro endforeach endfun fi esac done func fn fun impl struct enum typedef const var val let local lambda printf println puts echo sudo export unset foreach namespace defmodule defun defvar defmacro setq " +
            "procedure function func! function! subroutine begin end else then do if for while until unless switch case default try catch except finally rescue ensure return break continue pass goto import from use using require require_once include package module class interface trait extends implements " +
            "public private protected internal static final abstract override virtual inline extern unsigned signed void int char bool boolean float double string long short auto byte uint size_t async await yield raise throw throws assert del global nonlocal print printf with when match where data newtype instance deriving type record " +
            "set setlocal call augroup autocmd au nnoremap noremap syntax syn highlight let! command command! finish new delete select my our sub mod pub crate trait mut ref echom execute exec eval source alias trap shift exit function(" +
            " proc array uses unit implementation constructor destructor property program repeat declare loop exception add_executable target_link_libraries option project message dnl"),
        (CodeSigns.Word, "find make cat head tail sort cut node service touch test java go rails composer cargo gem bundle conda ping mount kill date time ls cd cp mv rm ln"),
        (CodeSigns.Command, "git npm npx yarn pnpm pip pip3 python python2 python3 apt apt-get yum dnf brew docker docker-compose kubectl helm curl wget tar unzip gunzip gzip ssh scp rsync chmod chown mkdir rmdir grep sed awk xargs uniq cmake gcc g++ clang rustc dotnet nuget mvn gradle " +
            "javac systemctl journalctl psql mysql sqlite3 createdb php perl ruby terraform ansible-playbook aws gcloud az sudo bash sh zsh export echo openssl gpg useradd usermod umount iptables pytest virtualenv jupyter corepack"),
        (CodeSigns.Query, "SELECT INSERT UPDATE DELETE CREATE ALTER DROP GRANT REVOKE TRUNCATE EXPLAIN COPY COMMENT"),
        (CodeSigns.Clause, "FROM WHERE INTO VALUES JOIN LEFT RIGHT INNER OUTER GROUP ORDER HAVING UNION LIMIT RETURNING AND ON SET REFERENCES BEGIN COMMIT DECLARE LANGUAGE"),
        (CodeSigns.Directive, "RUN ADD ENV WORKDIR CMD ENTRYPOINT EXPOSE ARG LABEL USER VOLUME HEALTHCHECK SHELL ONBUILD STOPSIGNAL"));

    private static readonly FrozenDictionary<string, CodeSigns>.AlternateLookup<ReadOnlySpan<char>> Lookup = Words.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string> Subcommands = FrozenSet.Create(StringComparer.Ordinal, "install uninstall run build clone add commit push pull fetch init start stop restart update upgrade get set list apply create delete exec publish view config status checkout remove test describe logs deploy login tag merge rebase branch diff enable disable reload link ci apt-get npm docker pip".Split(' '));
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> SubcommandLookup = Subcommands.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>What the first word of a line tells.</summary>
    public static CodeSigns Of(ReadOnlySpan<char> word) => word.Length is > 1 and <= Longest && Lookup.TryGetValue(word, out var sign) ? sign : CodeSigns.None;

    /// <summary>Whether the second word of a line is what programs are told to do, or an address.</summary>
    public static bool IsSubcommand(ReadOnlySpan<char> body)
    {
        var rest = body[(body.IndexOf(' ') + 1)..];
        var word = rest[..(rest.IndexOf(' ') is > 0 and var end ? end : rest.Length)];
        return (word.Length is > 1 and <= Longest && SubcommandLookup.Contains(word)) || body.IndexOf("://") > 0 || body.IndexOf(" <") > 0;
    }

    private static FrozenDictionary<string, CodeSigns> Table(params (CodeSigns Sign, string Words)[] lists)
    {
        var table = new Dictionary<string, CodeSigns>(StringComparer.Ordinal);
        foreach (var (sign, words) in lists)
            foreach (var word in words.Split(' ')) table[word] = table.GetValueOrDefault(word) | sign;
        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
