"""The server that is measured on: made-up documents in collections of one's own."""

import contextlib
import http.client
import itertools
import json
import random
import subprocess
import sys
import time
import urllib.parse

PER_IMPORT = 250
PATIENCE = 600  # seconds for one request
CLEANING = 120  # seconds to get rid of what was made
PAUSE = 0.05  # seconds before it is looked whether they are gone
WORDS = ("orders region month revenue customer invoice table column join count average total "
         "year week product store supplier price discount return shipment country city segment "
         "channel budget forecast margin stock warehouse employee contract campaign visit").split()


def read_env(stream):
    """The settings that sandbox and sink print as lines; the last one names Google's URL."""
    env = {}
    for line in stream:
        name, _, value = line.strip().partition("=")
        env[name] = value
        if name == "GOOGLE_GEMINI_BASE_URL":
            return env
    sys.exit("the sandbox did not start")


@contextlib.contextmanager
def serving(command):
    """A sandbox or sink for a while: its settings."""
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                          text=True) as process:
        try:
            yield read_env(process.stdout)
        finally:
            process.terminate()


class Server:
    """A Typesense: one connection per call unless one is given."""

    def __init__(self, url, key):
        self.url = url
        self.key = key
        self.parts = urllib.parse.urlsplit(url)

    def connect(self, timeout=PATIENCE):
        kind = (http.client.HTTPSConnection if self.parts.scheme == "https"
                else http.client.HTTPConnection)
        return contextlib.closing(kind(self.parts.hostname, self.parts.port, timeout=timeout))

    def ask(self, connection, method, path, body=None):
        """Status and text of the answer."""
        connection.request(method, self.parts.path.rstrip("/") + path, body,
                           {"X-TYPESENSE-API-KEY": self.key, "Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def call(self, method, path, body=None, connection=None):
        if connection is None:
            with self.connect() as own:
                return self.call(method, path, body, own)
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        status, text = self.ask(connection, method, path, data)
        if status >= 300 or b'"success":false' in text:
            sys.exit(f"{method} {path}: {status} {text[:300].decode(errors='replace')}")
        return text

    def made(self, prefix):
        """The paths of the aliases, then of the collections, with that name."""
        aliases = json.loads(self.call("GET", "/aliases"))["aliases"]
        stored = json.loads(self.call("GET", "/collections?exclude_fields=fields"))
        return [f"/{kind}/{item['name']}" for kind, items in
                (("aliases", aliases), ("collections", stored)) for item in items
                if item["name"].startswith(prefix + "_")]

    def clean(self, prefix):
        """Deletes those; a server that still alters one refuses for a while."""
        give_up = time.monotonic() + CLEANING
        while left := self.made(prefix):
            if time.monotonic() > give_up:
                sys.exit("could not delete, do it by hand: " + ", ".join(left))
            for path in left:
                with self.connect() as connection:
                    self.ask(connection, "DELETE", path)
            time.sleep(PAUSE)


def write_documents(path, documents, dimensions):
    """A line each, the vector in 7 digits; the same ones for every strategy."""
    dice = random.Random(1)
    with open(path, "w", encoding="ascii") as file:
        for number in range(documents):
            numbers = [dice.gauss(0, 1) for _ in range(dimensions)]
            length = sum(x * x for x in numbers) ** 0.5
            vector = ",".join(f"{x / length:.7g}" for x in numbers)
            head = json.dumps({
                "id": f"d{number}",
                "title": " ".join(["orders", str(number)] + dice.choices(WORDS, k=3)),
                "text": " ".join(dice.choices(WORDS, k=80)), "kind": dice.choice(WORDS[:10]),
                "rank": dice.randrange(1000)})
            file.write(f'{head[:-1]}, "vec": [{vector}]}}\n')


def fill(server, collection, documents, dimensions):
    """Creates the collection; seconds that the inserts took."""
    with server.connect() as connection:
        server.call("POST", "/collections", {"name": collection, "fields": [
            {"name": "title", "type": "string"}, {"name": "text", "type": "string"},
            {"name": "kind", "type": "string", "facet": True}, {"name": "rank", "type": "int32"},
            {"name": "vec", "type": "float[]", "num_dim": dimensions}]}, connection)
        seconds = 0
        with open(documents, "rb") as file:
            while lines := b"".join(itertools.islice(file, PER_IMPORT)):
                started = time.monotonic()
                server.call("POST", f"/collections/{collection}/documents/import", lines,
                            connection)
                seconds += time.monotonic() - started
    return seconds
