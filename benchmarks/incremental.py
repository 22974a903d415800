#!/usr/bin/env python3
"""Collect, clean, cut and encode N pages; then one page more, as an incremental run and as a first run of all.

    dotnet publish src/Pipeline.Cli -c Release -o out
    python3 benchmarks/incremental.py --pages 500 out/pipeline > benchmarks/results/incremental-500.md
"""
import argparse, json, os, random, resource, subprocess, tempfile, time

YAML = """name: p
steps:
  pages: { uses: collect.files, with: { paths: [data] } }
  clean: { uses: clean.text, inputs: { documents: pages } }
  parts: { uses: partition.contiguous, inputs: { documents: clean } }
  words: { uses: collect.files, with: { paths: [data/p00001.html] } }
  tokenizer: { uses: tokenizer.train-bpe, inputs: { documents: words }, with: { vocab_size: 400 } }
  tokens: { uses: tokenizer.encode, inputs: { split: parts, tokenizer: tokenizer } }
"""


def page(number, words):
    draw = random.Random(number)
    text = "".join("<p>" + " ".join(draw.choice(words) for _ in range(90)).capitalize() + ".</p>" for _ in range(25))
    return f"<html><head><title>Page {number}</title></head><body><nav><a href='/'>Home</a></nav><article><h1>Page {number}</h1>{text}</article></body></html>"


def run(program, folder, state):
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    out = subprocess.run([*program, "run", "p.yaml", "-j", "1", "--json", "--state", state], cwd=folder, capture_output=True, text=True, check=True).stdout
    wall, after = time.time() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    steps = {s["id"]: s for s in json.loads(out.splitlines()[-1])["steps"]}
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, steps


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("program", nargs="+")
    given = parser.parse_args()
    program = [os.path.abspath(p) if os.path.exists(p) else p for p in given.program]
    draw = random.Random(3)
    words = ["".join(draw.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(draw.randint(2, 9))) for _ in range(8000)]
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "data"))
        open(os.path.join(folder, "p.yaml"), "w").write(YAML)
        write = lambda name, number: open(os.path.join(folder, "data", name), "w").write(page(number, words))
        for i in range(given.pages):
            write(f"p{i:05}.html", i)
        rows = [("first run", *run(program, folder, "warm"))]
        write(f"p{given.pages // 2:05}b.html", 999_999)
        rows.append(("one page more", *run(program, folder, "warm")))
        rows.append(("first run with that page", *run(program, folder, "cold")))
        same = all(rows[1][3][s]["outputs"] == rows[2][3][s]["outputs"] for s in rows[1][3])
        print(f"# One page more than {given.pages}\n\n`python3 benchmarks/incremental.py --pages {given.pages}` on {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}.\n")
        print("| run | wall s | CPU s | done anew |\n| --- | --- | --- | --- |")
        for name, wall, cpu, steps in rows:
            print(f"| {name} | {wall:.1f} | {cpu:.1f} | {'; '.join(i + ': ' + s['anew'].removesuffix(' done anew') for i, s in steps.items() if s['decision'] == 'ran' and 'anew' in s) or 'all'} |")
        print(f"\nThe outputs of the last two {'have the same digests' if same else 'DIFFER'}.")


main()
