#!/usr/bin/env python3
"""Counts instructions per document with callgrind: they do not depend on how busy the machine is.

Each kernel alone, and the whole program: the difference of two runs of different length, so that
what a start costs falls out. Prints a table in Markdown.
Usage: bench/instructions.py [--dimensions N] [--documents N] [--build DIR]
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the folder is under version control
# pylint: disable=wrong-import-position
from server import serving

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONFIG = {"collections": {"documents": {"embedding_field": "vec",
                                        "text_fields": ["title", "text"]}}}


def counted(command, env=None):
    """Instructions of a program, all its threads."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "callgrind"
        (pathlib.Path(folder) / "reembed.json").write_text(json.dumps(CONFIG), encoding="utf-8")
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *map(str, command)],
            env=env, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{command[0]}: exit {done.returncode}\n{(done.stdout + done.stderr)[-3000:]}")
        found = re.search(r"^(?:summary|totals): (\d+)", out.read_text(encoding="utf-8"), re.M)
        return int(found.group(1))


def kernels(args, options):
    program = args.build / "bench" / "kernels"
    listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        number, documents, name = line.split("\t")
        command = [program, "--dimensions", args.dimensions, "--only", number, *options]
        once, thrice = (counted([*command, "--rounds", rounds]) for rounds in (1, 3))
        yield name, (thrice - once) / 2 / int(documents)


def whole(args, options):
    totals = []
    for documents in (args.documents, 2 * args.documents):
        with serving([args.build / "tests" / "sandbox" / "reembed-sink", "--documents", documents,
                      "--dimensions", args.dimensions, *options]) as env:
            totals.append(counted([args.build / "reembed", "--config", "reembed.json",
                                   "--progress", "none"], env))
    return (totals[1] - totals[0]) / args.documents


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dimensions", type=int, default=1536)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    args = parser.parse_args()
    args.build = args.build.resolve()
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is missing: scripts/bootstrap bench installs it")
    base64, text = dict(kernels(args, [])), dict(kernels(args, ["--float-text"]))
    base64["**the whole program**"] = whole(args, [])
    text["**the whole program**"] = whole(args, ["--float-text"])
    print(f"| instructions per document, {args.dimensions:,} dimensions | base64 | float text |\n"
          "|---|--:|--:|")
    for name, count in base64.items():
        print(f"| {name} | {count:,.0f} | {text[name]:,.0f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
