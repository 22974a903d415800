#!/usr/bin/env python3
"""A trivial DAG of N steps in 10 layers, run cold and as a no-op by this project and its peers, in one go.

    dotnet publish src/Pipeline.Cli -c Release -o out
    python3 benchmarks/dag.py --steps 1000 --runs 5 out/pipeline > benchmarks/results/dag-1000.md

Peers that are not installed are left out and named (Debian: make ninja-build python3-doit snakemake).
Each tool writes one small file per step from the files of two steps of the layer before. The tools take turns,
run by run, so that a busy machine slows them alike; medians are given. Folders are removed at the end only:
ext4 makes new files slowly while it remembers lately deleted ones.
"""
import argparse, os, resource, shutil, statistics, subprocess, sys, tempfile, time

LAYERS = 10


def above(i, width):
    """The two steps of the layer before that step i reads."""
    if i < width:
        return []
    base = (i // width - 1) * width
    return sorted({base + i % width, base + (i * 7 + 3) % width})


def ours(folder, n, width):
    lines = ["name: dag", "steps:"]
    for i in range(n):
        inputs = above(i, width)
        lines.append(f"  s{i}:")
        lines.append("    uses: files.merge")
        if inputs:
            lines.append(f"    inputs: {{ files: [{', '.join(f's{j}' for j in inputs)}] }}")
        lines.append(f"    with: {{ take: ['*.txt'], add: {{ \"s{i}.txt\": \"{i}\" }} }}")
    write(folder, "dag.yaml", lines)


def make(folder, n, width):
    lines = ["all: " + " ".join(f"f{i}" for i in range(n)), ".PHONY: all"]
    for i in range(n):
        lines += [f"f{i}: " + " ".join(f"f{j}" for j in above(i, width)), f"\t@echo {i} > f{i}"]
    write(folder, "Makefile", lines)


def ninja(folder, n, width):
    lines = ["rule w", "  command = echo $out > $out"]
    for i in range(n):
        lines.append(f"build f{i}: w " + " ".join(f"f{j}" for j in above(i, width)))
    write(folder, "build.ninja", lines)


def doit(folder, n, width):
    write(folder, "dodo.py", [
        "DOIT_CONFIG = {'verbosity': 0}",
        f"EDGES = {[above(i, width) for i in range(n)]!r}",
        "def task_w():",
        "    for i, inputs in enumerate(EDGES):",
        "        yield {'name': str(i), 'actions': [f'echo {i} > f{i}'], 'file_dep': [f'f{j}' for j in inputs], 'targets': [f'f{i}'], 'uptodate': [True]}",
    ])


def snakemake(folder, n, width):
    write(folder, "Snakefile", [
        f"EDGES = {[above(i, width) for i in range(n)]!r}",
        "rule all:",
        f"    input: ['f%d' % i for i in range({n})]",
        "rule w:",
        "    output: 'f{i,[0-9]+}'",
        "    input: lambda w: ['f%d' % j for j in EDGES[int(w.i)]]",
        "    shell: 'echo {wildcards.i} > {output}'",
    ])


def write(folder, name, lines):
    with open(os.path.join(folder, name), "w") as f:
        f.write("\n".join(lines) + "\n")


def timed(command, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command} failed: {done.stderr[-2000:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pipeline")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="", help="comma-separated tools")
    args = parser.parse_args()
    j = str(args.jobs)
    tools = {
        "pipeline": (ours, [os.path.abspath(args.pipeline), "run", "dag.yaml", "-j", j], ".pipeline"),
        "make": (make, ["make", "-s", "-j", j], None),
        "ninja": (ninja, ["ninja", "--quiet", "-j", j], None),
        "doit": (doit, ["doit", "-n", j], None),
        "snakemake": (snakemake, ["snakemake", "--quiet", "--cores", j, "--nolock"], None),
    }
    if args.only:
        tools = {k: v for k, v in tools.items() if k in args.only.split(",")}
    missing = [name for name, (_, command, _) in tools.items() if not shutil.which(command[0])]
    tools = {k: v for k, v in tools.items() if k not in missing}
    results = {name: {"cold": [], "no-op": []} for name in tools}
    with tempfile.TemporaryDirectory() as top:
        for run in range(args.runs):
            for name, (generate, command, _) in tools.items():
                folder = os.path.join(top, f"{name}-{run}")
                os.mkdir(folder)
                generate(folder, args.steps, args.steps // LAYERS)
                # Snakemake takes half a minute cold; once is enough to rank it.
                results[name]["cold"].append(timed(command, folder))
                for _ in range(2):
                    results[name]["no-op"].append(timed(command, folder))
            if run == 0:
                slow = [n for n in tools if results[n]["cold"][0][0] > 20]
                for n in slow:
                    del tools[n]
    print(f"# {args.steps} trivial steps in {LAYERS} layers\n")
    print(f"`python3 benchmarks/dag.py --steps {args.steps} --runs {args.runs} --jobs {j} {args.pipeline}`, load at the end {os.getloadavg()[0]:.2f}, {os.cpu_count()} cpus.")
    print("Seconds, median (minimum to maximum); cpu is user + system of the whole process tree.\n")
    print("| tool | cold wall | cold cpu | no-op wall | no-op cpu | runs |\n|---|---|---|---|---|---|")
    for name, measured in results.items():
        cells = []
        for kind in ("cold", "no-op"):
            for index in (0, 1):
                values = [m[index] for m in measured[kind]]
                cells.append(f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})")
        print(f"| {name} | " + " | ".join(cells) + f" | {len(measured['cold'])} |")
    if missing:
        print("\nNot installed: " + ", ".join(missing))


main()
