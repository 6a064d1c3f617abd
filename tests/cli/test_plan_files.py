"""What a plan brings along: its evidence, who asked, what it may only show; two plans; an undo of one user."""
import hashlib
import json
import os
import pwd
import time
import unittest

from harness import EM_CLIENT, WriteCase

FAST = ("--verify-window", "3s")
SMALL = ("--users", "12", "--apps", "6", "--grants", "12")


class PlanCase(WriteCase):
    def start(self, *arguments, evidence=True, **options):
        super().start(*SMALL, *arguments, **options)
        if not evidence:
            text = self.lab.config.read_text()
            lines = [line for line in text.splitlines() if not line.startswith("evidence")]
            self.lab.config.write_text("\n".join(lines) + "\n")
        self.keys.append(self.make_approver("Kim Noor"))

    def approved(self, plan, count=2):
        return self.approve_all(plan, keys=self.keys[:count])

    def saved(self, plan):
        digest = json.loads(plan.read_text())["evidence"].removeprefix("sha256:")
        return self.lab.folder / "evidence" / (digest + ".json")


class Evidence(PlanCase):
    def test_it_is_saved_by_its_digest_and_apply_refuses_without_it(self):
        self.start()
        plan = self.approved(self.plan())
        saved = self.saved(plan)
        data = saved.read_bytes()
        self.assertEqual(hashlib.sha256(data).hexdigest(), saved.stem)
        self.assertEqual(saved.stat().st_mode & 0o777, 0o600)
        self.assertEqual(json.loads(data)["schema"], "clawback.evidence/1")
        before = self.lab.state()
        saved.write_bytes(data.replace(b"contoso", b"contosa", 1))
        self.check(self.lab.run("apply", plan, *FAST), 5)
        saved.unlink()
        self.assertIn("evidence", self.check(self.lab.run("apply", plan, *FAST), 5).err)
        self.assertEqual(self.lab.state(), before)
        moved = self.folder / "moved.json"
        moved.write_bytes(data)
        self.check(self.lab.run("apply", plan, *FAST, "--saved-evidence", moved), 0)
        # What the run did can be undone without it.
        run_id = self.lab.run("runs", "--json").json()["runs"][0]["run"]
        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", run_id, "-o", undo), 3)
        self.assertEqual(json.loads(undo.read_text())["evidence"], json.loads(plan.read_text())["evidence"])
        self.check(self.lab.run("apply", self.approved(undo), *FAST), 0)
        self.assertEqual(self.lab.state(), before)
        # A second undo of the same run says that there was one, and has nothing to send.
        self.assertNotIn("undone by run", undo.read_text())
        undone = next(r["run"] for r in self.lab.run("runs", "--json").json()["runs"] if r["run"] != run_id)
        self.check(self.lab.run("undo", run_id, "-o", undo), 3)
        self.assertIn(f"undone by run {undone} already", json.loads(undo.read_text())["remarks"][0])
        ended = self.check(self.lab.run("apply", self.approved(undo), *FAST), 0).out
        self.assertIn("All done: 0 actions verified; nothing had to be sent for", ended)
        self.assertEqual(self.lab.state(), before)

    def test_without_a_folder_it_is_beside_the_plan(self):
        self.start(evidence=False)
        plan = self.approved(self.plan())
        beside = self.folder / "plan.json.evidence.json"
        self.assertTrue(beside.exists())
        self.check(self.lab.run("apply", plan, *FAST), 0)

    def test_a_plan_on_standard_output_without_a_folder_says_so_and_is_refused(self):
        self.start(evidence=False)
        result = self.check(self.lab.run("plan", "-o", "-"), 3)
        self.assertIn("evidence is not saved", result.err)
        plan = self.folder / "plan.json"
        plan.write_text(result.out)
        self.check(self.lab.run("apply", self.approved(plan), *FAST), 5)

    def test_it_is_the_document_that_collect_writes(self):
        self.start()
        now = ("--now", "2026-11-23T12:00:00Z")
        self.check(self.lab.run("collect", "-o", self.folder / "c", *now), 0)
        evidence = self.folder / "c" / "evidence.json"
        plan = self.folder / "plan.json"
        self.check(self.lab.run("plan", "--evidence", evidence, "-o", plan, *now), 3)
        self.assertEqual(self.saved(plan).read_bytes(), evidence.read_bytes())


