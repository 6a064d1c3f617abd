"""Every export of an ordinary tenant against its published schema; and that the schemas can say no."""
import copy
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import validate

FOLDER = tempfile.TemporaryDirectory(prefix="clawback-schemas-")
SAMPLES = pathlib.Path(FOLDER.name) / "samples"


def setUpModule():
    subprocess.run([os.environ["OUTPUTS"], FOLDER.name, "--samples"], check=True, timeout=120)


def tearDownModule():
    FOLDER.cleanup()


def text(name):
    return (SAMPLES / name).read_bytes().decode()


class Sarif(unittest.TestCase):
    def test_it_is_valid(self):
        self.assertEqual(validate.sarif(text("findings.sarif")), [])

    def test_it_says_what_was_found(self):
        run = json.loads(text("findings.sarif"))["runs"][0]
        self.assertEqual([r["level"] for r in run["results"]], ["error", "note"])
        self.assertEqual(run["results"][0]["partialFingerprints"], {"clawbackCase/v1": "sha256:1111"})
        self.assertEqual(run["results"][0]["baselineState"], "updated")
        self.assertEqual(run["results"][1]["suppressions"][0]["status"], "accepted")
        levels = [n["level"] for n in run["invocations"][0]["toolExecutionNotifications"]]
        self.assertEqual(levels[0], "error")
        self.assertIn("warning", levels)

    def test_the_checks_can_fail(self):
        log = json.loads(text("findings.sarif"))
        for spoil in (lambda r: r.update(level="bad"), lambda r: r.update(ruleIndex=1), lambda r: r.pop("message"),
                      lambda r: r["message"].update(text="[a](https://evil.example)"), lambda r: r["message"].update(text="{0}"),
                      lambda r: r.update(unknown=1)):
            spoilt = copy.deepcopy(log)
            spoil(spoilt["runs"][0]["results"][0])
            with self.subTest(spoilt["runs"][0]["results"][0]):
                self.assertNotEqual(validate.sarif(json.dumps(spoilt)), [])


class Ocsf(unittest.TestCase):
    def test_all_are_valid(self):
        for name in ("findings.ocsf", "plan.ocsf", "run.ocsf"):
            with self.subTest(name):
                self.assertEqual(validate.ocsf(text(name)), [])

    def test_they_say_what_was_found_and_done(self):
        found = [json.loads(line) for line in text("findings.ocsf").splitlines()]
        self.assertEqual([e["type_uid"] for e in found], [200402, 200401])
        self.assertEqual([e["severity"] for e in found], ["High", "Informational"])
        self.assertEqual([e["status"] for e in found], ["New", "Suppressed"])
        self.assertEqual([e["is_alert"] for e in found], [True, False])
        done = [json.loads(line) for line in text("run.ocsf").splitlines()]
        self.assertEqual([(e["activity_name"], e["status"]) for e in done], [("Isolate", "Success"), ("Evict", "Failure")])
        self.assertEqual(done[1]["status_code"], "403")
        self.assertEqual(done[1]["countermeasures"][0]["d3f_technique"]["uid"], "D3-ANCI")
        planned = [json.loads(line) for line in text("plan.ocsf").splitlines()]
        self.assertEqual([(e["status_id"], e["status"]) for e in planned], [(99, "planned")] * 2)

    def test_the_checks_can_fail(self):
        event = json.loads(text("findings.ocsf").splitlines()[0])
        for change in ({"type_uid": 200401}, {"severity": "Low"}, {"time": 1}, {"unknown": 1}, {"finding_info": {}},
                       {"metadata": {"version": "1.5.0"}}, {"status_id": 7}, {"class_name": "Security Finding"},
                       {"observables": [{"name": "nothing.there", "type_id": 10, "type": "Resource UID"}]},
                       {"observables": [{"name": "message", "type_id": 10, "type": "IP Address"}]}):
            with self.subTest(change=change):
                self.assertNotEqual(validate.ocsf(json.dumps({**event, **change}) + "\n"), [])


class Stix(unittest.TestCase):
    def test_it_is_valid(self):
        self.assertEqual(validate.stix(text("findings.stix")), [])

    def test_what_to_look_for_and_no_person(self):
        objects = json.loads(text("findings.stix"))["objects"]
        self.assertEqual(sorted(o["pattern"] for o in objects if o["type"] == "indicator"),
                         ["[domain-name:value = 'evil.example']",
                          "[user-account:account_type = 'entra-service-principal' AND "
                          "user-account:user_id = 'e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd']"])
        self.assertEqual([o["value"] for o in objects if o["type"] == "ipv4-addr"], ["203.0.113.7"])
        self.assertEqual([o["context"] for o in objects if o["type"] == "grouping"], ["suspicious-activity"])
        self.assertNotIn("ada", text("findings.stix").lower().replace("adata", ""))

    def test_the_checks_can_fail(self):
        bundle = json.loads(text("findings.stix"))
        at = {o["type"]: i for i, o in enumerate(bundle["objects"])}
        for kind, change in (("indicator", {"pattern": "[a:b = 'c] "}), ("indicator", {"pattern_type": "regex"}),
                             ("indicator", {"created_by_ref": "identity--" + "0" * 8 + "-0000-4000-8000-" + "0" * 12}),
                             ("grouping", {"object_refs": []}), ("grouping", {"context": "x"}),
                             ("domain-name", {"value": "other.example"}), ("observed-data", {"number_observed": 0}),
                             ("identity", {"created": "2026-01-01"}), ("marking-definition", {"definition": {"tlp": "pink"}}),
                             ("relationship", {"unknown": 1})):
            with self.subTest(kind=kind, change=change):
                spoilt = copy.deepcopy(bundle)
                spoilt["objects"][at[kind]].update(change)
                self.assertNotEqual(validate.stix(json.dumps(spoilt)), [])


class Csv(unittest.TestCase):
    def test_the_columns_are_those_of_the_documentation(self):
        page = (validate.HERE.parent.parent / "docs/reference/reports.md").read_text()
        for name, format in (("findings.csv", "csv"), ("run.csv", "csv-actions")):
            with self.subTest(name):
                rows = list(csv.reader(io.StringIO(text(name), newline=""), strict=True))
                told = re.search(rf"(?ms)^`{format}`: (.*?)\n\n", page)[1]
                while "(" in told:  # what is said of a column
                    told = re.sub(r"\([^()]*\)", "", told)
                self.assertEqual(rows[0], re.findall(r"`([a-z_]+)`", told))
        self.assertEqual(text("plan.csv").split("\r\n")[0], text("run.csv").split("\r\n")[0])

    def test_values_come_back(self):
        rows = list(csv.DictReader(io.StringIO(text("findings.csv"), newline=""), strict=True))
        self.assertEqual([(r["verdict"], r["score"], r["application"]) for r in rows][0], ("alert", "95", "eM Client"))
        self.assertEqual(rows[0]["scopes"], "EWS.AccessAsUser.All; offline_access")
        done = list(csv.DictReader(io.StringIO(text("run.csv"), newline=""), strict=True))
        self.assertEqual([(r["action"], r["phase"], r["http_status"]) for r in done], [("a1", "verified", "204"), ("a2", "failed", "403")])


if __name__ == "__main__":
    unittest.main(verbosity=2)
