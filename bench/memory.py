#!/usr/bin/env python3
"""Shows that neither memory nor time per document grows with the collection.

Migrates a small and a large collection, each in a sandbox of its own, and prints for both the
program's greatest resident size, the greatest size of the journal's log, its wall time and CPU time.
Usage: bench/memory.py [--small N] [--large N] [--dimensions N] [--write-ms N] [--check]
                       [--build DIR]
With --check exit 1 when the large run needs more than 1.1 times the memory or 96 MB, or when the
log reaches 64 MB. The times are not judged: they are the machine's and the sandbox's as well.
"""

import argparse
import http.client
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the folder is under version control
# pylint: disable=wrong-import-position
from server import serving

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLLECTION = "documents"
PER_IMPORT = 500
MOST_GROWTH = 1.1
MOST_KILOBYTES = 96 * 1024
MOST_LOG_KILOBYTES = 64 * 1024
PERIOD = 0.01


def sandbox(args):
    return serving([args.build / "tests" / "sandbox" / "reembed-sandbox", "--empty",
                    "--write-ms", args.write_ms])


def load(env, documents, dimensions):
    store = http.client.HTTPConnection(env["TYPESENSE_HOST"], int(env["TYPESENSE_PORT"]))

    def post(path, body):
        store.request("POST", path, body, {"X-TYPESENSE-API-KEY": env["TYPESENSE_API_KEY"]})
        answer = store.getresponse()
        text = answer.read()
        if answer.status >= 300 or b'"success":false' in text:
            sys.exit(f"POST {path}: {answer.status} {text[:200]!r}")

    post("/collections", json.dumps({
        "name": COLLECTION,
        "fields": [{"name": "title", "type": "string"},
                   {"name": "vec", "type": "float[]", "num_dim": dimensions}]}))
    dice = random.Random(1)
    vectors = [json.dumps([round(dice.uniform(-0.1, 0.1), 8) for _ in range(dimensions)])
               for _ in range(50)]
    for start in range(0, documents, PER_IMPORT):
        lines = [f'{{"id":"d{i}","title":"orders of region {i} by month","vec":{vectors[i % 50]}}}'
                 for i in range(start, min(start + PER_IMPORT, documents))]
        post(f"/collections/{COLLECTION}/documents/import", "\n".join(lines))


def peak_kilobytes(pid):
    """The greatest resident size so far; 0 when the process has ended."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line[:6] == "VmHWM:"), 0)


def size(file):
    try:
        return file.stat().st_size
    except OSError:
        return 0


def watch(command, env, folder):
    """Runs the program: its peak and its log's in kilobytes, its seconds of wall and CPU time."""
    log = folder / "state" / "journal.db-wal"
    memory = log_bytes = 0
    started = time.monotonic()
    with open(folder / "out", "w+", encoding="utf-8") as out, \
            subprocess.Popen(command, env=env, cwd=folder, stdout=out, stderr=out) as process:
        ended = 0
        while not ended:
            memory = max(memory, peak_kilobytes(process.pid))
            log_bytes = max(log_bytes, size(log))
            time.sleep(PERIOD)
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            out.seek(0)
            sys.exit(f"reembed: exit {process.returncode}\n{out.read()[-2000:]}")
    return memory, log_bytes // 1024, seconds, used.ru_utime + used.ru_stime


def measure(args, documents):
    with tempfile.TemporaryDirectory() as name, sandbox(args) as env:
        folder = pathlib.Path(name)
        (folder / "reembed.json").write_text(json.dumps({"collections": {
            COLLECTION: {"embedding_field": "vec", "text_fields": ["title"]}}}), encoding="utf-8")
        load(env, documents, args.dimensions)
        command = [args.build / "reembed", "--config", "reembed.json", "--state-dir", "state",
                   "--dimensions", str(args.dimensions), "--progress", "none"]
        memory, log, wall, cpu = watch(command, {**env, "PATH": os.environ["PATH"]}, folder)
    print(f"{documents:>10} {memory:>10} {log:>10} {wall / documents * 1e6:>12.0f} "
          f"{cpu / documents * 1e6:>12.0f}", flush=True)
    return memory, log, wall / documents, cpu / documents


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--write-ms", type=float, default=0)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    args = parser.parse_args()
    args.build = args.build.resolve()
    print(f"{args.dimensions} dimensions, backups on")
    print(f"{'documents':>10} {'peak kB':>10} {'log kB':>10} {'wall us/doc':>12} "
          f"{'CPU us/doc':>12}",
          flush=True)
    small = measure(args, args.small)
    large = measure(args, args.large)
    growth = large[0] / small[0]
    print(f"ratio: memory {growth:.3f}, wall time per document {large[2] / small[2]:.3f}, "
          f"CPU time {large[3] / small[3]:.3f}")
    holds = (growth <= MOST_GROWTH and large[0] <= MOST_KILOBYTES
             and max(small[1], large[1]) < MOST_LOG_KILOBYTES)
    return 0 if holds or not args.check else 1


if __name__ == "__main__":
    sys.exit(main())
