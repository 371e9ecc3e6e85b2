#!/usr/bin/env python3
"""Caps on files: lines per file and per line, real sleeps, unfinished business."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_FILE_LINES = 400
MAX_COLUMNS = 100
FORBIDDEN = {
    re.compile(r"\b(TODO|FIXME|XXX)\b"): "unfinished business",
    re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b"): "a real sleep",
}


def problems_of(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    name = path.relative_to(ROOT).as_posix()
    if len(lines) > MAX_FILE_LINES:
        yield f"{name}: {len(lines)} lines, at most {MAX_FILE_LINES}"
    for number, line in enumerate(lines, 1):
        # Raw strings of tests may hold a server's line as it is.
        if len(line) > MAX_COLUMNS and not name.startswith("tests/"):
            yield f"{name}:{number}: {len(line)} columns, at most {MAX_COLUMNS}"
        for pattern, what in FORBIDDEN.items():
            if pattern.search(line):
                yield f"{name}:{number}: {what}"


def main():
    folders = ("include", "src", "providers", "tests", "bench")
    sources = [p for f in folders for p in sorted((ROOT / f).rglob("*")) if p.suffix in (".h", ".cc")]
    problems = [problem for source in sources for problem in problems_of(source)]
    readme = (ROOT / "README.md").read_text(encoding="utf-8").count("\n")
    if readme > 150:
        problems.append(f"README.md: {readme} lines, at most 150")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
