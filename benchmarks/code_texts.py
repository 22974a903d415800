#!/usr/bin/env python3
"""Gathers what `Pipeline.Benchmarks code FOLDER` reads: code.jsonl (snippets by language, without their fences) and prose.jsonl (texts without code).

    benchmarks/code_texts.py FOLDER [--code ROOT]... [--prose ROOT]...

Code is that of this machine (/usr, /etc, this checkout) and of further roots; prose that of ../shared/data, /usr/share and further roots. Which files are taken is decided by a hash of their paths, so that the same machine gives the same texts.
"""
import argparse, gzip, hashlib, json, os, pathlib, re, textwrap, zipfile

LANGUAGES = {
    "py": "python", "pyi": "python", "c": "c", "h": "c", "cc": "c++", "cpp": "c++", "hpp": "c++", "cs": "c#", "java": "java", "kt": "kotlin", "scala": "scala", "go": "go", "rs": "rust", "rb": "ruby", "php": "php",
    "pl": "perl", "pm": "perl", "lua": "lua", "js": "javascript", "mjs": "javascript", "ts": "typescript", "css": "css", "less": "css", "sh": "shell", "bash": "shell", "sql": "sql", "json": "json", "yaml": "yaml", "yml": "yaml",
    "ini": "ini", "cfg": "ini", "conf": "conf", "service": "ini", "toml": "toml", "el": "lisp", "lisp": "lisp", "scm": "lisp", "hs": "haskell", "ml": "ocaml", "r": "r", "tcl": "tcl", "vim": "vim", "cmake": "cmake", "mk": "make",
    "pas": "pascal", "pp": "pascal", "adb": "ada", "ads": "ada", "asm": "assembly", "s": "assembly", "m4": "m4", "awk": "awk", "diff": "diff", "patch": "diff", "jl": "julia", "swift": "swift", "properties": "ini",
}
FENCES = {"python": "python", "py": "python", "console": "shell", "bash": "shell", "sh": "shell", "shell": "shell", "zsh": "shell", "js": "javascript", "javascript": "javascript", "jsx": "javascript", "ts": "typescript",
          "typescript": "typescript", "tsx": "typescript", "json": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml", "ini": "ini", "sql": "sql", "csharp": "c#", "c#": "c#", "cs": "c#", "c": "c", "cpp": "c++", "c++": "c++",
          "java": "java", "go": "go", "rust": "rust", "rs": "rust", "ruby": "ruby", "php": "php", "perl": "perl", "dockerfile": "docker", "docker": "docker", "css": "css", "diff": "diff", "make": "make", "makefile": "make", "r": "r", "lua": "lua", "haskell": "haskell", "kotlin": "kotlin", "scala": "scala", "swift": "swift", "powershell": "powershell"}
MOST_FILES, MOST_FROM_FILE, MOST_LINES, MOST_BYTES = 250, 3, 25, 200_000
MOST_TEXT = 5_000_000


def rank(path):
    return hashlib.sha256(str(path).encode("utf-8", "replace")).digest()


def files(roots, most=MOST_BYTES):
    for root in roots:
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(f for f in folders if f not in (".git", "bin", "obj", "proc", "sys", "locale", "zoneinfo"))
            for name in sorted(names):
                path = pathlib.Path(folder, name)
                if path.is_file() and not path.is_symlink() and path.stat().st_size <= most:
                    yield path


def read(path):
    data = path.read_bytes()
    data = gzip.decompress(data) if path.suffix == ".gz" else data
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return data.decode("latin-1").replace("\r\n", "\n") if path.suffix == ".txt" else None


def snippets(text):
    """Runs of whole paragraphs of at most 25 lines."""
    runs, run, begun = [], [], False
    for paragraph in re.split(r"\n[ \t]*\n+", text.expandtabs(4) if "\t" not in text else text):
        lines = paragraph.strip("\n").split("\n")
        # What a file begins with is its licence.
        begun |= not all(re.match(r"\s*(#|//|/?\*|--|;|dnl|\"|%|$)", line) for line in lines)
        if not begun:
            continue
        if run and len(run) + len(lines) + 1 > MOST_LINES:
            runs.append(run)
            run = []
        run += ([""] if run else []) + lines
    runs.append(run)
    for run in runs:
        text = textwrap.dedent("\n".join(run[:MOST_LINES])).strip("\n")
        if len(text) > 30 and max(map(len, text.split("\n"))) < 300:
            yield text


