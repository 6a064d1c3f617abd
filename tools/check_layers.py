#!/usr/bin/env python3
"""Holds every #include of src/ and the table of architecture.md to the DEPENDS of CMakeLists.txt, and pure rooms to being pure."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PURE = {"domain", "policy", "detect", "plan", "approval", "report"}
# The store of the journal and the edges of remediate do I/O; these files of theirs do not.
PURE_FILES = {"journal/event.hpp", "journal/fold.cpp", "remediate/next_move.hpp", "remediate/next_move.cpp",
              "remediate/undo.hpp", "remediate/undo.cpp", "remediate/follow_up.hpp",
              "remediate/follow_up.cpp", "http/retry.cpp",
              "notify/message.hpp", "notify/message.cpp", "notify/compose.hpp", "notify/compose.cpp",
              "notify/render.hpp", "notify/json.cpp", "notify/teams.cpp", "notify/cef.cpp",
              "notify/signature.hpp", "notify/signature.cpp"}
IMPURE = re.compile(r"<(boost/asio|boost/beast|filesystem|fstream|iostream|random|ctime|thread|sys/|unistd)|"
                    r"system_now\(\)|system_clock::now")
BEAST = {"http/tls_client.cpp", "http/tls_server.cpp"}


def told():
    """What architecture.md says that each room may use."""
    page = next((ROOT / "docs").rglob("architecture.md")).read_text()
    rows = re.findall(r"^\| `([a-z]+)` \|.*\|([^|]*)\|$", page.partition("| room |")[2].partition("\n\n")[0], re.M)
    return {room: set(filter(None, re.split(r"[,\s]+", uses))) for room, uses in rows}


def depends():
    text = (ROOT / "CMakeLists.txt").read_text()
    direct = {}
    for match in re.finditer(r"clawback_module\((\w+)([^)]*)\)", text):
        name, rest = match.groups()
        found = re.search(r"\bDEPENDS((?:\s+[a-z_]+)*)", re.sub(r"TEST_DEPENDS.*", "", rest, flags=re.S))
        direct[name] = set(found.group(1).split()) if found else set()
    return direct


def closure(direct):
    closed = {}

    def close(name):
        if name not in closed:
            closed[name] = {name}
            for other in direct[name]:
                closed[name] |= close(other)
        return closed[name]

    for name in direct:
        close(name)
    return closed


def main():
    direct = depends()
    allowed = closure(direct)
    problems = []
    page = told()
    for room in sorted(direct.keys() | page.keys()):
        uses = page.get(room)
        if uses == {"all"}:
            uses = direct.keys() - {room}
        if room not in direct or uses != direct[room]:
            problems.append(f"architecture.md and CMakeLists.txt differ about {room}: {uses} and {direct.get(room)}")
    for file in sorted((ROOT / "src").rglob("*.[ch]pp")):
        relative = file.relative_to(ROOT / "src")
        module = relative.parts[0]
        if module not in allowed:
            problems.append(f"src/{relative}: folder {module} is not a module of CMakeLists.txt")
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            include = re.match(r'#include "([a-z_]+)/', line)
            if include and include.group(1) not in allowed[module]:
                problems.append(f"src/{relative}:{number}: {module} may not use {include.group(1)}")
            if "boost/beast" in line and "#include" in line and str(relative) not in BEAST | {"http/beast_src.cpp"} \
                    and module != "http":
                problems.append(f"src/{relative}:{number}: Beast belongs to the http room")
            pure = module in PURE or str(relative) in PURE_FILES
            if pure and IMPURE.search(line) and str(relative) != "http/retry.cpp":
                problems.append(f"src/{relative}:{number}: a pure file does I/O or reads a clock: {line.strip()}")
    for problem in problems:
        print(problem)
    print(f"layers: {len(allowed)} modules, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
