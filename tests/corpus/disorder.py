"""Nothing in an export may be found by its place: members and records are shuffled, and some records come twice."""

import json


def members(random, value):
    """The same value with the members of each object in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: members(random, value[key]) for key in keys}
    if isinstance(value, list):
        return [members(random, one) for one in value]
    return value


def listed(random, values):
    """A list of named values whose order means nothing."""
    values = list(values)
    random.shuffle(values)
    return values


def records(random, values):
    """Some records come twice, each time with its members in another order."""
    values = list(values)
    if not values:
        return values
    twice = random.sample(values, 1 + len(values) // 12)
    out = [members(random, one) for one in values + twice]
    random.shuffle(out)
    return out


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def lines(values):
    return "".join(line(one) + "\n" for one in values)
