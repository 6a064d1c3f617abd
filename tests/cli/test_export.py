"""--export: findings, plans and runs for other tools, written by the real binary about the simulated tenant."""
import csv
import io
import json
import os
import pathlib
import subprocess
import unittest

from harness import WriteCase

FORMATS = ("csv", "sarif", "ocsf", "stix", "markdown")


class Export(WriteCase):
    def path(self, name):
        return str(self.folder / name)

    def exports(self, *formats):
        return [word for one in formats for word in ("--export", f"{one}={self.path('out.' + one)}")]

    def text(self, one):
        return pathlib.Path(self.path("out." + one)).read_bytes().decode()

    def test_findings_in_every_format(self):
        self.start()
        done = self.lab.run("scan", "--json", *self.exports(*FORMATS))
        self.assertEqual(done.code, 3, done)
        findings = done.json()["findings"]
        alerts = [f for f in findings if f["verdict"] == "alert" and not f["exception"]]
        self.assertTrue(alerts)
        rows = list(csv.DictReader(io.StringIO(self.text("csv"), newline=""), strict=True))
        self.assertEqual([(r["case"], r["verdict"], int(r["score"])) for r in rows],
                         [(f["key"], f["verdict"], f["score"]) for f in findings])
        results = json.loads(self.text("sarif"))["runs"][0]["results"]
        self.assertEqual([r["partialFingerprints"]["clawbackCase/v1"] for r in results], [f["key"] for f in findings])
        events = [json.loads(line) for line in self.text("ocsf").splitlines()]
        self.assertEqual([e["finding_info"]["uid"] for e in events], [f["key"] for f in findings])
        groupings = [o for o in json.loads(self.text("stix"))["objects"] if o["type"] == "grouping"]
        self.assertEqual(sorted(g["external_references"][0]["external_id"] for g in groupings), sorted(f["key"] for f in alerts))
        self.assertIn(alerts[0]["app"]["appId"], self.text("markdown"))
        for user in findings[0]["users"]:
            self.assertNotIn(user["userPrincipalName"], self.text("stix"))
        for one in FORMATS:
            self.assertEqual(os.stat(self.path("out." + one)).st_mode & 0o777, 0o600)
        self.valid("sarif", "ocsf", "stix")

    def valid(self, *formats):
        """With Debian's Python, which has the validator."""
        check = ("import sys, validate; text = open(sys.argv[2], newline='').read(); "
                 "found = getattr(validate, sys.argv[1])(text); print(found[:5]); sys.exit(bool(found))")
        schemas = pathlib.Path(__file__).resolve().parent.parent / "schemas"
        for one in formats:
            with self.subTest(valid=one):
                done = subprocess.run(["/usr/bin/python3", "-c", check, one, self.path("out." + one)], capture_output=True,
                                      text=True, env={**os.environ, "PYTHONPATH": str(schemas)})
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_standard_output_has_the_export_and_nothing_else(self):
        self.start()
        done = self.lab.run("scan", "--export", "ocsf=-")
        for line in done.out.splitlines():
            json.loads(line)
        done = self.lab.run("plan", "--export", "csv-actions=-")
        self.assertTrue(done.out.startswith('"tenant_id",'), done)
        self.assertEqual(len(list(csv.reader(io.StringIO(done.out), strict=True))[0]), 28)

    def test_a_plan(self):
        self.start()
        done = self.lab.run("plan", "-o", self.path("plan.json"), *self.exports("csv-actions", "ocsf", "markdown"))
        self.assertEqual(done.code, 3, done)
        plan = json.loads(pathlib.Path(self.path("plan.json")).read_text())
        rows = list(csv.DictReader(io.StringIO(self.text("csv-actions"), newline=""), strict=True))
        self.assertEqual([(r["action"], r["kind"], r["phase"], r["path"]) for r in rows],
                         [(a["id"], a["kind"], "planned", a["request"]["path"]) for a in plan["actions"]])
        self.valid("ocsf")
        self.assertIn(plan["digest"], self.text("markdown"))
        shown = self.lab.run("show", self.path("plan.json"), "--export", "markdown=-")
        self.assertEqual(shown.out, self.text("markdown"))

    def test_a_run(self):
        self.start()
        plan = self.approved_plan()
        done = self.apply(plan, *self.exports("csv-actions", "ocsf", "markdown"))
        self.assertEqual(done.code, 0, done)
        rows = list(csv.DictReader(io.StringIO(self.text("csv-actions"), newline=""), strict=True))
        self.assertEqual({r["phase"] for r in rows} - {"verified", "satisfied"}, set())
        events = [json.loads(line) for line in self.text("ocsf").splitlines()]
        self.assertEqual({e["status"] for e in events}, {"Success"})
        self.assertEqual(len(events), len(json.loads(plan.read_text())["actions"]))
        self.valid("ocsf")
        kept = {one: self.text(one) for one in ("csv-actions", "ocsf", "markdown")}
        shown = self.lab.run("show", rows[0]["run_id"], *self.exports(*kept))
        self.assertEqual(shown.code, 0, shown)
        self.assertEqual({one: self.text(one) for one in kept}, kept)
        refused = self.lab.run("show", rows[0]["run_id"], "--export", "sarif=-")
        self.assertEqual(refused.code, 2, refused)
        self.assertIn("of a run: csv-actions, ocsf, markdown", refused.err)
        undo = self.lab.run("undo", rows[0]["run_id"], *self.exports("ocsf"))
        self.assertEqual(undo.code, 3, undo)
        self.assertEqual({json.loads(line)["activity_name"] for line in self.text("ocsf").splitlines()}, {"Restore"})

    def test_what_does_not_fit_is_refused_before_anything_is_read(self):
        self.start()
        for words, part in ((("scan", "--export", "sarfi=x"), 'did you mean "sarif"?'),
                            (("scan", "--export", "sarif"), "no file is named"),
                            (("scan", "--export", "sarif="), "no file is named"),
                            (("scan", "--export", "csv-actions=x"), "is of plans and runs"),
                            (("plan", "--export", "stix=x"), "of a plan: csv-actions, ocsf, markdown"),
                            (("scan", "--export", "csv=-", "--export", "ocsf=-"), "two outputs would go to standard output"),
                            (("plan", "-o", "x.json", "--report", "./x.json"), "two outputs would go to x.json"),
                            (("scan", "--report", "-", "--export", "csv=-"), "two outputs would go to standard output"),
                            (("apply", "plan.json", "--export", "ocsf=-"), "standard output already")):
            with self.subTest(words=words):
                done = self.lab.run(*words)
                self.assertEqual(done.code, 2, done)
                self.assertIn(part, done.err)

    def test_a_file_that_cannot_be_written_is_no_half_file(self):
        self.start()
        done = self.lab.run("scan", "--export", "csv=" + self.path("missing/folder.csv"))
        self.assertEqual(done.code, 2, done)
        self.assertFalse(os.path.exists(self.path("missing")))

    def test_a_place_that_can_not_be_written_is_told_before_the_tenant_is_read(self):
        self.start()
        file = self.folder / "file"
        file.write_text("")
        nowhere = self.path("missing/x")
        for words in (("scan", "-o", nowhere), ("scan", "--report", nowhere), ("plan", "-o", str(self.folder)),
                      ("scan", "--export", f"csv={file}/x"), ("collect", "-o", f"{file}/x")):
            with self.subTest(words=words):
                done = self.lab.run(*words, "--verbose")
                self.assertEqual((done.code, done.out), (2, ""), done)
                self.assertIn("hint: ", done.err)
                self.assertNotIn("servicePrincipals", done.err)


if __name__ == "__main__":
    unittest.main(verbosity=2)
