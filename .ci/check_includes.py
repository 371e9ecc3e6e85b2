#!/usr/bin/env python3
"""Checks who includes whom, from the #include lines. The rules are the tables below."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Folder -> layer; the longest prefix that matches wins. A file without a layer is a problem.
LAYER_OF = {
    "include/reembed/base": "base",
    "include/reembed/core": "core",
    "include/reembed/ports": "ports",
    "src/base": "base",
    "src/core": "core",
    "src/resilience": "resilience",
    "src/io": "io",
    "src/app": "app",
    "providers": "providers",
}

# Layer -> layers it may include, itself apart.
MAY_INCLUDE = {
    "base": set(),
    "core": {"base"},
    "ports": {"base", "core"},
    "resilience": {"base", "core", "ports"},
    "io": {"base", "core", "ports"},
    "providers": {"base", "core", "ports"},
    "app": {"base", "core", "ports"},
    "main": {"base", "core", "ports", "resilience", "io", "providers", "app"},
}

# Third-party header -> folders whose files may include it; public headers never may.
LIBRARY_FOLDERS = {
    "curl/": {"src/io/http"},
    "CLI/": {"src"},
    "spdlog/": {"src/io/report"},
    "nlohmann/": {"src/core", "src/core/config", "src/io/report", "src/io/typesense", "providers"},
    "simdjson": {"src/core", "src/io/typesense", "providers"},
    "xxhash": {"src/core"},
    "sqlite3": {"src/io/journal"},
    "httplib": set(),
    "catch2/": set(),
}

# Too slow to compile to stand in any header.
CHEAP_HEADERS = {"nlohmann/json_fwd.hpp"}
ONLY_IN_SOURCES = {"nlohmann/", "spdlog/", "CLI/", "sqlite3"}

# Words that may not stand outside providers/: the core knows no provider by name.
PROVIDER_NAMES = re.compile(r"openai|gemini|google", re.IGNORECASE)
PROVIDER_NAME_FOLDERS = ("providers/",)

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def layer(path):
    if str(pathlib.PurePosixPath(path).parent) == "src":
        return "main"
    for folder in sorted(LAYER_OF, key=len, reverse=True):
        if path.startswith(folder + "/"):
            return LAYER_OF[folder]
    return None


def resolve(source, name):
    """The file of ours that an include names, relative to the root, or None."""
    for base in (source.parent, ROOT / "include", ROOT):
        candidate = (base / name).resolve()
        if candidate.is_file() and candidate.is_relative_to(ROOT):
            return candidate.relative_to(ROOT).as_posix()
    return None


def library_problem(path, name):
    for prefix, folders in LIBRARY_FOLDERS.items():
        if not name.startswith(prefix):
            continue
        if path.startswith("include/") or (
            path.endswith(".h") and prefix in ONLY_IN_SOURCES and name not in CHEAP_HEADERS
        ):
            return f"{path}: a header includes <{name}>"
        if str(pathlib.PurePosixPath(path).parent) not in folders:
            return f"{path}: <{name}> belongs into {', '.join(sorted(folders)) or 'no folder'}"
    return None


def check(source):
    path = source.relative_to(ROOT).as_posix()
    own = layer(path)
    if own is None:
        yield f"{path}: its folder has no layer"
    text = source.read_text(encoding="utf-8")
    for line in text.splitlines():
        match = INCLUDE.match(line)
        if not match:
            continue
        target = resolve(source, match.group(2))
        if target is None:
            problem = library_problem(path, match.group(2))
            if problem:
                yield problem
            continue
        other = layer(target)
        if other != own and other not in MAY_INCLUDE.get(own, set()):
            yield f"{path}: layer {own} may not include {target} (layer {other or 'none'})"
    if not path.startswith(PROVIDER_NAME_FOLDERS):
        for number, line in enumerate(text.splitlines(), 1):
            if PROVIDER_NAMES.search(line):
                yield f"{path}:{number}: names a provider"


def main():
    sources = [
        p
        for folder in ("include", "src", "providers")
        for p in sorted((ROOT / folder).rglob("*"))
        if p.suffix in (".h", ".cc")
    ]
    problems = [problem for source in sources for problem in check(source)]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
