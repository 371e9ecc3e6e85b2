"""Holds the sample reports of a verb against its schema.

Usage: verb_schema_check.py SCHEMA PROGRAM, where PROGRAM prints a JSON array of reports.
Also damages the first report, at every key of every object, and expects the schema to object: a
key that is missing, one that is unknown, a value of a type that no key has.
"""
import copy

from schema_check import judge

# Objects whose keys are names, not words of the report.
BY_NAME = {"collections"}
# Keys that may be missing.
OPTIONAL = {"message"}


def places(value, path=()):
    """Yields the path of every object in a report."""
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from places(inner, path + (key,))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, path + (number,))


def damaged(report):
    """Yields (what is wrong, report) pairs."""

    def at(path):
        other = copy.deepcopy(report)
        place = other
        for step in path:
            place = place[step]
        return other, place

    for path in places(report):
        if path and path[-1] in BY_NAME:
            continue
        other, place = at(path)
        place["surprise"] = 1
        yield f"{path}: unknown key", other
        for key in list(place):
            if key == "surprise":
                continue
            other, inner = at(path)
            inner[key] = {"surprise": [True]}
            yield f"{path}: {key} of another type", other
            if key not in OPTIONAL:
                other, inner = at(path)
                del inner[key]
                yield f"{path}: no {key}", other


if __name__ == "__main__":
    judge(damaged, least=3)
