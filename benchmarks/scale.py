#!/usr/bin/env python3
"""A corpus of any size made of real text, through collect, clean, deduplicate, split, train-bpe and encode in bounded memory.

    dotnet publish src/Pipeline.Cli -c Release -o out
    python3 benchmarks/scale.py out/pipeline --mb 2000 --memory 1GB > benchmarks/results/scale.md

The text comes from the documentation files of the .NET SDK and from --text folders. A document is a seeded mixture of short runs
of real words, so that it is new; one in seven is an exact copy of an earlier one, one in seven a copy with a few words changed.
Every step runs in a worker that is ended when it holds more than --memory. Runs once for each number of --cpus and of --ranks, each with a
state of its own, and compares what all steps made. Takes about --mb x (3 + runs) of disk.
"""
import argparse, glob, json, os, random, re, shutil, subprocess, sys, tempfile, threading, time

STEPS = ["files", "clean", "unique", "split", "tokenizer", "tokens"]
YAML = """name: scale
steps:
  files: {{ uses: collect.files, with: {{ paths: ["data/*.jsonl"] }}, resources: {resources} }}
  clean: {{ uses: clean.text, inputs: {{ documents: files }}, resources: {resources} }}
  unique: {{ uses: clean.deduplicate, inputs: {{ documents: clean }}, with: {{ {unique} memory: {sort} }}, resources: {resources} }}
  split: {{ uses: partition.split, inputs: {{ documents: unique }}, with: {{ memory: {sort} }}, resources: {resources} }}
  tokenizer: {{ uses: tokenizer.train-bpe, inputs: {{ documents: split.train }}, with: {{ vocab_size: 8192 }}, resources: {alone} }}
  tokens: {{ uses: tokenizer.encode, inputs: {{ split: split, tokenizer: tokenizer }}, resources: {resources} }}
"""


def real_words(folders):
    roots = [os.environ.get("DOTNET_ROOT", ""), "/usr/share/dotnet", "/usr/lib/dotnet"]
    files = [f for root in roots if root for f in sorted(glob.glob(os.path.join(root, "packs/*/*/ref/*/*.xml")))][:60]
    files += sorted(f for folder in folders for f in glob.glob(os.path.join(folder, "**/*"), recursive=True) if f.endswith((".txt", ".md")))
    words = []
    for file in files:
        with open(file, encoding="utf-8", errors="replace") as text:
            words += re.sub(r"<[^>]*>", " ", text.read()).split()
    if len(words) < 10_000:
        sys.exit("found too little text: set DOTNET_ROOT or give --text")
    return words


