"""Holds the sample reports against config/report.schema.json.

Usage: schema_check.py SCHEMA PROGRAM, where PROGRAM prints a JSON array of reports.
Also damages a good report in several ways and expects the schema to object, and expects each key
that the schema names to stand in some sample: a key that no report has is not the program's.
"""
import copy
import json
import subprocess
import sys

import jsonschema


def damaged(report):
    """Yields (what is wrong, report) pairs."""

    def change(what, edit):
        other = copy.deepcopy(report)
        edit(other, other["collections"]["instructions"])
        return what, other

    yield change("no exit code", lambda run, one: run.pop("exit_code"))
    yield change("unknown exit code", lambda run, one: run.update(exit_code=7))
    yield change("other version", lambda run, one: run.update(report_version=2))
    yield change("unknown key", lambda run, one: run.update(surprise=1))
    yield change("time without zone", lambda run, one: run.update(started_at="2026-11-21T02:34:15"))
    yield change("number as text", lambda run, one: one.update(tokens="61"))
    yield change("negative count", lambda run, one: one.update(success=-1))
    yield change("unknown status", lambda run, one: one.update(status="done"))
    yield change("no failures", lambda run, one: one.pop("failures"))
    yield change("skipped without reason", lambda run, one: one.update(status="skipped"))
    yield change("error without message", lambda run, one: one.update(status="error"))
    yield change("completed with failures", lambda run, one: one.update(failed=1))
    yield change("message beside success", lambda run, one: one.update(message="fine"))
    yield change("remaining of skipped", lambda run, one: one.update(
        status="skipped", reason="r", count=0, success=0, remaining=3))
    yield change("unknown stage", lambda run, one: one.update(
        failures=[{"id": "1", "stage": "read", "kind": "bad_text", "message": ""}]))


def used_keys(schema, node, value, used):
    """Adds to `used` the (node, key) pairs of the schema that a value has."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    for part in node.get("anyOf", []) + node.get("oneOf", []):
        used_keys(schema, part, value, used)
    if isinstance(value, list) and "items" in node:
        for item in value:
            used_keys(schema, node["items"], item, used)
    if not isinstance(value, dict):
        return
    for key, child in value.items():
        if key in node.get("properties", {}):
            used.add((id(node), key))
            used_keys(schema, node["properties"][key], child, used)
        elif isinstance(node.get("additionalProperties"), dict):
            used_keys(schema, node["additionalProperties"], child, used)


def unused_keys(schema, reports):
    """The keys that the schema names and no report has."""
    used = set()
    for report in reports:
        used_keys(schema, schema, report, used)
    pending = [("", schema)] + [(name, node) for name, node in schema.get("$defs", {}).items()]
    while pending:
        name, node = pending.pop()
        for key, child in node.get("properties", {}).items():
            if (id(node), key) not in used:
                yield f"{name}/{key}"
            pending.append((f"{name}/{key}", child))


def judge(damaged_reports, least):
    """Checks the samples of a program against a schema, both named on the command line.

    `damaged_reports` makes (what is wrong, report) pairs of a good report; `least` is how many
    samples there are at least. Ends the process.
    """
    schema_path, program = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    printed = subprocess.run([program], check=True, stdout=subprocess.PIPE).stdout
    reports = json.loads(printed.decode("utf-8"))
    problems = [f"report {number}: {error.json_path}: {error.message}"
                for number, report in enumerate(reports)
                for error in validator.iter_errors(report)]
    problems += [f"not noticed: {what}"
                 for what, report in damaged_reports(reports[0]) if validator.is_valid(report)]
    problems += [f"in no report: {key}" for key in unused_keys(schema, reports)]
    print("\n".join(problems) or f"{len(reports)} reports follow the schema")
    sys.exit(1 if problems or len(reports) < least else 0)


if __name__ == "__main__":
    judge(damaged, least=6)
