"""Validates what clawback writes against the published schemas, and against what no schema can say."""
import json
import pathlib
import re
import uuid

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
# Carried by Microsoft's package of SARIF matchers; `./dev test` installs it (npm ci).
SARIF = HERE / "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"

_validators = {}


def validator(path):
    if path not in _validators:
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: npm --prefix {HERE} ci")
        schema = json.loads(path.read_text())
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        _validators[path] = kind(schema)
    return _validators[path]


def problems_of(path, value):
    """The first few, each with where it is."""
    found = sorted(validator(path).iter_errors(value), key=lambda e: list(map(str, e.absolute_path)))
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in found[:5]]


def sarif(text):
    log = json.loads(text)
    out = problems_of(SARIF, log)
    if log.get("$schema") != "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json":
        out.append("$schema is not the standard's")
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        taxa = run["taxonomies"][0]["taxa"]
        for result in run["results"]:
            if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
                out.append("a result's ruleIndex is of another rule")
            for reference in result["taxa"]:
                component = run["taxonomies"][reference["toolComponent"]["index"]]
                if component["taxa"][reference["index"]]["id"] != reference["id"]:
                    out.append("a taxon's index is of another signal")
            if list(result["partialFingerprints"]) != ["clawbackCase/v1"]:
                out.append("a result has no fingerprint of ours")
            for location in result["locations"]:
                if "physicalLocation" in location:
                    out.append("a file is claimed as location")
        for kind in (rules, taxa):
            if len({one["id"] for one in kind}) != len(kind):
                out.append("an id is there twice")
        known = run["tool"]["driver"]["notifications"]
        for invocation in run["invocations"]:
            for note in invocation["toolExecutionNotifications"]:
                if known[note["descriptor"]["index"]]["id"] != note["descriptor"]["id"]:
                    out.append("a notification's descriptor is another one")
    for text in messages(log):
        # 3.11.5: braces that are no placeholder are doubled; 3.11.6: no link comes out of a name.
        if re.search(r"\{", text.replace("{{", "")) or re.search(r"\}", text.replace("}}", "")):
            out.append(f"a single brace in a message: {text[:80]}")
        if re.search(r"\[[^\]]*\]\(", text):
            out.append(f"a link in a message: {text[:80]}")
    return out


def messages(value):
    if isinstance(value, dict):
        if set(value) == {"text"}:
            yield value["text"]
        for inner in value.values():
            yield from messages(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from messages(inner)


def ocsf(text):
    out = []
    lines = text.split("\n")
    if lines.pop() != "":
        out.append("the last line does not end")
    for line in lines:
        event = json.loads(line)
        out += problems_of(HERE / "ocsf-1.5.0.json", event)
        if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
            out.append("type_uid is not class_uid * 100 + activity_id")
        if event["type_name"] != f"{event['class_name']}: {event['activity_name']}":
            out.append("type_name does not fit")
        for observable in event["observables"]:
            if not points_to_something(event, observable["name"].split(".")):
                out.append(f"an observable points to nothing: {observable['name']}")
        if not 1_500_000_000_000 < event["time"] < 5_000_000_000_000:
            out.append(f"time is not in milliseconds: {event['time']}")
    return out


def points_to_something(value, path):
    if not path:
        return True
    key = path[0].removesuffix("[]")
    if not isinstance(value, dict) or key not in value:
        return False
    if path[0].endswith("[]"):
        return any(points_to_something(one, path[1:]) for one in value[key])
    return points_to_something(value[key], path[1:])


REFERENCE = re.compile(r"_refs?$")
OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c23-fed23c33b0ee")
CONTRIBUTING = {"domain-name": ["value"], "ipv4-addr": ["value"], "ipv6-addr": ["value"],
                "user-account": ["account_type", "user_id", "account_login"]}


def stix(text):
    bundle = json.loads(text)
    out = problems_of(HERE / "stix-2.1.json", bundle)
    objects = bundle.get("objects", [])
    ids = [one["id"] for one in objects]
    if len(set(ids)) != len(ids):
        out.append("an id is there twice")
    for one in objects:
        for key, value in one.items():
            if REFERENCE.search(key):
                for reference in value if isinstance(value, list) else [value]:
                    if reference not in ids:
                        out.append(f"{one['type']}.{key} refers to nothing: {reference}")
        if one.get("modified", one.get("created", "")) < one.get("created", ""):
            out.append(f"{one['type']} was modified before it was created")
        if one.get("last_observed", "") < one.get("first_observed", ""):
            out.append("observed last before first")
        if one["type"] in CONTRIBUTING:
            name = json.dumps({k: one[k] for k in sorted(CONTRIBUTING[one["type"]]) if k in one},
                              separators=(",", ":"), ensure_ascii=False)
            if one["id"] != f"{one['type']}--{uuid.uuid5(OBSERVABLES, name)}":
                out.append(f"the id of {one['type']} is not the standard's: {name[:80]}")
        elif one["type"] != "marking-definition" and uuid.UUID(one["id"].split("--")[1]).version != 5:
            out.append(f"the id of {one['type']} is not made from a name")
        if one["type"] != "marking-definition" and not one.get("object_marking_refs"):
            out.append(f"{one['type']} has no marking")
        if one["type"] == "indicator":
            try:
                pattern(one["pattern"])
            except ValueError as problem:
                out.append(f"pattern {one['pattern'][:120]}: {problem}")
    return out


def pattern(text):
    """STIX 2.1, section 9, as far as comparisons joined by AND go: [type:path = 'text' AND …]."""
    at = 0

    def take(expression, what):
        nonlocal at
        found = re.compile(expression).match(text, at)
        if not found:
            raise ValueError(f"{what} expected at {at}")
        at = found.end()
        return found.group(0)

    comparisons = []
    take(r"\[", "[")
    while True:
        path = take(r"[a-z0-9]+(?:-[a-z0-9]+)*:[a-z_]+", "an object path")
        take(r" = ", "=")
        value = take(r"'(?:[^'\\\n]|\\['\\])*'", "a string")
        comparisons.append((path, re.sub(r"\\(.)", r"\1", value[1:-1])))
        if text.startswith("]", at):
            break
        take(r" AND ", "AND or ]")
    if text[at:] != "]":
        raise ValueError("something follows the observation")
    kinds = {path.split(":")[0] for path, _ in comparisons}
    if len(kinds) != 1:
        raise ValueError("comparisons of several objects are never true together")
    return comparisons
