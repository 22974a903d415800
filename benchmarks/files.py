#!/usr/bin/env python3
"""Many source files of one collect step: hashing them all for the first time, beside sha256sum, and the no-op that only asks the file system.

    dotnet publish src/Pipeline.Cli -c Release -o out
    python3 benchmarks/files.py out/pipeline > benchmarks/results/files.md

The files are read once before anything is timed, so that all of it comes from memory and not from a disk. `plan` in an empty
state folder hashes every file and keeps nothing, which is why it can be repeated. sha256sum reads the same files with as
many processes as there are cores, and with one. Takes some minutes and --files x --bytes of disk.
"""
import argparse, os, random, resource, statistics, subprocess, sys, tempfile, time

WORDS = [f"word{i}" for i in range(997)]


def write_files(folder, count, size):
    rng = random.Random(1)
    for i in range(count):
        under = os.path.join(folder, f"{i // 1000:03d}")
        if i % 1000 == 0:
            os.makedirs(under)
        text, length = [f"{i}"], 0
        while length < size:
            word = WORDS[rng.randrange(997)]
            text.append(word)
            length += len(word) + 1
        with open(os.path.join(under, f"{i}.txt"), "w") as f:
            f.write(" ".join(text)[:size])


def timed(command, folder):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, shell=isinstance(command, str), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command} failed: {done.stderr[-2000:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pipeline")
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=16_384)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    program, cores, load, start = os.path.abspath(args.pipeline), os.cpu_count(), os.getloadavg()[0], time.perf_counter()
    with tempfile.TemporaryDirectory() as top:
        write_files(os.path.join(top, "data"), args.files, args.bytes)
        with open(os.path.join(top, "files.yaml"), "w") as f:
            f.write("name: files\nsteps:\n  pages:\n    uses: collect.files\n    with: { paths: ['data/**/*.txt'] }\n")
        subprocess.run("find data -name '*.txt' -print0 | xargs -0 cat > /dev/null", cwd=top, shell=True, check=True)
        # A file that changed two seconds ago may change again unseen and is not remembered.
        time.sleep(3)
        kinds = {
            "pipeline, cold (plan)": [program, "plan", "files.yaml"],
            f"sha256sum, {cores} processes": f"find data -type f -print0 | xargs -0 -P {cores} -n 500 sha256sum",
            "sha256sum, 1 process": "find data -type f -print0 | xargs -0 -n 5000 sha256sum",
        }
        measured = {name: [] for name in [*kinds, "pipeline, no-op (run)", "pipeline, no-op (plan)"]}
        for _ in range(args.runs):
            for name, command in kinds.items():
                measured[name].append(timed(command, top))
        first = timed([program, "run", "files.yaml"], top)
        for _ in range(args.runs):
            for name, command in {"pipeline, no-op (run)": [program, "run", "files.yaml"], "pipeline, no-op (plan)": kinds["pipeline, cold (plan)"]}.items():
                measured[name].append(timed(command, top))

    total = args.files * args.bytes / 1e6
    print(f"# {args.files:,} source files of {args.bytes:,} bytes, one collect step\n")
    print(f"`python3 benchmarks/files.py {' '.join(sys.argv[1:])}`: {time.perf_counter() - start:.0f} s, load {load:.2f} before and {os.getloadavg()[0]:.2f} after, {cores} cpus.")
    print(f"Median of {args.runs} (minimum to maximum), taking turns; {total:,.0f} MB, read from memory. The first run, which also collects them, took {first[0]:.1f} s.\n")
    print("| what | wall s | cpu s | MB/s |\n|---|---|---|---|")
    for name, values in measured.items():
        wall, cpu = ([v[i] for v in values] for i in (0, 1))
        rate = "" if "no-op" in name else f"{total / statistics.median(wall):,.0f}"
        print(f"| {name} | {statistics.median(wall):.3f} ({min(wall):.3f} to {max(wall):.3f}) | {statistics.median(cpu):.3f} | {rate} |")
    cold, alone, noop = (statistics.median(v[0] for v in measured[name]) for name in ("pipeline, cold (plan)", "sha256sum, 1 process", "pipeline, no-op (run)"))
    share = alone / cores / cold
    print(f"\nCold against sha256sum on one core times {cores}: {100 * share:.0f} % (bar 80 %: {'holds' if share >= 0.8 else 'MISSED'}). No-op run: {noop:.2f} s (bar 1 s: {'holds' if noop <= 1 else 'MISSED'}).")


main()
