"""The reference of JSON documents, held to what the program prints in one incident against the lab."""
import json
import re
import unittest

from harness import ROOT, WriteCase, run

PAGE = next((ROOT / "docs").rglob("formats.md")).read_text()


def told():
    """{schema: {path of an object, "" for the whole: its members}}"""
    out = {}
    for name, text in re.findall(r"(?ms)^## `(clawback\.[\w-]+/\d+)`$(.*?)(?=^## )", PAGE):
        objects = out[name] = {"": {"schema"}}
        for cell in re.findall(r"^\| (`[^|]*) \|", text, re.M):
            for member in re.findall(r"`([^`]+)`", cell):
                path, _, key = member.rpartition(".")
                objects.setdefault(path, set()).add(key)
    return out


def objects_at(document, path):
    if not path:
        return [document]
    return document[path.removesuffix("[]")]


class Formats(WriteCase):
    def collect(self):
        """Every document of one incident, by schema."""
        self.start()
        folder = self.folder
        out = {}

        def keep(document):
            out.setdefault(document["schema"], []).append(document)

        def say(*arguments):
            keep(self.lab.run(*arguments, "--json").json())
        keep(run("key", "new", "-o", folder / "third.key", "--no-passphrase", "--json").json())
        plan = folder / "plan.json"
        for arguments in (["scan"], ["doctor"], ["collect", "-o", folder / "evidence"], ["plan", "-o", plan],
                          ["show", plan, "--against", plan]):
            say(*arguments)
        for key, name in self.keys:
            say("approve", plan, "--key", key, "--as", name, "--reason", "case 4711", "--yes")
        for arguments in (["apply", plan], ["apply", plan], ["runs"], ["log"], ["log", "verify"], ["kill-switch", "status"],
                          ["policy", "check"], ["policy", "show"], ["policy", "show", "--rules"], ["policy", "test"],
                          ["catalog", "list"], ["catalog", "show", "eM Client"], ["catalog", "check"], ["run"],
                          ["completion", "bash"], ["man", "apply"]):
            say(*arguments)
        case = next(one for one in out["clawback.findings/1"][0]["findings"] if one["users"])
        person = ["--user", case["users"][0]["id"]]
        say("ask", case["key"], *person)
        say("answer", case["key"], *person, "--says", "unsure", "--by", "Dana Reyes")
        keep(json.loads(plan.read_text()))
        for file in (folder / "evidence").glob("*.json"):
            keep(json.loads(file.read_text()))
        return out

    def test_members(self):
        pages, real = told(), self.collect()
        self.assertEqual(pages.keys(), real.keys())
        for schema, objects in pages.items():
            for path, members in objects.items():
                with self.subTest(schema=schema, object=path or "the document"):
                    printed = set()
                    for document in real[schema]:
                        for item in objects_at(document, path):
                            printed |= item.keys()
                    self.assertEqual(members, printed)

    def test_every_schema_of_the_code_is_on_the_page(self):
        code = "".join(file.read_text() for file in (ROOT / "src").rglob("*.[ch]pp"))
        self.assertEqual(set(re.findall(r"`(clawback\.[\w-]+/\d+)`", PAGE)), set(re.findall(r'"(clawback\.[\w-]+/\d+)', code)))


if __name__ == "__main__":
    unittest.main(verbosity=1)
