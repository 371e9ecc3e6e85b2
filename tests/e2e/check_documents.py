"""Holds JSON documents against schemas: check_documents.py SCHEMA DOCUMENT [SCHEMA DOCUMENT …]

Prints what is wrong, a line each; exit 1 if anything is.
"""
import json
import sys

import jsonschema


def main():
    problems = []
    for schema_path, path in zip(sys.argv[1::2], sys.argv[2::2]):
        with open(schema_path, encoding="utf-8") as file:
            validator = jsonschema.Draft202012Validator(json.load(file))
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        problems += [f"{path}: {error.json_path}: {error.message}"
                     for error in validator.iter_errors(document)]
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
