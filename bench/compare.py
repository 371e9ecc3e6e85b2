#!/usr/bin/env python3
"""This program, the old way and the transport floor, side by side in one run.

Against the sink (the sandbox's quickest form), and with --typesense against a real server as well,
whose key is in TYPESENSE_API_KEY; embeddings always come from the sink and cost nothing. Prints a
table in Markdown. The old way, one embedding call and one PATCH per document, is measured at 1,000
documents and no others: its time per document does not depend on their number.
Usage: bench/compare.py [--documents N…] [--dimensions N…] [--typesense URL] [--float-text] [--check]
                        [--only table|gates] [--build DIR]
With --check exit 1 when a ratio that is promised does not hold. Every vector is checked by the sink
as it is written, and a rerun has to find nothing to do. What is made on a real server is named
`reembed_bench_<random>` and deleted at the end.
"""

import argparse
import collections
import datetime
import http.client
import json
import os
import pathlib
import platform
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the folder is under version control
# pylint: disable=wrong-import-position
from against_the_old_way import Service, old_way
from server import Server, fill, serving, write_documents

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLLECTION = "documents"
OLD_WAY_DOCUMENTS = 1_000
ENOUGH_SECONDS = 10  # of CPU: what takes longer is not run again
ROUNDS = 3
AT_LEAST_OLD_WAY = 50
OLD_WAY_LATENCY_MS = 50
MOST_GROWTH = 1.1
MOST_MEGABYTES = {"base64": 96, "float text": 128}
SMALL, LARGE = 10_000, 100_000
MOST_START_SECONDS = 0.1
START_ROUNDS = 9

Cost = collections.namedtuple("Cost", "wall cpu megabytes")


