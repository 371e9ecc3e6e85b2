#!/usr/bin/env python3
"""Times reembed against the way it replaces: one embedding call and one PATCH per document.

Both migrate the same documents in the sandbox, one after the other, over kept connections, and
both ends are compared vector by vector. Prints the two figures and their ratio.
Usage: bench/against_the_old_way.py [--documents N] [--latency-ms N] [--dimensions N] [--build DIR]
Exit 1 when a vector differs or the ratio is below --at-least (20).
"""

import argparse
import array
import base64
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.dont_write_bytecode = True  # the folder is under version control
# pylint: disable=wrong-import-position
from server import serving

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLLECTION = "documents"


class Service:
    """One kept connection that speaks JSON."""

    def __init__(self, url, headers):
        parts = urllib.parse.urlsplit(url)
        self.path = parts.path.rstrip("/")
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port)
        self.headers = headers

    def call(self, method, path, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request(method, self.path + path, data, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {text[:200]!r}")
        return text


def load(store, documents, dimensions):
    store.call("POST", "/collections", {
        "name": COLLECTION,
        "fields": [{"name": "title", "type": "string"},
                   {"name": "vec", "type": "float[]", "num_dim": dimensions}]})
    old = [0.25] * dimensions
    lines = [json.dumps({"id": str(i), "title": f"orders of region {i} by month", "vec": old})
             for i in range(documents)]
    store.call("POST", f"/collections/{COLLECTION}/documents/import", "\n".join(lines).encode())


def export(store, collection=COLLECTION):
    text = store.call("GET", f"/collections/{collection}/documents/export", b"")
    return [json.loads(line) for line in text.splitlines()]


def vectors(store):
    return {d["id"]: array.array("f", d["vec"]) for d in export(store)}


def old_way(store, provider, env, dimensions, text_of=lambda document: document["title"],
            collection=COLLECTION):
    """The script that reembed replaces, as fast as Python and kept connections make it."""
    for document in export(store, collection):
        answer = json.loads(provider.call("POST", "/embeddings", {
            "model": env["EMBEDDING_MODEL"], "input": text_of(document),
            "encoding_format": "base64", "dimensions": dimensions}))
        vector = array.array("f", base64.b64decode(answer["data"][0]["embedding"]))
        store.call("PATCH", f"/collections/{collection}/documents/{document['id']}",
                   {"vec": list(vector)})


def reembed(program, env, folder):
    config = folder / "reembed.json"
    config.write_text(json.dumps({"collections": {
        COLLECTION: {"embedding_field": "vec", "text_fields": ["title"]}}}))
    done = subprocess.run([program, "--config", config, "--output", "json", "--progress", "none"],
                          env={**env, "PATH": os.environ["PATH"]}, cwd=folder,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"reembed: exit {done.returncode}\n{done.stdout}{done.stderr}")


def timed(action):
    started = time.monotonic()
    action()
    return time.monotonic() - started


def compare(args, env, folder):
    store_url = f"http://{env['TYPESENSE_HOST']}:{env['TYPESENSE_PORT']}"
    store = Service(store_url, {"X-TYPESENSE-API-KEY": env["TYPESENSE_API_KEY"]})
    provider = Service(env["OPENAI_BASE_URL"], {
        "Authorization": "Bearer " + env["OPENAI_API_KEY"], "Content-Type": "application/json"})
    load(store, args.documents, args.dimensions)
    initial = vectors(store)
    new = timed(lambda: reembed(args.build / "reembed", env, folder))
    by_reembed = vectors(store)
    store.call("DELETE", f"/collections/{COLLECTION}", b"")
    load(store, args.documents, args.dimensions)
    old = timed(lambda: old_way(store, provider, env, args.dimensions))
    if by_reembed != vectors(store) or by_reembed == initial:
        sys.exit("the two ways left different vectors")
    return old, new


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--latency-ms", type=int, default=20)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--at-least", type=float, default=20)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    args = parser.parse_args()
    args.build = args.build.resolve()
    command = [args.build / "tests" / "sandbox" / "reembed-sandbox", "--empty",
               "--latency-ms", str(args.latency_ms), "--dimensions", str(args.dimensions)]
    with serving(command) as env, tempfile.TemporaryDirectory() as folder:
        old, new = compare(args, env, pathlib.Path(folder))
    print(f"{args.documents} documents, {args.dimensions} dimensions, "
          f"{args.latency_ms} ms provider latency, against the sandbox")
    print(f"one call and one PATCH per document  {old:8.2f} s  {args.documents / old:8.0f} docs/s")
    print(f"reembed                              {new:8.2f} s  {args.documents / new:8.0f} docs/s")
    print(f"ratio                                {old / new:8.1f}")
    return 0 if old / new >= args.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