class Asking(PlanCase):
    def test_who_asked_does_not_count_and_an_unknown_person_can_not_ask(self):
        self.start()
        self.check(self.lab.run("plan", "-o", self.folder / "p.json", "--as", "Nobody"), 4)
        plan = self.plan("--as", "Dana Reyes")
        self.assertEqual(json.loads(plan.read_text())["requestedBy"], "Dana Reyes")
        self.approve(plan, *self.keys[0])
        self.check(self.approve(plan, *self.keys[1]), 0)
        self.check(self.lab.run("apply", plan, *FAST), 4)

    def test_who_lets_somebody_else_ask_does_not_count_either(self):
        self.start()
        account = self.account()
        text = self.lab.config.read_text()
        self.lab.config.write_text(text.replace('name = "Dana Reyes"', f'name = "Dana Reyes"\naccount = "{account}"'))
        plan = self.plan("--as", "Sam Okafor")
        document = json.loads(plan.read_text())
        self.assertEqual((document["requestedBy"], document["requestedFrom"]), ("Sam Okafor", "local:" + account))
        self.assertIn(f"Sam Okafor (from local:{account})", self.check(self.lab.run("show", plan), 0).out)
        for who in self.keys[:2]:
            self.assertIn("asked for this plan", self.check(self.approve(plan, *who), 4).err)
        # Signed before the account was known as Dana's: `apply` holds it against her.
        self.lab.config.write_text(text)
        self.check(self.approve(plan, *self.keys[0]), 0)
        self.check(self.approve(plan, *self.keys[2]), 0)
        self.lab.config.write_text(text.replace('name = "Dana Reyes"', f'name = "Dana Reyes"\naccount = "{account}"'))
        result = self.check(self.lab.run("apply", plan, *FAST), 4)
        self.assertIn("Dana Reyes is not counted: Dana Reyes asked for this plan", result.err)

    def account(self):
        if os.getuid() == 0 and os.environ.get("SUDO_USER"):
            return os.environ["SUDO_USER"]
        return pwd.getpwuid(os.getuid()).pw_name

    def test_without_a_name_it_is_the_account(self):
        self.start()
        plan = json.loads(self.plan().read_text())
        self.assertEqual(plan["requestedBy"], "local:" + self.account())
        self.assertNotIn("requestedFrom", plan)
        users = {a["target"]["id"] for a in plan["actions"] if a["target"]["kind"] == "user"}
        self.assertLessEqual(users, set(plan["affected"]))
        self.assertEqual(plan["affected"], sorted(plan["affected"]))

    def test_show_says_why_and_for_whom(self):
        self.start()
        plan = self.plan()
        document = json.loads(plan.read_text())
        text = self.check(self.lab.run("show", plan), 0).out
        case = document["cases"][0]
        self.assertIn("Why " + case["rule"], text)
        self.assertIn(case["reasons"][0]["signal"] + ":", text)
        self.assertIn("whose", text)
        self.assertIn(document["evidence"], text)


