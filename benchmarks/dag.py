#!/usr/bin/env python3
"""A trivial DAG of N steps in 10 layers, run cold and as a no-op by this project and its peers, in one go.

    dotnet publish src/Pipeline.Cli -c Release -o out
    python3 benchmarks/dag.py out/pipeline > benchmarks/results/dag.md

Peers that are not installed are left out and named (Debian: make ninja-build python3-doit snakemake scons; npm, which
fetches wireit by itself). Each tool writes one small file per step from the files of two steps of the layer before.
The tools take turns, run by run, so that a busy machine slows them alike; medians are given. A command is stopped
after --limit seconds, and not started where the smaller size says that it would be: the table says so. Folders are
removed at the end only: ext4 makes new files slowly while it remembers lately deleted ones.
"""
import argparse, json, os, shutil, signal, statistics, subprocess, sys, tempfile, threading, time

LAYERS = 10
WIREIT = "wireit@0.14.13"
BARS = {(1000, "no-op"): 0.25, (10000, "no-op"): 1.2, (1000, "cold"): 5.0}
MEMORY_BAR = {10000: 300}


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


def scons(folder, n, width):
    write(folder, "SConstruct", [
        f"EDGES = {[above(i, width) for i in range(n)]!r}",
        "env = Environment(tools=[])",
        "for i, inputs in enumerate(EDGES):",
        "    env.Command(f'f{i}', [f'f{j}' for j in inputs], f'echo {i} > $TARGET')",
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


def wireit(folder, n, width):
    names = {f"s{i}": {"command": f"echo {i} > f{i}", "dependencies": [f"s{j}" for j in above(i, width)], "files": [], "output": [f"f{i}"]} for i in range(n)}
    names["all"] = {"dependencies": [f"s{i}" for i in range(n)]}
    write(folder, "package.json", [json.dumps({"name": "dag", "private": True, "scripts": {name: "wireit" for name in names}, "wireit": names})])


def write(folder, name, lines):
    with open(os.path.join(folder, name), "w") as f:
        f.write("\n".join(lines) + "\n")


class TooSlow(Exception):
    pass


def timed(command, folder, limit, variables):
    """Wall and cpu seconds, and megabytes of the largest process."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL, start_new_session=True, env={**os.environ, **variables})
        late = threading.Event()

        def stop():
            late.set()
            os.killpg(child.pid, signal.SIGKILL)

        watch = threading.Timer(limit, stop)
        watch.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        watch.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        if late.is_set():
            raise TooSlow()
        if status:
            said.seek(0)
            sys.exit(f"{command} failed: {said.read()[-2000:].decode(errors='replace')}")
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def tools_of(args, top):
    j = str(args.jobs)
    tools = {
        "pipeline": (ours, [os.path.abspath(args.pipeline), "run", "dag.yaml", "-j", j], {}),
        "make": (make, ["make", "-s", "-j", j], {}),
        "ninja": (ninja, ["ninja", "--quiet", "-j", j], {}),
        "doit": (doit, ["doit", "-n", j], {}),
        "scons": (scons, ["scons", "-s", "-j", j], {}),
        "snakemake": (snakemake, ["snakemake", "--quiet", "--cores", j, "--nolock"], {}),
        "wireit": (wireit, ["npm", "run", "--silent", "all"], {"WIREIT_PARALLEL": j, "WIREIT_LOGGER": "quiet", "PATH": os.path.join(top, "node_modules", ".bin") + os.pathsep + os.environ["PATH"]}),
    }
    if args.only:
        tools = {k: v for k, v in tools.items() if k in args.only.split(",")}
    missing = [name for name, (_, command, _) in tools.items() if not shutil.which(command[0])]
    if "wireit" in tools and "wireit" not in missing and subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", top, WIREIT], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        missing.append("wireit (npm could not fetch it)")
    return {k: v for k, v in tools.items() if k not in missing and not any(m.startswith(k + " ") for m in missing)}, missing


def measure(tools, n, args, top, before):
    """Per tool its measurements, or why there are none. `before`: the medians of a smaller size."""
    results = {name: {"cold": [], "no-op": [], "note": ""} for name in tools}
    for run in range(args.runs):
        for name, (generate, command, variables) in tools.items():
            mine = results[name]
            if mine["note"]:
                continue
            smaller = before.get(name)
            if smaller and smaller[0] * n / smaller[1] > args.limit:
                mine["note"] = f"not run: {smaller[0]:.0f} s at {smaller[1]:,} steps"
                continue
            # What takes long is measured once: that is enough to rank it.
            if run > 0 and mine["cold"][0][0] > args.limit / 8:
                continue
            folder = os.path.join(top, f"{name}-{n}-{run}")
            os.mkdir(folder)
            generate(folder, n, n // LAYERS)
            try:
                mine["cold"].append(timed(command, folder, args.limit, variables))
                for _ in range(2):
                    mine["no-op"].append(timed(command, folder, args.limit, variables))
            except TooSlow:
                mine["note"] = f"stopped after {args.limit} s"
            print(f"{n} {name} {mine['cold'][-1:]} {mine['no-op'][-1:]} {mine['note']}", file=sys.stderr)
    return results


def median(measured, index):
    return statistics.median(m[index] for m in measured)


def table(results):
    print("| tool | cold wall | cold cpu | no-op wall | no-op cpu | peak MB cold | peak MB no-op | runs |\n|---|---|---|---|---|---|---|---|")
    for name, mine in results.items():
        cells = []
        for kind in ("cold", "no-op"):
            for index in (0, 1):
                values = [m[index] for m in mine[kind]]
                cells.append(f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})" if values else mine["note"])
        cells += [f"{max(m[2] for m in mine[kind]):.0f}" if mine[kind] else "" for kind in ("cold", "no-op")]
        print(f"| {name} | " + " | ".join(cells) + f" | {len(mine['cold'])} |")
    print()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pipeline")
    parser.add_argument("--steps", default="100,1000,10000", help="comma-separated sizes")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=int, default=240, help="seconds after which one command is stopped")
    parser.add_argument("--only", default="", help="comma-separated tools")
    args = parser.parse_args()
    sizes = sorted(int(s) for s in args.steps.split(","))
    start, load = time.perf_counter(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as top:
        tools, missing = tools_of(args, top)
        all_results, before = {}, {}
        for n in sizes:
            all_results[n] = measure(tools, n, args, top, before)
            before = {**before, **{name: (median(mine["cold"], 0), n) for name, mine in all_results[n].items() if mine["cold"]}}

    print("# Trivial steps in 10 layers\n")
    print(f"`python3 benchmarks/dag.py {' '.join(sys.argv[1:])}`: {time.perf_counter() - start:.0f} s, load {load:.2f} before and {os.getloadavg()[0]:.2f} after, {os.cpu_count()} cpus, -j {args.jobs}.")
    print("Seconds, median (minimum to maximum); cpu is user + system of the whole process tree, peak that of the largest process.\n")
    for n, results in all_results.items():
        print(f"## {n:,} steps\n")
        table(results)
    mine = {n: results["pipeline"] for n, results in all_results.items() if "pipeline" in results and results["pipeline"]["cold"]}
    if len(mine) > 1:
        print("## Cost of one more step, pipeline\n\n| from | to | no-op wall ms | no-op cpu ms | cold wall ms | cold cpu ms |\n|---|---|---|---|---|---|")
        for small, large in zip(list(mine), list(mine)[1:]):
            cells = [f"{1000 * (median(mine[large][kind], index) - median(mine[small][kind], index)) / (large - small):.3f}" for kind in ("no-op", "cold") for index in (0, 1)]
            print(f"| {small:,} | {large:,} | " + " | ".join(cells) + " |")
        print()
    bars = [(f"{kind}, {n:,} steps", f"{median(mine[n][kind], 0):.3f} s", f"{bar} s", median(mine[n][kind], 0) <= bar) for (n, kind), bar in BARS.items() if n in mine]
    bars += [(f"peak memory, {n:,} steps", f"{max(m[2] for kind in ('cold', 'no-op') for m in mine[n][kind]):.0f} MB", f"{bar} MB", max(m[2] for kind in ("cold", "no-op") for m in mine[n][kind]) <= bar) for n, bar in MEMORY_BAR.items() if n in mine]
    if bars:
        print("## Bars\n\n| what | measured | bar | holds |\n|---|---|---|---|")
        for what, measured, bar, holds in bars:
            print(f"| {what} | {measured} | {bar} | {'yes' if holds else 'NO'} |")
    if missing:
        print("\nNot installed: " + ", ".join(missing))


main()
