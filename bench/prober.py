"""What the users of an application see while its vectors are computed anew: they search."""

import collections
import contextlib
import http.client
import json
import random
import threading
import time

PERIOD = 0.05  # seconds between two searches
PROBE_PATIENCE = 60  # for one search

Probe = collections.namedtuple("Probe", "sent seconds result reason")


class Prober(threading.Thread):
    """A user of the application who searches every 50 ms."""

    def __init__(self, server, search):
        super().__init__(daemon=True)
        self.server = server
        self.body = json.dumps({"searches": [
            {**search, "per_page": 10, "exclude_fields": "text,vec"}]}).encode()
        self.probes = []
        self.ended = threading.Event()
        self.start()

    def run(self):
        while not self.ended.is_set():  # anew when the connection was lost
            with self.server.connect(PROBE_PATIENCE) as connection:
                self.search(connection)

    def search(self, connection):
        result = "ok"
        while not self.ended.is_set() and result != "lost":
            sent = time.monotonic()
            try:
                status, text = self.server.ask(connection, "POST", "/multi_search", self.body)
                result, reason = self.judge(status, text)
            except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
                result, reason = "lost", f"no answer ({error})"
            seconds = time.monotonic() - sent
            self.probes.append(Probe(sent, seconds, "refused" if result == "lost" else result,
                                     reason))
            self.ended.wait(PERIOD - seconds % PERIOD)

    @staticmethod
    def judge(status, text):
        answer = json.loads(text)
        if status == 200:
            answer = answer["results"][0]
            if "hits" in answer:
                return ("ok" if answer["hits"] else "empty"), ""
        return "refused", answer.get("error") or answer.get("message") or f"status {status}"

    def finish(self):
        self.ended.set()
        self.join()
        return self.probes


@contextlib.contextmanager
def searched(server, name, dimensions):
    """The list that is yielded holds the keyword and the vector searches when it has ended."""
    dice = random.Random(2)
    vector = ",".join(f"{dice.gauss(0, dimensions ** -0.5):.7g}" for _ in range(dimensions))
    # Each with a connection of its own, so that the waits of one do not hide those of the other.
    probers = [Prober(server, {"collection": name, **search}) for search in (
        {"q": "orders", "query_by": "title"},
        {"q": "*", "vector_query": f"vec:([{vector}], k:10)"})]
    seen = []
    try:
        yield seen
    finally:
        seen.extend(prober.finish() for prober in probers)


def waits(probes):
    """Sorted milliseconds per visitor, with those who would have come while another one waited."""
    return sorted(1000 * (probe.seconds - PERIOD * late) for probe in probes
                  for late in range(int(probe.seconds / PERIOD) + 1))


def away(probes):
    """Seconds from a first bad search to the next good one, all such times together."""
    total = 0
    since = None
    for probe in probes:
        if since is None and probe.result != "ok":
            since = probe.sent
        elif since is not None and probe.result == "ok":
            total += probe.sent + probe.seconds - since
            since = None
    return total if since is None else total + probes[-1].sent + probes[-1].seconds - since
