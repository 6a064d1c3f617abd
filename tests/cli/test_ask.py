"""Asking the user: a sheet that gives nothing away, and an answer that is evidence and sends nothing."""
import json
import re
import stat
import unittest

from harness import EM_CLIENT, PERFECTDATA, LabCase, run


class Ask(LabCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.findings = cls.lab.run("scan", "--json").json()["findings"]

    def case(self, app_id=EM_CLIENT):
        return next(f for f in self.findings if f["app"]["appId"] == app_id)

    def log(self, kind):
        rows = self.check(self.lab.run("log", "--json"), 0).json()["rows"]
        return [row["record"] for row in rows if row["kind"] == kind]

    def test_the_sheet_is_the_same_whichever_of_the_persons_applications_is_the_case(self):
        user = self.case()["users"][0]["userPrincipalName"]
        first = self.check(self.lab.run("ask", EM_CLIENT, "--user", user, "--json"), 0)
        apps = [program["appId"] for program in first.json()["sheets"][0]["programs"]]
        self.assertGreater(len(apps), 1)
        self.assertIn(EM_CLIENT, apps)
        for form in ((), ("--format", "html"), ("--json",)):
            sheets = set()
            for app in apps:
                file = self.folder / "sheet"
                done = self.check(self.lab.run("ask", app, "--user", user, "-o", file, *form), 0)
                self.assertEqual((done.out, stat.S_IMODE(file.stat().st_mode)), ("", 0o600))
                self.assertIn(f"entry {apps.index(app) + 1} of {len(apps)}", done.err)
                sheets.add(file.read_bytes())
            self.assertEqual(len(sheets), 1, form)
        names = [p["name"].casefold() for p in first.json()["sheets"][0]["programs"]]
        self.assertEqual(names, sorted(names))

    def test_who_asked_about_which_case_is_in_the_audit_log(self):
        case = self.case()
        user = case["users"][0]
        self.check(self.lab.run("ask", case["key"][:24], "--user", user["id"]), 0)
        asked = self.log("user-asked")[-1]
        self.assertEqual((asked["case"], asked["app"], asked["user"]), (case["key"], EM_CLIENT, user["id"]))
        self.assertRegex(asked["account"], r"^local:")
        self.check(self.lab.run("log", "verify"), 0)

    def test_several_people_are_listed_and_get_a_sheet_each(self):
        case = next(f for f in self.findings if len(f["users"]) > 1)
        done = self.check(self.lab.run("ask", case["app"]["appId"]), 2)
        self.assertEqual(done.out, "")
        for user in case["users"][:5]:
            self.assertIn(user["userPrincipalName"], done.err)
        self.assertIn("--everyone -o FOLDER", done.err)
        folder = self.folder / "sheets"
        self.check(self.lab.run("ask", case["key"], "--everyone", "-o", folder), 0)
        files = sorted(folder.iterdir())
        self.assertIn(f"held by {len(files)} people", done.err)
        sheets = [file.read_text() for file in files]
        for user in case["users"]:
            self.assertEqual(sum(user["userPrincipalName"] in sheet for sheet in sheets), 1)
        self.assertEqual({stat.S_IMODE(file.stat().st_mode) for file in files}, {0o600})

    def test_no_sheet_that_can_not_be_written_is_journalled(self):
        user = self.case()["users"][0]["id"]
        (self.folder / "file").write_text("")
        before = self.log("user-asked")
        for line in (["--user", user, "-o", self.folder / "missing" / "sheet"], ["--everyone", "-o", self.folder / "file" / "sheets"]):
            done = self.check(self.lab.run("ask", EM_CLIENT, *line), 2)
            self.assertIn("hint: ", done.err)
            self.assertNotIn("record it", done.err)
        self.assertEqual(self.log("user-asked"), before)

    def test_what_can_not_be_asked_is_exit_2(self):
        stranger = next(f for f in self.findings if f["app"]["appId"] == PERFECTDATA)["users"][0]["id"]
        mine = {u["id"] for u in self.case()["users"]}
        self.assertNotIn(stranger, mine)
        for line in (["sha256:ffff"], ["sha256:"], [EM_CLIENT, "--user", "nobody@contoso.example"],
                     [EM_CLIENT, "--user", stranger], [EM_CLIENT, "--user", "x", "--everyone"]):
            self.check(self.lab.run("ask", *line), 2)

    def test_exports_alone_are_enough_and_it_says_that_nothing_is_journalled(self):
        evidence = self.folder / "evidence"
        self.check(self.lab.run("collect", "-o", evidence), 0)
        user = self.case()["users"][0]["userPrincipalName"]
        done = self.check(run("ask", EM_CLIENT, "--user", user, "--evidence", evidence, cwd=self.folder), 0)
        self.assertIn("Do you know it?", done.out)
        self.assertIn("nothing is journalled", done.err)
        for word in ("risk", "score", "alert", "suspic", "verdict", "sha256", "case"):
            self.assertNotIn(word, done.out.lower())


class Answer(LabCase):
    def setUp(self):
        super().setUp()
        self.finding = next(f for f in self.scan() if f["app"]["appId"] == PERFECTDATA)
        self.user = self.finding["users"][0]

    def scan(self, *arguments):
        return self.check(self.lab.run("scan", "--json", *arguments), 3).json()["findings"]

    def answer(self, says, code=0, *arguments, case=None):
        return self.check(self.lab.run("answer", case or self.finding["key"], "--user", self.user["id"], "--says", says,
                                       "--by", "Dana Reyes", *arguments), code)

    def now(self, app=PERFECTDATA):
        return next(f for f in self.scan() if f["app"]["appId"] == app)

    def test_an_answer_is_evidence_and_the_last_word_counts(self):
        self.assertEqual(self.finding["answers"], [])
        before = self.finding["score"]
        done = self.answer("not-mine", 0, "--channel", "phone", "--note", "never \x1b[31mheard of it <b>", "--json").json()
        self.assertRegex(done["auditHead"], r"^\d+:[0-9a-f]{64}$")
        self.check(self.lab.run("log", "verify", "--head", done["auditHead"]), 0)
        denied = self.now()
        self.assertEqual(denied["score"], before + 40)
        hit = next(s for s in denied["signals"] if s["id"] == "D25")
        self.assertEqual((hit["state"], hit["weight"]), ("hit", 40))
        kept = denied["answers"][0]
        self.assertEqual((kept["says"], kept["channel"], kept["by"], kept["last"]), ("not-mine", "phone", "Dana Reyes", True))
        self.assertNotIn("\x1b", json.dumps(kept))
        self.answer("mine", 0, "--channel", "in-person")
        claimed = self.now()
        self.assertEqual([(a["says"], a["last"]) for a in claimed["answers"]], [("not-mine", False), ("mine", True)])
        self.assertEqual(claimed["score"], before)
        self.assertEqual(claimed["verdict"], self.finding["verdict"])

        text = self.check(self.lab.run("scan", env={"COLUMNS": "200"}), 3).out
        self.assertIn("recorded by Dana Reyes", text)
        self.assertIn("the user says it is theirs", text)
        report = self.folder / "report.html"
        self.check(self.lab.run("scan", "--report", report), 3)
        self.assertIn("Asked whether it is theirs", report.read_text())
        self.assertIn("never &lt;U+001B&gt;[31mheard of it &lt;b&gt;", report.read_text())
        plan = self.plan("--json")
        self.assertTrue(any("says that it is theirs" in line for line in json.loads(plan.read_text())["remarks"]))

    def test_a_person_without_a_sheet_and_a_case_by_app_id(self):
        done = self.check(self.lab.run("answer", EM_CLIENT, "--user", "New.Hire@contoso.example", "--says", "unsure",
                                       "--by", "Dana Reyes"), 0)
        self.assertIn("no sheet was made", done.err)
        self.assertIn("New.Hire@contoso.example", {a["userPrincipalName"] for a in self.now(EM_CLIENT)["answers"]})

    def test_what_can_not_be_recorded_is_exit_2(self):
        self.answer("mien", 2)
        self.answer("mine", 2, "--channel", "mail")
        self.answer("mine", 2, "--note", "x" * 1001)
        self.answer("mine", 2, case="sha256:0000")
        self.answer("mine", 2, case=EM_CLIENT[:-1] + "0")
        rows = self.check(self.lab.run("log", "--json"), 0).json()["rows"]
        self.assertNotIn("x" * 1001, json.dumps(rows))

    def test_without_a_state_database_there_is_no_place_for_it(self):
        config = self.lab.config.with_name("stateless.toml")
        config.write_text(re.sub(r"(?m)^database = .*$", "", self.lab.config.read_text()))
        done = self.check(run("--config", config, "answer", EM_CLIENT, "--user", self.user["id"], "--says", "mine",
                              "--by", "Dana Reyes"), 2)
        self.assertIn("[state] database", done.err)


if __name__ == "__main__":
    unittest.main(verbosity=1)