def write_corpus(folder, size, words, seed=1):
    rng = random.Random(seed)
    runs = [" ".join(words[i:i + 6]) for i in range(0, len(words) - 6, 6)]
    os.makedirs(folder)
    written, number, recent = 0, 0, []
    while written < size:
        with open(os.path.join(folder, f"{number:06d}.jsonl"), "w", encoding="utf-8") as out:
            part = 0
            while part < 4_000_000 and written + part < size:
                kind = rng.randrange(7)
                if recent and kind == 0:
                    text = rng.choice(recent)
                elif recent and kind == 1:
                    edited = rng.choice(recent).split(" ")
                    for _ in range(max(1, len(edited) // 200)):
                        edited[rng.randrange(len(edited))] = rng.choice(words)
                    text = " ".join(edited)
                else:
                    lines = [" ".join(rng.choices(runs, k=rng.randrange(2, 12))) for _ in range(rng.randrange(4, 40))]
                    text = ".\n".join(lines) + ".\nAll rights are reserved by the authors of this page."
                    if len(recent) < 5000:
                        recent.append(text)
                    else:
                        recent[rng.randrange(5000)] = text
                line = json.dumps({"text": text}, ensure_ascii=False) + "\n"
                out.write(line)
                part += len(line)
        written, number = written + part, number + 1
    return written, number


class PeakMemory(threading.Thread):
    """The most that the worker of each step held, by the step whose name is in its command line or that runs now."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.step, self.peaks, self.engine = process, None, {}, 0

    def run(self):
        while self.process.poll() is None:
            self.engine = max(self.engine, peak(self.process.pid))
            for child in children(self.process.pid):
                if self.step:
                    self.peaks[self.step] = max(self.peaks.get(self.step, 0), peak(child))
            time.sleep(0.02)


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            found = [int(c) for c in f.read().split()]
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as f:
                found += [int(c) for c in f.read().split()]
        return set(found)
    except OSError:
        return set()


def peak(pid):
    try:
        with open(f"/proc/{pid}/status") as f:
            return next((int(line.split()[1]) * 1024 for line in f if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def run(program, folder, cpus, ranks, args):
    alone = f"{{ cpus: {cpus}, memory: {args.memory} }}"
    resources = f"{{ cpus: {cpus}, ranks: {ranks} }}" if ranks > 1 else alone
    unique = "lines: { enabled: true }, substrings: { enabled: true }," if args.parts else ""
    with open(os.path.join(folder, "scale.yaml"), "w") as f:
        f.write(YAML.format(resources=resources, alone=alone, sort=args.sort, unique=unique))
    shutil.rmtree(os.path.join(folder, ".pipeline"), ignore_errors=True)
    process = subprocess.Popen([program, "run", "scale.yaml", "--json", "-j", "1"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watch, finished = PeakMemory(process), None
    watch.start()
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "step.started":
            watch.step = event["id"]
        elif event["event"] == "run.finished":
            finished = event
    errors = process.stderr.read()
    process.wait()
    watch.join()
    if process.returncode:
        sys.exit(f"with {cpus} cpus and {ranks} ranks the run failed ({process.returncode}): {json.dumps(finished)[:3000]} {errors[-2000:]}")
    return {s["id"]: s for s in finished["steps"]}, watch


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pipeline")
    parser.add_argument("--mb", type=int, default=200)
    parser.add_argument("--cpus", default="1,2,7")
    parser.add_argument("--ranks", default="", help="numbers of processes to share each step's work, tried after the cpus, each with one cpu a process")
    parser.add_argument("--memory", default="1GB", help="limit of each step")
    parser.add_argument("--sort", default="256MiB", help="memory option of deduplicate and split")
    parser.add_argument("--parts", action="store_true", help="also cut repeated lines and substrings")
    parser.add_argument("--text", nargs="*", default=[], help="folders of .txt and .md files to take words from")
    parser.add_argument("--folder", help="where to work; a temporary folder otherwise")
    args = parser.parse_args()
    program, load = os.path.abspath(args.pipeline), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=args.folder) as top:
        size, files = write_corpus(os.path.join(top, "data"), args.mb * 1_000_000, real_words(args.text))
        print(f"# {size / 1e6:,.0f} MB in {files} files, from collection to tokens\n")
        print(f"`python3 benchmarks/scale.py {' '.join(sys.argv[1:])}`: every step held to {args.memory}, sorting within {args.sort}, {os.cpu_count()} cpus of this machine, load {load:.1f} before.\n")
        first = None
        tries = [(int(cpus), 1) for cpus in args.cpus.split(",")] + [(int(ranks), int(ranks)) for ranks in args.ranks.split(",") if ranks]
        for cpus, ranks in tries:
            start = time.perf_counter()
            steps, watch = run(program, top, cpus, ranks, args)
            print(f"## {f'cpus: {cpus}' if ranks == 1 else f'ranks: {ranks} (no limit of memory)'}\n\n| step | wall s | peak RSS of its worker, MB | summary |\n|---|---|---|---|")
            for name in STEPS:
                held = f"{watch.peaks.get(name, 0) / 1e6:,.0f}" if ranks == 1 else ""  # the launcher is no rank
                print(f"| {name} | {steps[name]['seconds']:.1f} | {held} | {steps[name].get('summary', '')} |")
            print(f"\n{time.perf_counter() - start:.0f} s in all; the engine itself held {watch.engine / 1e6:,.0f} MB.\n", flush=True)
            outputs = {name: steps[name]["outputs"] for name in STEPS}
            if first is None:
                first = outputs
            elif outputs != first:
                sys.exit(f"MISSED: other bytes with {cpus} cpus, {ranks} ranks: {[n for n in STEPS if outputs[n] != first[n]]}")
        if len(tries) > 1:
            print("The outputs of all steps are the same to the byte for each number of cpus and ranks.")


main()
