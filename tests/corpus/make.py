#!/usr/bin/env python3
"""Writes the labelled corpus: tests/corpus/cases/<story>/{inventory,graph,purview,management,log-analytics}/ and
label.json. The same bytes each time. `make.py --check` writes nothing and says which committed files differ."""

import gzip
import json
import pathlib
import random
import re
import shutil
import sys

import disorder
import noise
import stories_attack
import stories_benign
import stories_consent
import stories_edges
import stories_guards
import stories_identity
import stories_use
import write_graph
import write_log_analytics
import write_unified
from story import FORMATS, UNIFIED

CASES = pathlib.Path(__file__).resolve().parent / "cases"
RULES = [f"D{n:02d}" for n in range(1, 25)]
# Graph has no mailbox records, and the Unified Audit Log no country, risk, protocol or network of a sign-in.
CANNOT_BE = ({("D16", state, name) for state in ("hit", "miss") for name in UNIFIED}
             | {("D17", state, name) for state in ("hit", "miss") for name in UNIFIED}
             | {("D20", state, "graph") for state in ("hit", "miss")} | {("D19", "miss", "graph")})


def stories():
    out = []
    for module in (stories_identity, stories_consent, stories_use, stories_guards, stories_attack, stories_benign,
                   stories_edges):
        out += module.stories()
    shown = set()
    for turn, story in enumerate(out):
        spread(story, turn, shown)
    return out


def spread(story, turn, shown):
    """A story that reads alike in every format is told where it shows a rule in a state that no story before it
    showed there, and in one format at least; those whose findings are compared are told in all."""
    def shows(name):
        return {(rule, state, name) for rule, state in story.expect[name]["signals"].items()}
    alike = all(one == story.expect[story.formats[0]] for one in story.expect.values())
    if not story.same and alike and len(story.formats) == len(FORMATS):
        own = set(story.rule.split())
        news = [name for name in FORMATS if any(one[0] in own and one not in shown for one in shows(name))]
        story.formats = tuple(news or [FORMATS[turn % 4]])
        story.expect = {name: story.expect[name] for name in story.formats}
    for name in story.formats:
        shown |= shows(name)


def label(story):
    out = {"id": story.id, "rule": story.rule, "kind": story.kind, "why": story.why,
           "app": story.subject.id if story.by_object_id else story.subject.app_id,
           "tenant": {"id": story.tenant, "name": story.tenant_name}, "now": write_graph.stamp(story.now)}
    for key in ("truth", "memory", "exceptions", "also"):
        if getattr(story, key):
            out[key] = getattr(story, key)
    if story.same:
        out["same"] = True
    return out | {"expect": story.expect}


def label_text(value):
    """One member a line, and one format a line."""
    def members(of, indent):
        return ",\n".join(f"{indent}{json.dumps(key)}: {text(key, one)}" for key, one in of.items())

    def text(key, one):
        return "{\n" + members(one, "  ") + "\n }" if key == "expect" else json.dumps(one, ensure_ascii=False)
    return "{\n" + members(value, " ") + "\n}\n"


def files_of(story, turn):
    def seeded(part):
        return random.Random(f"{story.id} {part}")
    files = {f"inventory/{name}": data for name, data in write_graph.inventory(story, seeded("inventory")).items()}
    form = story.rows or ("diagnostic", "rows")[turn % 2]
    writers = {"graph": lambda r: write_graph.logs(story, r), "purview": lambda r: write_unified.purview(story, r),
               "management": lambda r: write_unified.management(story, r),
               "log-analytics": lambda r: write_log_analytics.logs(story, r, form)}
    for name in story.formats:
        shuffle = seeded(name)
        for file, data in writers[name](shuffle).items():
            files[f"{name}/{file}"] = data
        if name == "graph" and story.beside:
            mailbox = disorder.records(shuffle, write_unified.mailbox(story, shuffle))
            files["graph/mailbox.jsonl"] = disorder.lines(mailbox)
    files["label.json"] = label_text(label(story))
    return {f"{story.id}/{name}": data if isinstance(data, bytes) else data.encode() for name, data in files.items()}


def corpus():
    files = {}
    seen = set()
    for turn, story in enumerate(stories()):
        if story.id in seen or not re.fullmatch(r"[a-z0-9-]+", story.id):
            sys.exit(f"make.py: {story.id} is no name for a case, or there are two of it")
        seen.add(story.id)
        noise.add(story)
        if set(story.expect) != set(story.formats):
            sys.exit(f"make.py: {story.id} has no label for some format")
        files |= files_of(story, turn)
    return files


def same(name, a, b):
    # Another zlib may pack the same bytes in another way.
    return gzip.decompress(a) == gzip.decompress(b) if name.endswith(".gz") else a == b


def check(files):
    there = {str(p.relative_to(CASES)): p.read_bytes() for p in sorted(CASES.rglob("*")) if p.is_file()}
    wrong = [name for name in sorted(files.keys() | there.keys())
             if name not in files or name not in there or not same(name, files[name], there[name])]
    for name in wrong[:20]:
        print(f"differs: {name}")
    return wrong + lacking()


def lacking():
    """Every rule needs a hit, a miss and one that can't be evaluated, in each format that can carry it."""
    shown = {(rule, state, name) for story in stories() for name, one in story.expect.items()
             for rule, state in one["signals"].items()}
    out = [f"{rule} has no {state} in {name}" for rule in RULES for state in ("hit", "miss", "not-evaluable")
           for name in FORMATS if (rule, state, name) not in shown and (rule, state, name) not in CANNOT_BE]
    for one in out:
        print(one)
    return out


def main():
    files = corpus()
    total = sum(len(data) for data in files.values())
    if "--check" in sys.argv:
        wrong = check(files)
        print(f"corpus: {len(stories())} cases, {len(files)} files, {total} bytes, {len(wrong)} wrong")
        return 1 if wrong else 0
    shutil.rmtree(CASES, ignore_errors=True)
    for name, data in files.items():
        path = CASES / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    print(f"corpus: {len(stories())} cases, {len(files)} files, {total} bytes")
    lacking()
    return 0


if __name__ == "__main__":
    sys.exit(main())