def best(costs):
    """Lower quartile of each figure: what else the machine does can only add."""
    def quartile(values):
        return sorted(values)[(len(values) - 1) // 4]
    return Cost(*(quartile(column) for column in zip(*costs)))


def apart(work):
    """Cost that `work` returns from a process of its own: what this one once held in memory would
    count as its later children's peak."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, json.dumps(work()).encode())
        finally:
            os._exit(0)  # the parent's files and servers are the parent's to close
    os.close(write)
    with open(read, encoding="utf-8") as told:
        text = told.read()
    os.waitpid(child, 0)
    return Cost(*json.loads(text)) if text else sys.exit("the old way failed")


class Bench:
    """The programs and where they are."""

    def __init__(self, args):
        self.args = args
        self.reembed = args.build / "reembed"
        self.sink_program = args.build / "tests" / "sandbox" / "reembed-sink"
        self.floor_program = args.build / "bench" / "transport_floor"

    def sink(self, documents, dimensions, *options):
        text = ["--float-text"] if self.args.float_text else []
        return serving([self.sink_program, "--documents", documents, "--dimensions", dimensions,
                        *text, *options])

    def run(self, env, folder, *options, collection=COLLECTION):
        """Cost of one run of the program and its report."""
        (folder / "reembed.json").write_text(json.dumps({"collections": {
            name: {"embedding_field": "vec", "text_fields": ["title", "text"]}
            for name in collection.split(",")}}), encoding="utf-8")
        command = [self.reembed, *options, "--config", "reembed.json", "--state-dir", "state",
                   "--output", "json", "--progress", "none"]
        with open(folder / "out", "w+", encoding="utf-8") as out, \
                open(folder / "errors", "w+", encoding="utf-8") as errors:
            started = time.monotonic()
            with subprocess.Popen(command, env=env, cwd=folder, stdout=out,
                                  stderr=errors) as process:
                _, status, used = os.wait4(process.pid, 0)
                wall = time.monotonic() - started
                process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            errors.seek(0)
            told = out.read()
            if process.returncode != 0:
                sys.exit(f"reembed: exit {process.returncode}\n{told}{errors.read()}"[-4000:])
        return (Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024),
                json.loads(told)["collections"])

    def migrate(self, env, documents, collection=COLLECTION):
        """Cost of a whole run; ends this program unless a rerun has nothing to do."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            cost, told = self.run(env, folder, collection=collection)
            if told[collection]["success"] != documents:
                sys.exit("not every document was written: " + json.dumps(told))
            _, told = self.run(env, folder, collection=collection)
            if told[collection]["up_to_date"] != documents:
                sys.exit("a rerun found something to do: " + json.dumps(told))
        return cost

    def once(self, documents, dimensions, *options):
        with self.sink(documents, dimensions, *options) as env:
            return self.migrate(env, documents)

    def program(self, documents, dimensions, *options):
        costs = []
        while len(costs) < ROUNDS and sum(cost.cpu for cost in costs) < ENOUGH_SECONDS:
            costs.append(self.once(documents, dimensions, *options))
        return best(costs)

    def floor(self, documents, dimensions):
        text = ["--float-text"] if self.args.float_text else []
        told = json.loads(subprocess.run(
            [self.floor_program, "--full", "--json", "--rounds", str(ROUNDS), "--documents",
             str(documents), "--dimensions", str(dimensions), "--sink", self.sink_program, *text],
            stdout=subprocess.PIPE, check=True).stdout)
        return Cost(told["wall"], told["cpu"], told["peak_kilobytes"] / 1024)

    def old_way(self, env, store_url, key, dimensions, collection=COLLECTION):
        def work():
            store = Service(store_url, {"X-TYPESENSE-API-KEY": key})
            provider = Service(env["OPENAI_BASE_URL"], {
                "Authorization": "Bearer " + env["OPENAI_API_KEY"],
                "Content-Type": "application/json"})
            wall, used = time.monotonic(), time.process_time()
            old_way(store, provider, env, dimensions,
                    lambda document: document["title"] + ", " + document["text"], collection)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            return time.monotonic() - wall, time.process_time() - used, peak
        return apart(work)

    def old_way_on_sink(self, dimensions, *options):
        with self.sink(OLD_WAY_DOCUMENTS, dimensions, *options) as env:
            url = f"http://{env['TYPESENSE_HOST']}:{env['TYPESENSE_PORT']}"
            return self.old_way(env, url, env["TYPESENSE_API_KEY"], dimensions)


def row(dimensions, documents, what, count, cost):
    print(f"| {dimensions:,} | {documents:,} | {what} | {count / cost.wall:,.0f} "
          f"| {cost.cpu * 1e4 / count:.3f} | {cost.megabytes:,.0f} |", flush=True)


def sink_table(bench, args):
    for dimensions in args.dimensions:
        old = bench.old_way_on_sink(dimensions)
        row(dimensions, OLD_WAY_DOCUMENTS, "the old way", OLD_WAY_DOCUMENTS, old)
        for documents in args.documents:
            floor = bench.floor(documents, dimensions)
            program = bench.program(documents, dimensions)
            row(dimensions, documents, "transport floor", documents, floor)
            row(dimensions, documents, "reembed", documents, program)


def real_table(bench, args):
    key = os.environ.get("TYPESENSE_API_KEY") or sys.exit("TYPESENSE_API_KEY is not set")
    server = Server(args.typesense, key)
    prefix = "reembed_bench_" + secrets.token_hex(4)
    port = server.parts.port or (443 if server.parts.scheme == "https" else 80)
    print(f"\nall that is made on {server.url} begins with {prefix}_", file=sys.stderr)
    try:
        for dimensions in args.dimensions:
            for documents in sorted({OLD_WAY_DOCUMENTS, *args.documents}):
                with bench.sink(1, dimensions) as env, tempfile.TemporaryDirectory() as name:
                    env = {**env, "TYPESENSE_HOST": server.parts.hostname,
                           "TYPESENSE_PORT": str(port), "TYPESENSE_API_KEY": key,
                           "TYPESENSE_PROTOCOL": server.parts.scheme}
                    real_rows(bench, server, env, f"{prefix}_documents", documents, dimensions,
                              pathlib.Path(name) / "documents")
                server.clean(prefix)
    finally:
        server.clean(prefix)


def real_rows(bench, server, env, collection, documents, dimensions, file):
    write_documents(file, documents, dimensions)
    if documents == OLD_WAY_DOCUMENTS:
        fill(server, collection, file, dimensions)
        old = bench.old_way(env, server.url, server.key, dimensions, collection)
        row(dimensions, documents, "the old way, real", documents, old)
        server.call("DELETE", f"/collections/{collection}")
    if documents in bench.args.documents:
        fill(server, collection, file, dimensions)
        cost = bench.migrate(env, documents, collection)
        row(dimensions, documents, "reembed, real", documents, cost)


def judge(what, value, most, unit=""):
    holds = value <= most
    print(f"- {what}: {value:.2f}{unit}, at most {most}{unit}"
          f"{'' if holds else ' **does not hold**'}", flush=True)
    return holds


def against_old_way(bench):
    latency = ["--latency-ms", OLD_WAY_LATENCY_MS]
    dimensions = 1536
    old = bench.old_way_on_sink(dimensions, *latency)
    new = bench.program(OLD_WAY_DOCUMENTS, dimensions, *latency)
    ratio = old.wall / new.wall
    holds = ratio >= AT_LEAST_OLD_WAY
    print(f"- against the old way at {OLD_WAY_LATENCY_MS} ms, {OLD_WAY_DOCUMENTS:,} documents, "
          f"{dimensions:,} dimensions: {ratio:.0f} times ({old.wall:.1f} s, {new.wall:.2f} s), "
          f"at least {AT_LEAST_OLD_WAY}{'' if holds else ' **does not hold**'}", flush=True)
    return holds


def growth(bench, args, dimensions=1536):
    how = "float text" if args.float_text else "base64"
    # In turn: the machine's mood changes from minute to minute.
    rounds = [(bench.once(args.small, dimensions), bench.once(args.large, dimensions))
              for _ in range(ROUNDS)]
    small, large = (best(costs)._replace(megabytes=max(cost.megabytes for cost in costs))
                    for costs in zip(*rounds))
    each = args.small / args.large
    return all([
        judge(f"peak memory, {how}", large.megabytes, MOST_MEGABYTES[how], " MB"),
        judge("memory, large : small", large.megabytes / small.megabytes, MOST_GROWTH),
        judge(f"CPU time per document, {args.large:,} : {args.small:,} "
              f"({large.cpu / args.large * 1e6:.0f} us, {small.cpu / args.small * 1e6:.0f} us)",
              large.cpu / small.cpu * each, MOST_GROWTH),
        judge(f"wall time per document ({large.wall / args.large * 1e6:.0f} us, "
              f"{small.wall / args.small * 1e6:.0f} us)",
              large.wall / small.wall * each, MOST_GROWTH)])


def start_up(bench):
    names = [COLLECTION, COLLECTION + "2", COLLECTION + "3"]
    walls = []
    with bench.sink(20, 256, "--collections", 3) as env:
        for _ in range(START_ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                cost, _ = bench.run(env, pathlib.Path(folder), "--dry-run",
                                    collection=",".join(names))
                walls.append(cost)
    cpu = statistics.median(cost.cpu for cost in walls)
    return judge(f"--dry-run of three small collections (CPU {cpu * 1e3:.0f} ms)",
                 best(walls).wall, MOST_START_SECONDS, " s")


def machine():
    model = next((line.split(":")[1].strip() for line in
                  pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
                  if line.startswith("model name")), platform.machine())
    return (f"{datetime.date.today()}, {os.cpu_count()} × {model}, load {os.getloadavg()[0]:.1f} "
            "at the start")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--dimensions", type=int, nargs="+", default=[256, 1536, 3072])
    parser.add_argument("--typesense")
    parser.add_argument("--float-text", action="store_true")
    parser.add_argument("--only", choices=["table", "gates"])
    parser.add_argument("--small", type=int, default=SMALL, help="documents, for memory and time")
    parser.add_argument("--large", type=int, default=LARGE)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    args = parser.parse_args()
    args.build = args.build.resolve()
    bench = Bench(args)
    print(machine() + (", float text\n" if args.float_text else "\n"))
    if args.only != "gates":
        print("| dimensions | documents | | docs/s | CPU s per 10,000 | peak MB |\n"
              "|--:|--:|---|--:|--:|--:|", flush=True)
        sink_table(bench, args)
        if args.typesense:
            real_table(bench, args)
    if not args.check and args.only != "gates":
        return 0
    print()
    held = [against_old_way(bench), growth(bench, args), start_up(bench)]
    return 0 if all(held) or not args.check else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, http.client.HTTPException) as trouble:
        sys.exit(f"compare: {trouble}")