class InspectOnly(PlanCase):
    def test_a_plan_of_what_could_not_be_read_whole_is_shown_and_refused(self):
        self.start()
        self.check(self.lab.run("collect", "-o", self.folder / "c"), 0)
        evidence = self.folder / "c" / "evidence.json"
        document = json.loads(evidence.read_text())
        for source in document["coverage"]["sources"]:
            if source["name"] == "oauth2PermissionGrants":
                source["state"], source["reason"] = "partial", "page 3 was refused"
            if source["name"] == "appRoleAssignments":
                source["state"], source["reason"] = "partial", "page 3 was refused"
        document["coverage"]["complete"] = False
        part = self.folder / "part.json"
        part.write_text(json.dumps(document))
        plan = self.folder / "plan.json"
        self.check(self.lab.run("plan", "--evidence", part, "--no-state", "-o", plan), 3)
        made = json.loads(plan.read_text())
        self.assertTrue(made["actions"])
        self.assertTrue(made["inspectOnly"])
        self.assertIn("oauth2PermissionGrants", made["inspectOnly"][0])
        self.assertIn("INSPECT-ONLY", self.check(self.lab.run("show", plan), 0).out)
        page = self.folder / "plan.html"
        self.check(self.lab.run("show", plan, "--report", page), 0)
        self.assertIn("Inspect-only", page.read_text())
        self.check(self.approve(plan, *self.keys[0]), 5)
        before = self.lab.state()
        self.check(self.lab.run("apply", plan, *FAST), 5)
        self.assertEqual(self.lab.state(), before)


class Against(PlanCase):
    def test_two_plans_compare(self):
        self.start()
        a, b = self.folder / "a.json", self.folder / "b.json"
        self.check(self.lab.run("plan", "-o", a), 3)
        self.check(self.lab.run("plan", "-o", b), 3)
        same = self.check(self.lab.run("show", a, "--against", b, "--json"), 0).json()
        self.assertEqual(same["schema"], "clawback.plan-diff/1")
        self.assertTrue(same["same"])
        self.assertIn("digest", {m["name"] for m in same["members"]})
        signed = self.approved(a)
        page = self.folder / "page.html"
        self.check(self.lab.run("apply", signed, "--report", "-", *FAST), 2)
        self.check(self.lab.run("apply", signed, "--report", page, *FAST), 0)
        sent = page.read_text()
        self.assertIn("<title>Mail-client grants: run</title>", sent)
        self.assertIn("done and read back", sent)
        run_id = self.lab.run("runs", "--json").json()["runs"][0]["run"]
        self.assertIn(f"clawback undo {run_id} -o undo.json", sent)
        again = self.check(self.lab.run("show", run_id, "--report", "-"), 0).out
        self.assertEqual(again.replace("\r", ""), sent)
        # Nobody is asked to approve what was used.
        used = self.check(self.lab.run("show", a, "--report", "-"), 0).out
        self.assertIn("Closed: the plan was used", used)
        self.assertNotIn("clawback approve", used)
        # A later pass, which finds the grants gone, takes nobody out of the plan's page, and says that it is later.
        time.sleep(1.1)  # documents have whole seconds
        self.lab.run("scan")
        later = self.check(self.lab.run("show", a, "--report", "-"), 0).out
        who = later.split('<h2 id="affected">')[1].split("</section>")[0]
        planned = json.loads(a.read_text())
        self.assertTrue(planned["affected"])
        for user in planned["affected"]:
            self.assertIn(f"({user})", who)
        self.assertIn(f"after this plan was made ({planned['created']}): it need not be", later)
        # Used and stale plans compare too.
        self.lab.run("plan", "-o", b)
        other = self.check(self.lab.run("show", a, "--against", b, "--json"), 3).json()
        self.assertTrue(other["onlyA"])
        text = self.check(self.lab.run("show", a, "--against", b), 3).out
        self.assertIn("Only in A", text)
        # An HTML report is of one plan: nothing else is taken for having written it.
        page.unlink()
        self.assertIn("one plan", self.check(self.lab.run("show", a, "--against", b, "--report", page), 2).err)
        self.assertFalse(page.exists())