def language(path):
    name = path.name.lower()
    if name.startswith("dockerfile"):
        return "docker"
    if name in ("makefile", "gnumakefile"):
        return "make"
    return LANGUAGES.get(path.suffix[1:].lower())


def code(roots):
    by_language, fenced = {}, {}
    for path in files(roots):
        if path.suffix == ".md":
            text = read(path) or ""
            for match in re.finditer(r"^```[ ]*([A-Za-z#+]+)[^\n`]*\n(.*?)\n```[ ]*$", text, re.M | re.S):
                if (kind := FENCES.get(match[1].lower())) and len(match[2].strip()) > 10:
                    fenced.setdefault(kind, {})[textwrap.dedent(match[2]).strip("\n")] = path
        elif kind := language(path):
            by_language.setdefault(kind, []).append(path)
    for kind, paths in sorted(by_language.items()):
        for path in sorted(paths, key=rank)[:MOST_FILES]:
            text = read(path)
            if not text or "\0" in text:
                continue
            for each in sorted(snippets(text), key=rank)[:MOST_FROM_FILE]:
                yield {"language": kind, "source": "files", "text": each}
    for kind, texts in sorted(fenced.items()):
        for each in sorted(texts, key=rank)[:MOST_FILES * 2]:
            yield {"language": kind, "source": "fences", "text": each}


def prose(shared, roots):
    def one(source, text):
        if text and text.strip():
            yield {"source": source, "text": text.replace("\r\n", "\n")}

    for path in files([shared / "books"], MOST_TEXT):
        if path.suffix == ".txt":
            yield from one("novels", read(path))
    for path in files([shared / "transcripts"]):
        if path.suffix == ".md":
            yield from one("transcripts", re.sub(r"^(```).*?^\1.*?$", "", read(path) or "", flags=re.M | re.S))
    with zipfile.ZipFile(shared / "movie-reviews/movie_reviews.zip") as reviews:
        for name in sorted(n for n in reviews.namelist() if n.endswith(".txt")):
            yield from one("reviews", reviews.read(name).decode("latin-1"))
    yield from one("plays", (shared / "tinyshakespeare/input.txt").read_text())
    yield from one("messages", "\n\n".join(line.split("\t")[-1] for line in (shared / "sms-spam/sms.tsv").read_text(errors="replace").split("\n")))
    yield from one("questions", (shared / "trec/TREC.train.all").read_text(errors="replace"))
    for line in (shared / "gsm8k/train.jsonl").read_text().split("\n")[:4000]:
        if line:
            yield from one("sums", "\n\n".join(json.loads(line).values()))
    for path in files(["/usr/share/common-licenses"]):
        yield from one("licences", read(path))
    for path in sorted(pathlib.Path("/usr/share/doc").glob("*/copyright"), key=rank)[:600]:
        if not path.is_symlink() and path.stat().st_size <= MOST_BYTES:
            yield from one("notices", read(path))
    for path in sorted(pathlib.Path("/usr/share/doc").glob("*/changelog*.gz"), key=rank)[:200]:
        if not path.is_symlink() and path.stat().st_size <= MOST_BYTES // 4:
            yield from one("changelogs", read(path))
    for root in roots:
        for path in files([root], MOST_TEXT):
            if path.suffix == ".txt":
                yield from one("more", read(path))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--code", action="append", default=[])
    parser.add_argument("--prose", action="append", default=[])
    options = parser.parse_args()
    checkout = pathlib.Path(__file__).resolve().parent.parent
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, texts in (("code", code(["/usr", "/etc", checkout / "src", checkout / "pipelines", checkout / "examples", *options.code])), ("prose", prose((checkout / "../shared/data").resolve(), options.prose))):
        with open(options.folder / f"{name}.jsonl", "w", encoding="utf-8") as out:
            for text in texts:
                out.write(json.dumps(text, ensure_ascii=False) + "\n")


main()
