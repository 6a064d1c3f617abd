"""The reference of keys and of what is read and printed, held to the program: nothing on the page that it does not know,
nothing that it knows and the page does not tell."""
import datetime
import json
import pathlib
import re
import shutil
import tempfile
import tomllib
import unittest

from harness import ROOT, run

WRONG = "zzzzqqqq"
# Their keys are data.
OPEN = {"weights", "hosting.networks"}


def page(name):
    return next((ROOT / "docs").rglob(name)).read_text()


def told(text):
    """{the tables that a heading names: the keys below it}; keys before any heading are the root's."""
    out, tables = {}, ("",)
    for line in text.splitlines():
        if line.startswith("#"):
            names = re.findall(r"`\[+([\w.]+)\]+`", line)
            tables = tuple(names)
            if names:
                out[tables] = set()
        elif tables and (row := re.match(r"\| (`[^|]*) \|", line)):
            out.setdefault(tables, set()).update(re.findall(r"`(\w+)`", row.group(1)))
    for name in [name for names in list(out) for name in names if name]:
        while name:
            parent, _, key = name.rpartition(".")
            owner = next((group for group in out if parent in group), (parent,))
            out.setdefault(owner, set()).add(key)
            name = parent
    return out


def value_of(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {value_of(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(value_of, value)) + "]"
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def as_toml(document):
    return "".join(f"{json.dumps(key)} = {value_of(value)}\n" for key, value in document.items())


def tables_of(value, path=""):
    """Every table in it with its path."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from tables_of(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from tables_of(item, path)


class Keys(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-reference-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def known(self, document, answer):
        """{path of a table: the keys that the program says it knows there}."""
        out = {}
        for path, table in list(tables_of(document)):
            if path in OPEN:
                continue
            table[WRONG] = 1
            said = answer(as_toml(document))
            del table[WRONG]
            self.assertIn(f'unknown key "{WRONG}"', said, path)
            keys = re.search(r"hint: known: (.*)", said)
            self.assertTrue(keys, f"{path}: {said}")
            out.setdefault(path, set()).update(keys.group(1).split(", "))
        return out

    def hold(self, text, answer):
        """`text` is a part of a page: an example with everything in it, and tables of keys."""
        document = tomllib.loads(re.search(r"(?ms)^```toml\n(.*?)^```", text).group(1))
        self.assertNotIn("unknown key", answer(as_toml(document)))
        self.assertNotIn(":1: ", answer(as_toml(document)), "the example is not sound")
        known = self.known(document, answer)
        pages = told(text)
        for tables, keys in pages.items():
            with self.subTest(table=tables):
                if set(tables) & OPEN:
                    continue
                self.assertTrue(set(tables) & known.keys(), "the example has no such table")
                self.assertEqual(keys, set().union(*(known.get(table, set()) for table in tables)))
        self.assertEqual(known.keys() - {name for tables in pages for name in tables}, set(), "tables that no heading names")

    def test_configuration(self):
        file = self.folder / "clawback.toml"

        def answer(text):
            file.write_text(text.replace("/var/lib/clawback", str(self.folder)))  # `runs` makes the database
            return run("--config", file, "runs").err
        self.hold(page("configuration.md").partition("## Environment")[0], answer)

    def test_environment(self):
        wanted = set(re.findall(r"^\| `(\w+)`", page("configuration.md").partition("## Environment")[2], re.M))
        code = "".join(file.read_text() for file in (ROOT / "src/cli").glob("*.cpp"))
        self.assertEqual(wanted, set(re.findall(r'(?:environment|getenv)\("(\w+)"\)', code)))

    def policy_folder(self):
        shutil.copytree(ROOT / "policies", self.folder / "policies")
        return self.folder / "policies/default"

    def part(self, title):
        return re.search(rf"(?ms)^## {title}$(.*?)(?=^## |\Z)", page("policy.md")).group(1)

    def in_policy(self, title, file, spare=()):
        folder = self.policy_folder()
        for one in spare:
            for rule in folder.glob(one):
                rule.unlink()

        def answer(text):
            (folder / file).write_text(text)
            return run("policy", "check", folder).err
        self.hold(self.part(title), answer)

    def test_policy(self):
        self.in_policy(r"`policy\.toml`", "policy.toml")

    def test_rule(self):
        self.in_policy(r"`rules/ID\.toml`", "rules/one.toml", ("rules/*.toml",))

    def test_exceptions(self):
        self.in_policy(r"`exceptions\.toml`", "exceptions.toml")

    def test_catalog(self):
        folder = self.policy_folder()
        # [managed_consent] is in one file only.
        policy = folder / "policy.toml"
        policy.write_text("".join(line for line in policy.read_text().splitlines(True) if "managed-consent.toml" not in line))
        file = self.folder / "ours.toml"

        def answer(text):
            file.write_text(text)
            done = run("catalog", "check", file, "--policy", folder)
            return done.out + done.err
        self.hold(self.part("Catalog files"), answer)


if __name__ == "__main__":
    unittest.main(verbosity=1)
