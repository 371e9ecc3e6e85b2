"""Checks that config/reembed.schema.json says what the parser says, in both directions.

Usage: schema_check.py SOURCE PROGRAM, where PROGRAM (judge_configs.cc) shows what the parser makes
of files. The shipped file and tests/data/config/good are accepted, each file of
tests/data/config/broken is refused; both know the same keys in each section; each value of many
kinds at each key is judged alike; and each default is the parser's.
"""
import copy
import json
import pathlib
import re
import subprocess
import sys

from jsonschema import Draft202012Validator

# A complete file to which one change is made at a time.
BASE = {
    "embedding": {"family": "google", "model": "m", "openai": {}, "google": {}},
    "typesense": {}, "update": {}, "journal": {},
    "collections": {"notes": {"embedding_field": "v", "text_fields": ["t"]}},
}
COLLECTION = ("collections", "notes")
# Where no schema can follow the parser: these values are refused by the parser alone.
PARSER_ONLY = {
    (*COLLECTION, "template"): lambda value: not re.search(r"\{\w+\}", str(value)),
    (*COLLECTION, "task_type"): lambda value: isinstance(value, str),
    (*COLLECTION, "embedding_field"): lambda value: value == "t",
    (*COLLECTION, "text_fields"): lambda value: value == ["v"],
}
VALUES = [None, True, False, "", " ", "x", "\n", "a\u0000b", "v", "t", "{x}", "é",
          "SEMANTIC_SIMILARITY", 0, 1, -1, 2, 0.5, 1.0, 1.5, 0.001, 0.0009, 1e300, [], {}, [""],
          ["x"], ["x", "x"], ["v"], [1], {"x": 1},
          "http://localhost:8108", "http://u:p@host", "ftp://host", "http://", ["http://host"],
          ["http://host/?q"], ["http://host", "http://host"], "localhost:8108"]


def resolved(schema, node):
    """The node with what its `$ref` names laid under it."""
    while "$ref" in node:
        under = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        node = {**under, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def sections(schema):
    """(path, node) of every object of the file that has keys of its own."""
    pending = [((), schema)]
    while pending:
        path, node = pending.pop()
        yield path, node
        for key, child in node["properties"].items():
            child = resolved(schema, child)
            if "properties" in child:
                pending.append(((*path, key), child))
            elif key == "collections":
                pending.append((COLLECTION, resolved(schema, child["additionalProperties"])))


def leaves(schema):
    for path, node in sections(schema):
        for key, child in node["properties"].items():
            child = resolved(schema, child)
            if "properties" not in child and key != "collections":
                yield (*path, key), child


def changed(path, value):
    """BASE with one value set, and for a template or skip without what it replaces."""
    file = copy.deepcopy(BASE)
    target = file
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    if path == (*COLLECTION, "template"):
        del target["text_fields"]
    # A collection's task type and a section's options show only with the family that has them.
    if path[:2] == ("embedding", "openai"):
        file["embedding"]["family"] = "openai"
    return file


def values_for(node):
    """Values of every kind, and those at the edges of what the schema allows."""
    values = list(VALUES) + list(node.get("enum", []))
    values += [word.upper() for word in node.get("enum", [])]
    for bound in ("minimum", "maximum"):
        if bound in node:
            values += [node[bound], node[bound] - 1, node[bound] + 1, node[bound] + 0.5]
    return values


def judge(program, files):
    """What the parser makes of each file."""
    lines = "".join(json.dumps(file) + "\n" for file in files)
    out = subprocess.run([program], input=lines.encode(), check=True, stdout=subprocess.PIPE)
    answers = [json.loads(line) for line in out.stdout.decode("utf-8").splitlines()]
    assert len(answers) == len(files)
    return answers


def check_files(validator, root):
    data = root / "tests/data/config"
    good = [root / "config/reembed.json", *sorted((data / "good").glob("*.json"))]
    broken = sorted((data / "broken").glob("*.json"))
    valid = {path: validator.is_valid(json.loads(path.read_text(encoding="utf-8")))
             for path in good + broken}
    yield from (f"refused: {path}" for path in good if not valid[path])
    yield from (f"accepted: {path}" for path in broken if valid[path])
    if len(good) < 3 or len(broken) < 24:
        yield "files are missing in tests/data/config"


def check_keys(schema, program):
    """An unknown key makes the parser list those it knows: they must be the schema's."""
    found = list(sections(schema))
    answers = judge(program, [changed((*path, "unknown_key_zz"), 1) for path, _ in found])
    for (path, node), answer in zip(found, answers):
        lists = [p.split("allowed: ", 1)[1] for p in answer["problems"] if "allowed: " in p]
        known = lists[0] if lists else ""
        keys = {key.strip().strip('"') for key in known.split(",")}
        for key in sorted(keys ^ set(node["properties"])):
            side = "parser" if key in keys else "schema"
            yield f"/{'/'.join(path)}: only the {side} knows {key!r}"


def check_values(schema, validator, program):
    cases = [(path, value) for path, node in leaves(schema) for value in values_for(node)]
    files = [changed(path, value) for path, value in cases]
    for (path, value), file, answer in zip(cases, files, judge(program, files)):
        accepted = "config" in answer
        if accepted == validator.is_valid(file):
            continue
        # What looks like a secret is refused at every key, which no schema should have to say.
        secret = not accepted and any("looks like a secret" in p for p in answer["problems"])
        if secret or (not accepted and PARSER_ONLY.get(path, lambda _: False)(value)):
            continue
        said = "accepts" if accepted else f"refuses ({answer['problems'][0]})"
        yield f"/{'/'.join(path)} = {json.dumps(value)}: only the parser {said} it"


def without(path):
    """The file that `changed` makes, without the key at the end of the path."""
    file = changed(path, 0)
    target = file
    for key in path[:-1]:
        target = target[key]
    del target[path[-1]]
    return file


def check_defaults(schema, program):
    """A key with its default means the same as without it; some other value means another thing."""
    for path, node in leaves(schema):
        values = [node[word] for word in ("default",) if word in node] + values_for(node)
        plain, *answers = judge(program, [without(path)] + [changed(path, v) for v in values])
        if "default" in node and answers[0] != plain:
            yield f"/{'/'.join(path)}: {json.dumps(node['default'])} is not the parser's default"
        accepted = [answer["config"] for answer in answers if "config" in answer]
        if path != ("$schema",) and all(config == plain.get("config") for config in accepted):
            yield f"/{'/'.join(path)}: no value changes anything"


def main():
    root, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    schema = json.loads((root / "config/reembed.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    wrong = [*check_files(validator, root), *check_keys(schema, program),
             *check_values(schema, validator, program), *check_defaults(schema, program)]
    print("\n".join(wrong) or "schema and parser agree")
    return 1 if wrong else 0


sys.exit(main())
