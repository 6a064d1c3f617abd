#!/usr/bin/env python3
"""Holds failures.md and threats.md to the tests: each story names at least one, and each test that is named is there."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE, THREATS = (next((ROOT / "docs").rglob(name)) for name in ("failures.md", "threats.md"))
STORIES = 18


def tests():
    found = set()
    for file in (ROOT / "tests").rglob("*.cpp"):
        # A name may be written as several literals.
        for literals in re.findall(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)', file.read_text()):
            found.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)))
    for file in (ROOT / "tests").rglob("*.py"):
        found.update(re.findall(r"def (test_\w+)\(", file.read_text()))
    return found


def main():
    there = tests()
    problems = []
    rows = re.findall(r"^\| (F\d+) \|(.*)\|([^|]*)\|$", PAGE.read_text(), re.M)
    if [story for story, _, _ in rows] != [f"F{i + 1}" for i in range(STORIES)]:
        problems.append(f"{PAGE.name}: its rows are not F1 to F{STORIES}")
    named = 0
    for story, _, shown in rows:
        names = re.findall(r"`([^`]+)`", shown)
        named += len(names)
        if not names:
            problems.append(f"{PAGE.name}: {story} names no test")
        problems += [f"{PAGE.name}: {story} names '{name}', which is no test" for name in names if name not in there]
    threats = re.findall(r"^\|.*\|.*\|.*\|([^|]*)\|$", THREATS.read_text().partition("## Who attacks")[2], re.M)[2:]
    for shown in threats:
        names = re.findall(r"`([^`]+)`", shown)
        named += len(names)
        problems += [f"{THREATS.name}: names '{name}', which is no test" for name in names if name not in there]
    if sum("`" in shown for shown in threats) < 15:
        problems.append(f"{THREATS.name}: its guards name no tests")
    print("\n".join(problems) if problems else f"guards: {len(rows)} stories and {len(threats)} threats, {named} tests, all there")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
