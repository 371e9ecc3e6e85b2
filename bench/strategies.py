#!/usr/bin/env python3
"""Compares the strategies at equal dimensions: the speed of each stage, and what searches saw.

Fills a collection of its own for each strategy, migrates it while a keyword and a vector search
are made every 50 ms, and lets `reembed verify` hold every vector against what was embedded. The
server is a sandbox that takes its time as a measured one did, or the one at --typesense with the
key in TYPESENSE_API_KEY. Embeddings always come from the sandbox: they cost nothing.
Usage: bench/strategies.py [--documents N] [--dimensions N] [--typesense URL]
                           [--insert-ms N] [--write-ms N] [--alter-ms N]
                           [--reembed FILE] [--sandbox FILE]
Exit 1 when a run fails or a vector is not right. All that it made is deleted, on Ctrl-C as well;
its names begin with `reembed_bench_` and a random number.
"""

import argparse
import collections
import contextlib
import http.client
import json
import os
import pathlib
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.dont_write_bytecode = True  # the folder is under version control
# pylint: disable=wrong-import-position
from prober import away, searched, waits
from server import Server, fill, read_env, write_documents

ROOT = pathlib.Path(__file__).resolve().parent.parent
STRATEGIES = ("in-place", "rebuild", "alias")
STAGES = ("embed", "embed and write", "drop", "write", "add", "copy", "carry over")
# Milliseconds a document at 768 dimensions on a Typesense 29.0: a fresh insert, an update under a
# live index, the drop of the field. The sandbox takes SCALE of each, so that the relations stay.
MEASURED = {"insert": 1000 / 481, "write": 1000 / 59, "alter": 4000 / 3000}
SCALE = 0.4
IDLE_SECONDS = 2
RECOMPUTED = 20


def say(text):
    print(text, file=sys.stderr, flush=True)


class Program:
    """reembed, with a configuration for one collection and a journal of its own."""

    def __init__(self, args, env, folder, name):
        self.args = args
        self.env = env
        self.folder = folder
        self.name = name
        (folder / "reembed.json").write_text(json.dumps({"collections": {
            name: {"embedding_field": "vec", "text_fields": ["title", "text"]}}}))

    def run(self, *options):
        """What it reports; ends this program when it fails."""
        command = [self.args.reembed, *options, "--config", "reembed.json", "--state-dir", "state",
                   "--dimensions", str(self.args.dimensions), "--output", "json",
                   "--progress", "none"]
        # Out of reach of Ctrl-C: that one is for this program, which then stops the other.
        with tempfile.TemporaryFile("w+") as errors, subprocess.Popen(
                command, env=self.env, cwd=self.folder, text=True, start_new_session=True,
                stdout=subprocess.PIPE, stderr=errors) as process:
            try:
                out = process.communicate()[0]
            except BaseException:
                stop(process)
                raise
            errors.seek(0)
            told = out + errors.read()
        if process.returncode != 0:
            sys.exit(f"reembed {' '.join(options)}: exit {process.returncode}\n{told[-4000:]}")
        return json.loads(out)["collections"][self.name]

    def stage_seconds(self):
        log = (self.folder / "log").read_text(encoding="utf-8")
        seconds = collections.defaultdict(float)
        for stage, took in re.findall(
                rf"\b{re.escape(self.name)}: (.+) took ([\d.]+) s$", log, re.MULTILINE):
            seconds[stage] += float(took)
        if not seconds:
            sys.exit("the log says nothing of stages:\n" + log[-2000:])
        return dict(seconds)

    def verify(self):
        found = self.run("verify", "--recompute", str(min(RECOMPUTED, self.args.documents)))
        if found["status"] != "matches" or found["counts"]["match"] != self.args.documents:
            sys.exit(f"vectors are not right: {json.dumps(found, indent=1)[:4000]}")


