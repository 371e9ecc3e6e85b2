#!/usr/bin/env python3
"""Line coverage of folders, by gcov. Usage: coverage.py BUILD MINIMUM FOLDER…

BUILD is a build of gcc --coverage whose tests have run. Prints one line a folder, and below
MINIMUM percent, or with a source that was not built, fails and names the worst files.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def reports(build, folder):
    """What gcov says of each object of a folder's library, run or not."""
    for notes in sorted((build / folder).rglob("*.gcno")):
        # A missing .gcda means that nothing of the object ran: gcov counts zeros.
        run = subprocess.run(["gcov", "--json-format", "--stdout", str(notes)], cwd=build,
                             check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in run.stdout.decode("utf-8").splitlines():
            yield json.loads(line)


def lines_of(build, folder):
    """Path below the root -> {line: times run}, the objects added up."""
    files = {}
    for report in reports(build, folder):
        for entry in report["files"]:
            path = (pathlib.Path(report["current_working_directory"]) / entry["file"]).resolve()
            if not path.is_relative_to(ROOT / folder):
                continue
            counts = files.setdefault(path.relative_to(ROOT).as_posix(), {})
            for line in entry["lines"]:
                number = line["line_number"]
                counts[number] = counts.get(number, 0) + line["count"]
    return files


def missing(counts):
    """Runs of lines that never ran: `12 20-23`."""
    runs = []
    for number in sorted(line for line, count in counts.items() if count == 0):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def check(build, folder, minimum):
    files = lines_of(build, folder)
    total = sum(len(counts) for counts in files.values())
    run = sum(1 for counts in files.values() for count in counts.values() if count > 0)
    percent = 100 * run / total if total else 0
    print(f"{folder:12} {percent:5.1f} % of {total} lines")
    unbuilt = [source for path in sorted((ROOT / folder).rglob("*.cc"))
               if (source := path.relative_to(ROOT).as_posix()) not in files]
    for source in unbuilt:
        print(f"{source}: not built, or nothing in it to run", file=sys.stderr)
    if percent >= minimum and not unbuilt:
        return True
    by_loss = sorted(files, key=lambda name: -sum(c == 0 for c in files[name].values()))
    for name in by_loss[:8]:
        if missing(files[name]):
            print(f"{name}: lines {missing(files[name])} never ran", file=sys.stderr)
    print(f"{folder}: at least {minimum} % is wanted", file=sys.stderr)
    return False


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    good = [check(build, folder, float(sys.argv[2])) for folder in sys.argv[3:]]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
