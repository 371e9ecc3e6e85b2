"""Checks that config/reembed.schema.json says what the parser says: it accepts the shipped file and
tests/data/config/good, and refuses each file of tests/data/config/broken. Argument: the source
folder."""
import json
import pathlib
import sys

from jsonschema import Draft202012Validator


def is_valid(validator, path):
    return validator.is_valid(json.loads(path.read_text(encoding="utf-8")))


def main():
    root = pathlib.Path(sys.argv[1])
    schema = json.loads((root / "config/reembed.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    data = root / "tests/data/config"
    good = [root / "config/reembed.json", *sorted((data / "good").glob("*.json"))]
    broken = sorted((data / "broken").glob("*.json"))
    wrong = [f"refused: {path}" for path in good if not is_valid(validator, path)]
    wrong += [f"accepted: {path}" for path in broken if is_valid(validator, path)]
    print("\n".join(wrong) or f"{len(good)} accepted, {len(broken)} refused")
    return 1 if wrong or len(good) < 3 or len(broken) < 24 else 0


sys.exit(main())
