#!/usr/bin/env python3
"""One idea a file: no source file over 300 lines; no promises left in the code; no path of one machine."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
MACHINE = re.compile(r"/(home|root|work)/")


def main():
    problems = []
    for folder in ("src", "tests", "bench", "policies", "tools"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix not in {".cpp", ".hpp", ".py", ".mjs", ".toml"} or file == pathlib.Path(__file__).resolve():
                continue
            if "node_modules" in file.parts:
                continue
            lines = file.read_text().splitlines()
            name = file.relative_to(ROOT)
            if folder == "src" and len(lines) > 300:
                problems.append(f"{name}: {len(lines)} lines; split it by idea")
            for number, line in enumerate(lines, 1):
                if MARKS.search(line):
                    problems.append(f"{name}:{number}: a promise left in the code")
                if MACHINE.search(line):
                    problems.append(f"{name}:{number}: a path of one machine")
    for problem in problems:
        print(problem)
    print(f"sizes: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