class Reports(PlanCase):
    def test_a_run_that_is_resumed_and_the_plan_of_its_undo_have_a_page(self):
        self.start(faults=[{"kind": "status", "status": 403, "operation": "oauth2PermissionGrant_delete", "times": 1}])
        page = self.folder / "page.html"
        self.check(self.lab.run("apply", self.approved(self.plan()), "--report", page, *FAST), 7)
        partial = page.read_text()
        run_id = self.lab.run("runs", "--json").json()["runs"][0]["run"]
        self.assertIn("403", partial)
        self.check(self.lab.run("resume", run_id, "--report", page, *FAST), 0)
        resumed = page.read_text()
        self.assertIn("<title>Mail-client grants: run</title>", resumed)
        self.assertIn(run_id, resumed)
        # It is what `show` says of the run, and not the page of what stood before.
        self.assertEqual(self.check(self.lab.run("show", run_id, "--report", "-"), 0).out.replace("\r", ""), resumed)
        self.assertNotEqual(resumed, partial)
        # A run with nothing left has its page too.
        page.unlink()
        self.check(self.lab.run("resume", run_id, "--report", page, *FAST), 0)
        self.assertEqual(page.read_text(), resumed)
        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", run_id, "-o", undo, "--report", page), 3)
        planned = page.read_text()
        document = json.loads(undo.read_text())
        self.assertIn("<title>Mail-client grants: undo plan</title>", planned)
        for text in (document["digest"], run_id, "clawback approve"):
            self.assertIn(text, planned)
        for action in document["actions"]:
            self.assertIn(action["request"]["path"], planned)
        # What was named before a request that is refused is not written.
        page.unlink()
        self.check(self.lab.run("undo", run_id, "-o", undo, "--report", undo), 2)
        self.check(self.lab.run("resume", run_id, "--report", self.folder / "none" / "page.html", *FAST), 2)
        self.assertFalse(page.exists())


class OnlyUser(PlanCase):
    def test_one_user_gets_back_what_was_his_and_the_application_stays_disabled(self):
        self.start()
        before = self.lab.state()
        plan = self.approved(self.plan())
        document = json.loads(plan.read_text())
        self.check(self.lab.run("apply", plan, *FAST), 0)
        run_id = self.lab.run("runs", "--json").json()["runs"][0]["run"]
        em = self.lab.app(EM_CLIENT)
        grant = next(a for a in document["actions"] if a["kind"] == "revoke-grant"
                     and a["target"]["servicePrincipalId"] == em["id"] and "principalId" in a["precondition"]["before"])
        user = grant["precondition"]["before"]["principalId"]
        name = document["names"][user]
        after = self.lab.state()
        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", run_id, "--only-user", "nobody@else.example", "-o", undo), 2)
        self.check(self.lab.run("undo", run_id, "--only-user", name.upper(), "-o", undo), 3)
        made = json.loads(undo.read_text())
        self.assertEqual({a["kind"] for a in made["actions"]}, {"restore-grant"})
        self.assertIn("stays disabled", " ".join(made["remarks"]))
        self.check(self.lab.run("apply", self.approved(undo), *FAST), 0)
        now = self.lab.state()
        self.assertEqual(now["apps"], after["apps"])
        back = {k for k in now["grants"] if k not in after["grants"]}
        self.assertTrue(back)
        self.assertEqual({k[2] for k in back}, {user})
        for key in back:
            self.assertEqual(now["grants"][key], before["grants"][key])

    def test_with_the_application_it_is_enabled_again(self):
        self.start()
        plan = self.approved(self.plan())
        self.check(self.lab.run("apply", plan, *FAST), 0)
        run_id = self.lab.run("runs", "--json").json()["runs"][0]["run"]
        document = json.loads(plan.read_text())
        em = self.lab.app(EM_CLIENT)
        grant = next(a for a in document["actions"] if a["kind"] == "revoke-grant"
                     and a["target"]["servicePrincipalId"] == em["id"] and "principalId" in a["precondition"]["before"])
        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", run_id, "--only-user", grant["precondition"]["before"]["principalId"],
                                "--with-app", "-o", undo), 3)
        self.assertEqual(json.loads(undo.read_text())["actions"][-1]["kind"], "enable-app")
        self.check(self.lab.run("apply", self.approved(undo), *FAST), 0)
        self.assertTrue(self.lab.app(EM_CLIENT)["accountEnabled"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