def stop(process):
    """With a moment to end what it has begun on the server."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


class Measured:
    """What came of one strategy."""

    def __init__(self, stages, wall, seen):
        self.stages = stages
        self.wall = wall
        self.seen = seen
        # At least what the log resolves: there may have been nothing to do.
        self.total = max(0.001, sum(took for stage, took in stages.items() if stage != "embed"))


def measure(args, server, env, prefix, strategy, folder):
    """The strategy's figures, and the seconds of a fresh insert."""
    name = f"{prefix}_{strategy.replace('-', '_')}"
    say(f"{strategy}: filling {name}")
    stored = name + "_old" if strategy == "alias" else name
    inserted = fill(server, stored, folder.parent / "documents", args.dimensions)
    if stored != name:
        server.call("PUT", f"/aliases/{name}", {"collection_name": stored})
    say(f"{strategy}: migrating")
    program = Program(args, env, folder, name)
    with searched(server, name, args.dimensions) as seen:
        started = time.monotonic()
        program.run("run", "--strategy", strategy, "-v", "--log-file", "log")
        wall = time.monotonic() - started
    say(f"{strategy}: verifying")
    program.verify()
    server.clean(prefix)
    return Measured(program.stage_seconds(), wall, seen), inserted


def measure_idle(args, server, prefix, documents):
    """The searches when nothing else is done."""
    name = f"{prefix}_idle"
    say(f"idle: filling {name}")
    fill(server, name, documents, args.dimensions)
    with searched(server, name, args.dimensions) as seen:
        time.sleep(IDLE_SECONDS)
    server.clean(prefix)
    return seen


def stage_table(results, documents, insert_rate):
    def row(title, cells):
        print(f"{title:<20}" + "".join(f"{cell:>20}" for cell in cells))

    def figures(seconds):
        return "-" if seconds is None else f"{seconds:.2f}{documents / max(seconds, 1e-3):>11,.0f}"

    fastest = min(result.total for result in results.values())
    row("", results)
    row("", ["seconds     docs/s"] * len(results))
    taken = {stage: 0 for result in results.values() for stage in result.stages}
    for stage in [s for s in STAGES if s in taken] + [s for s in taken if s not in STAGES]:
        row(stage, [figures(result.stages.get(stage)) for result in results.values()])
    row("total without embed", [figures(result.total) for result in results.values()])
    row("  time, fastest = 1", [f"{result.total / fastest:.2f}" for result in results.values()])
    row("  speed, insert = 1",
        [f"{documents / result.total / insert_rate:.2f}" for result in results.values()])
    row("whole run", [figures(result.wall) for result in results.values()])


def search_table(seen_by):
    print(f"{'searches':<20}{'ok':>7}{'empty':>7}{'refused':>9}{'p50 ms':>9}{'p95 ms':>9}"
          f"{'max ms':>9}{'away s':>9}")
    reasons = collections.Counter()
    for title, seen in seen_by.items():
        for kind, probes in zip(("keyword", "vector"), seen):
            if not probes:
                continue
            counts = collections.Counter(probe.result for probe in probes)
            times = waits(probes)
            print(f"{title + ', ' + kind:<20}{counts['ok']:>7}{counts['empty']:>7}"
                  f"{counts['refused']:>9}{times[len(times) // 2]:>9.0f}"
                  f"{times[len(times) * 95 // 100]:>9.0f}{times[-1]:>9.0f}{away(probes):>9.2f}")
            reasons.update((title, kind, p.reason) for p in probes if p.result == "refused")
    for (title, kind, reason), count in reasons.items():
        print(f"refused, {title}, {kind}: {count} x {reason}")


def on_stop_signals(action):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, action)


def clean_up(server, prefix):
    try:
        server.clean(prefix)
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"could not delete {prefix}_… on {server.url}, do it by hand: {error}")


def compare(args, server, env, folder):
    write_documents(folder / "documents", args.documents, args.dimensions)
    prefix = "reembed_bench_" + secrets.token_hex(4)
    if server.made(prefix):
        sys.exit(f"{prefix}_… is there already: run this again")
    say(f"all that is made on {server.url} begins with {prefix}_")
    results, inserts = {}, []
    try:
        # Also warms up what only the first collection would wait for.
        idle = measure_idle(args, server, prefix, folder / "documents")
        for strategy in STRATEGIES:
            (folder / strategy).mkdir()
            results[strategy], inserted = measure(args, server, env, prefix, strategy,
                                                  folder / strategy)
            inserts.append(args.documents / inserted)
    finally:
        say(f"deleting what is left of {prefix}_…")
        on_stop_signals(signal.SIG_IGN)
        clean_up(server, prefix)
        on_stop_signals(signal.default_int_handler)
    rate = statistics.median(inserts)
    print(f"{args.documents:,} documents, {args.dimensions} dimensions, {describe(args)}")
    print(f"fresh insert: {rate:,.0f} docs/s (median of {len(inserts)}, "
          f"{min(inserts):,.0f} to {max(inserts):,.0f})\n")
    stage_table(results, args.documents, rate)
    print()
    search_table({"idle": idle, **{name: result.seen for name, result in results.items()}})
    print("\nEvery vector is right.")


def describe(args):
    if args.typesense:
        return "against " + args.typesense
    return (f"against the sandbox, which takes {args.insert_ms:.2f} ms an insert, "
            f"{args.write_ms:.2f} an update,\n{args.alter_ms:.2f} a document dropped, "
            "twice that for one written meanwhile and 1.6 times for one added")


@contextlib.contextmanager
def running_sandbox(args):
    """Its settings; with --typesense it is only the provider."""
    command = [args.sandbox, "--empty"]
    if not args.typesense:
        command += ["--insert-ms", str(args.insert_ms), "--write-ms", str(args.write_ms),
                    "--alter-ms", str(args.alter_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                          start_new_session=True) as process:
        try:
            yield read_env(process.stdout)
        finally:
            process.terminate()


def read_arguments():
    parser = argparse.ArgumentParser(
        description="Compares the strategies at equal dimensions; see bench/README.md.")
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--dimensions", type=int, default=768, help="at most 1536")
    parser.add_argument("--typesense", metavar="URL",
                        help="a real server, its key in TYPESENSE_API_KEY")
    for work, measured in MEASURED.items():
        parser.add_argument(f"--{work}-ms", type=float, metavar="N",
                            help=f"of the sandbox, a document ({SCALE * measured:.2f})")
    build = ROOT / "build" / "release"
    parser.add_argument("--reembed", type=pathlib.Path, default=build / "reembed")
    parser.add_argument("--sandbox", type=pathlib.Path,
                        default=build / "tests" / "sandbox" / "reembed-sandbox")
    args = parser.parse_args()
    if args.documents < 1 or not 1 <= args.dimensions <= 1536:
        parser.error("needs a document, and 1 to 1536 dimensions (of the sandbox's model)")
    parts = urllib.parse.urlsplit(args.typesense or "http://sandbox")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        parser.error("--typesense: a URL such as http://localhost:8108")
    if args.typesense and not os.environ.get("TYPESENSE_API_KEY"):
        parser.error("--typesense: set TYPESENSE_API_KEY to the server's key")
    for work, measured in MEASURED.items():
        if getattr(args, work + "_ms") is None:
            setattr(args, work + "_ms", SCALE * measured)
        elif args.typesense:
            parser.error(f"--{work}-ms is for the sandbox")
    args.reembed, args.sandbox = args.reembed.resolve(), args.sandbox.resolve()
    return args


def main():
    args = read_arguments()
    on_stop_signals(signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory() as folder, running_sandbox(args) as env:
            # Nothing else of the caller's settings may lead the program elsewhere.
            env.update({name: value for name, value in os.environ.items()
                        if name in ("PATH", "SSL_CERT_FILE") or name.endswith("SAN_OPTIONS")})
            server = Server(f"http://{env['TYPESENSE_HOST']}:{env['TYPESENSE_PORT']}",
                            env["TYPESENSE_API_KEY"])
            if args.typesense:
                server = Server(args.typesense, os.environ["TYPESENSE_API_KEY"])
                env.update(TYPESENSE_NODES=server.url, TYPESENSE_API_KEY=server.key)
            compare(args, server, env, pathlib.Path(folder))
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"strategies.py: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
