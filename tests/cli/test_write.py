"""From a plan to its effects and back, through the binary, with every refusal on the way."""
import datetime
import json
import re
import shutil
import subprocess
import time
import unittest

from harness import BINARY, EM_CLIENT, JWT, ROOT, WriteCase, canonical, digest, run


def later(**delta):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Apply(WriteCase):
    def test_the_whole_way_and_back(self):
        self.start()
        before = self.lab.state()
        plan = self.approved_plan()
        result = self.check(self.apply(plan, "--json"), 0).json()
        self.assertEqual(result["schema"], "clawback.run/1")
        after = self.lab.state()
        self.assertFalse(self.lab.app(EM_CLIENT)["accountEnabled"])
        planned = json.loads(plan.read_text())["actions"]
        revoked = sum(1 for a in planned if a["kind"] == "revoke-grant")
        self.assertEqual(len(before["grants"]) - len(after["grants"]), revoked)
        disabled = {a["target"]["id"] for a in planned if a["kind"] == "disable-app"}
        changed = {k for k in before["apps"] if before["apps"][k] != after["apps"][k]}
        self.assertEqual(changed, disabled)

        runs = self.check(self.lab.run("runs", "--json"), 0).json()
        run_id = result["run"]
        self.assertIn(run_id, json.dumps(runs))
        self.check(self.lab.run("show", run_id), 0)
        self.check(self.lab.run("resume", run_id), 0)

        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", run_id, "-o", undo), 3)
        self.check(self.apply(undo), 4)
        self.approve_all(undo)
        self.check(self.apply(undo), 0)
        self.assertEqual(self.lab.state(), before)

    def test_without_approval_nothing_is_sent(self):
        self.start()
        before = self.lab.state()
        plan = self.plan()
        result = self.check(self.apply(plan), 4)
        self.assertIn("approval", result.err)
        self.check(self.apply(plan, "--yes"), 4)
        self.assertEqual(self.lab.state(), before)

    def test_one_of_two_an_expired_one_another_plans_and_a_strangers_do_not_count(self):
        self.start()
        before = self.lab.state()
        plan = self.plan()
        self.check(self.approve(plan, *self.keys[0]), 0)
        self.check(self.apply(plan), 4)
        self.check(self.approve(plan, *self.keys[1], "--expires", "1s"), 0)
        self.check(self.apply(plan, "--now", "2030-01-01T00:00:00Z"), 6)
        time.sleep(1.2)
        self.check(self.apply(plan), 4)
        other = self.folder / "other.json"
        self.check(self.lab.run("plan", "-o", other), 3)
        self.check(self.approve(other, *self.keys[1]), 0)
        with (self.folder / "plan.json.approvals").open("a") as file:
            file.write((self.folder / "other.json.approvals").read_text())
        self.check(self.apply(plan), 4)
        stranger = self.folder / "mallory.key"
        self.check(run("key", "new", "-o", stranger, "--no-passphrase"), 0)
        self.check(self.approve(plan, stranger, "Sam Okafor"), 4)
        self.assertEqual(self.lab.state(), before)

    def test_a_forged_signature_is_refused(self):
        self.start()
        plan = self.approved_plan()
        file = self.folder / "plan.json.approvals"
        lines = [json.loads(line) for line in file.read_text().splitlines() if line]
        signature = lines[0]["signatures"][0]["sig"]
        lines[0]["signatures"][0]["sig"] = ("A" if signature[0] != "A" else "B") + signature[1:]
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        self.check(self.apply(plan), 4)

    def test_one_no_is_final_even_when_its_file_is_lost(self):
        self.start()
        plan = self.approved_plan()
        key, name = self.keys[1]
        self.check(self.lab.run("reject", plan, "--key", key, "--as", name, "--reason", "wrong tenant", "--yes"), 0)
        result = self.check(self.apply(plan), 4)
        self.assertIn("wrong tenant", result.err)
        self.never_signed(plan, 4, "wrong tenant")
        file = self.folder / "plan.json.approvals"
        file.unlink()
        self.never_signed(plan, 4, "wrong tenant")
        closed = self.closed_state()
        for key, name in self.keys:
            self.check(run("--config", closed, "approve", plan, "--key", key, "--as", name, "--reason", "yes", "--yes"), 0)
        result = self.check(self.apply(plan), 4)
        self.assertIn("wrong tenant", result.err)

    def never_signed(self, plan, code, why):
        """A plan that nobody could send is not signed, and whoever looks at it is told."""
        file = plan.with_name(plan.name + ".approvals")
        before = file.read_bytes() if file.exists() else None
        self.assertIn(why, self.check(self.approve(plan, *self.keys[0]), code).err)
        self.assertEqual(file.read_bytes() if file.exists() else None, before)
        shown = self.check(self.lab.run("show", plan), 0)
        self.assertNotIn("clawback approve", shown.out)
        self.assertRegex(shown.out, rf"\nclosed  the plan was [^\n]*{why}")

    def test_a_no_is_written_where_the_database_is_closed(self):
        self.start()
        plan = self.approved_plan()
        key, name = self.keys[1]
        result = self.check(run("--config", self.closed_state(), "reject", plan, "--key", key, "--as", name,
                                "--reason", "wrong tenant", "--yes", "--quiet", "--json"), 0)
        self.assertFalse(result.json()["recorded"])
        self.assertIn("this no is in", result.err)
        self.assertIn("plan.json.approvals alone", " ".join(result.err.split()))
        result = self.check(self.apply(plan), 4)
        self.assertIn("wrong tenant", result.err)

    def test_a_plan_is_used_once(self):
        self.start()
        plan = self.approved_plan()
        self.check(self.apply(plan), 0)
        result = self.check(self.apply(plan), 6)
        self.assertIn("used by run", result.err)
        self.never_signed(plan, 6, "used by run")
        # An approver whose account can't open the state signs what can't be known there.
        key, name = self.keys[0]
        self.check(run("--config", self.closed_state(), "approve", plan, "--key", key, "--as", name, "--reason", "x",
                       "--yes", "-o", self.folder / "other"), 0)

    def test_a_no_beside_the_plan_is_enough_where_there_is_no_database(self):
        self.start()
        plan = self.plan("--no-state")
        self.assertFalse((self.lab.folder / "clawback.db").exists())
        self.assertIn("clawback approve", self.check(self.lab.run("show", plan), 0).out)
        key, name = self.keys[1]
        result = self.check(self.lab.run("reject", plan, "--key", key, "--as", name, "--reason", "wrong tenant", "--yes",
                                         "--json"), 0)
        self.assertFalse(result.json()["recorded"])
        self.assertIn("this no is in", result.err)
        self.never_signed(plan, 4, "wrong tenant")
        self.assertEqual(list(self.lab.folder.glob("clawback.db*")), [])

    def test_a_plan_of_another_policy_or_of_yesterday_is_stale(self):
        self.start()
        plan = self.approved_plan()
        self.check(self.apply(plan, "--now", "2028-01-01T00:00:00Z"), 6)
        shutil.copytree(ROOT / "policies", self.folder / "policies")
        changed = self.folder / "policies" / "default" / "policy.toml"
        changed.write_text(changed.read_text() + "\n# changed\n")
        self.check(self.apply(plan, "--policy", changed.parent), 6)

    def test_an_error_names_the_file_and_says_what_to_do(self):
        self.start()
        plan = self.plan()
        bad = self.folder / "bad.key"
        bad.write_text("-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n")
        bad.chmod(0o600)
        result = self.check(self.approve(plan, bad, self.keys[0][1]), 4)
        self.assertIn("bad.key: the key can't be opened", result.err)
        result = self.lab.run("apply", self.folder / "none.json")
        self.assertIn("`clawback plan -o FILE`", result.err)
        self.lab.process.terminate()
        self.lab.process.wait()
        self.assertIn("a firewall", self.lab.run("scan", "--no-state").err)

    def test_limits_refuse_the_whole_plan(self):
        self.start()
        shutil.copytree(ROOT / "policies", self.folder / "policies")
        policy = self.folder / "policies" / "default"
        for file in (policy / "policy.toml", *(policy / "rules").glob("*.toml")):
            file.write_text(re.sub(r"(?m)^max_apps\s*=.*$", "max_apps = 1", file.read_text()))
        before = self.lab.state()
        plan = self.plan("--policy", policy)
        self.assertIn("max_apps", plan.read_text())
        self.check(self.approve(plan, *self.keys[0]), 5)
        self.check(self.apply(plan, "--policy", policy), 5)
        self.assertEqual(self.lab.state(), before)

    def test_limits_count_what_was_sent_within_a_day(self):
        self.start()
        first = self.approved_plan()
        self.check(self.apply(first), 0)
        run_id = self.lab.run("runs", "--json").json()["runs"][0]["run"]
        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", run_id, "-o", undo), 3)
        self.approve_all(undo)
        self.check(self.apply(undo), 0)
        # The same five applications are five, not ten; but the actions add up.
        (self.folder / "plan.json.approvals").unlink()
        policy = self.folder / "policies" / "default"
        shutil.copytree(ROOT / "policies", policy.parent)
        planned = len(json.loads(first.read_text())["actions"])
        for limit, code in ((planned, 5), (3 * planned, 0)):
            for file in (policy / "policy.toml", *(policy / "rules").glob("*.toml")):
                text = re.sub(r"(?m)^max_actions\s*=.*$", f"max_actions = {limit}", file.read_text())
                file.write_text(text)
            again = self.plan("--policy", policy)
            self.approve_all(again)
            result = self.check(self.apply(again, "--policy", policy), code)
            if code == 5:
                self.assertIn("24 hours", result.err)
                # A clock that is ahead makes nothing older than it is.
                ahead = ("--now", later(hours=25))
                self.check(self.lab.run("plan", "-o", again, "--policy", policy, "--no-state", *ahead), 3)
                again.with_name(again.name + ".approvals").unlink()
                self.approve_all(again, *ahead)
                result = self.check(self.apply(again, "--policy", policy, *ahead), 5)
                self.assertIn("24 hours", result.err)
                again.with_name(again.name + ".approvals").unlink()

    def test_an_installation_that_can_only_read(self):
        self.start()
        plan = self.approved_plan()
        text = self.lab.config.read_text()
        start = text.index("[identity.write]")
        end = text.index("[policy]")
        self.lab.config.write_text(text[:start] + text[end:])
        result = self.check(self.apply(plan), 2)
        self.assertIn("identity.write", result.err)


class Forged(WriteCase):
    """Plans that somebody wrote by hand, with signatures that hold."""

    def forged(self, change, approvers=2):
        self.start()
        plan = self.plan()
        self.rewrite(plan, change)
        for key, name in self.keys[:approvers]:
            self.approve(plan, key, name)
        before = self.lab.state()
        result = self.apply(plan)
        self.assertEqual(self.lab.state(), before)
        return result

    def test_a_rule_that_the_policy_does_not_have(self):
        def change(plan):
            plan["approval"]["quorum"] = 1
            for action in plan["actions"]:
                action["because"]["rule"] = "zzz"
        self.check(self.forged(change, approvers=1), 6)

    def test_a_lower_quorum_than_the_rules_ask_for(self):
        def change(plan):
            plan["approval"]["quorum"] = 1
        self.check(self.forged(change, approvers=1), 4)

    def test_approvals_that_hold_longer_than_the_rules_let_them(self):
        def change(plan):
            plan["approval"]["expires"] = "300d"
        self.check(self.forged(change), 6)

    def test_a_guard_that_looks_at_something_else_than_what_is_sent(self):
        def change(plan):
            plan["actions"][0]["target"]["servicePrincipalId"] = ""
        self.check(self.forged(change), 2)

    def test_an_application_under_another_ones_name(self):
        def change(plan):
            microsoft = next(a for a in self.lab.all("/v1.0/servicePrincipals?$top=999")
                             if a["appOwnerOrganizationId"] == "f8cdef31-a31e-4b4a-93e4-5f571e91255a")
            text = canonical(plan["actions"][0]).replace(plan["actions"][0]["target"]["id"], microsoft["id"])
            plan["actions"][0] = json.loads(text)
            before = plan["actions"][0]["precondition"]
            before["hash"] = digest(before["before"])
        self.check(self.forged(change), 5)

    def test_an_inverse_that_no_run_asks_for(self):
        def change(plan):
            action = next(a for a in plan["actions"] if a["kind"] == "disable-app")
            action["kind"] = "enable-app"
        self.assertIn(self.forged(change).code, (2, 6))

    def test_a_tenant_that_is_not_what_the_plan_saw_is_exit_6(self):
        def change(plan):
            action = next(a for a in plan["actions"] if a["kind"] == "revoke-grant")
            scopes = action["precondition"]["before"]["scopes"]
            scopes.pop()
            action["precondition"]["hash"] = digest(action["precondition"]["before"])
            action["inverse"]["body"]["scope"] = " ".join(scopes)
            action["id"] = "a1"
            action["depends"] = []
            plan["actions"] = [action]
            plan["limits"]["evaluated"] = {"actions": 1, "apps": 1, "users": 1}
        result = self.check(self.forged(change), 6)
        self.assertIn("not what the plan saw", result.out)

    def test_the_clock_can_not_be_set_back(self):
        self.start()
        plan = self.plan()
        self.approve_all(plan, "--expires", "1s")
        time.sleep(1.2)
        self.check(self.apply(plan), 4)
        self.check(self.apply(plan, "--now", "2026-01-01T00:00:00Z"), 2)

    def test_a_clock_that_is_ahead_is_not_the_journals(self):
        self.start(faults=[{"kind": "status", "operation": "oauth2PermissionGrant_delete", "status": 403, "times": 1}])
        plan = self.approved_plan()
        # How long ago a request left is what `resume` waits for its effect by.
        run_id = self.check(self.apply(plan, "--now", later(minutes=20), "--json"), 7).json()["run"]
        self.check(self.lab.run("resume", run_id, "--verify-window", "3s", "--now", later(minutes=30)), 0)
        rows = self.check(self.lab.run("log", "--run", run_id, "--json"), 0).json()["rows"]
        sent = [row["time"] for row in rows if row["kind"] in ("started", "intent", "answered", "ended")]
        self.assertGreater(len(sent), 4)
        self.assertLess(max(sent), later(minutes=5))


class Partial(WriteCase):
    def test_a_refused_removal_is_exit_7_and_resume_finishes_it(self):
        self.start(faults=[{"kind": "status", "operation": "oauth2PermissionGrant_delete", "status": 403, "times": 1}])
        plan = self.approved_plan()
        result = self.check(self.apply(plan, "--json"), 7).json()
        self.check(self.lab.run("resume", result["run"], "--verify-window", "3s"), 0)

    def test_a_lost_answer_and_throttling_are_ridden_out(self):
        self.start(faults=[
            {"kind": "reset-after", "operation": "oauth2PermissionGrant_delete", "times": 1},
            {"kind": "status", "operation": "servicePrincipal_update", "status": 429, "retryAfter": "0.1", "times": 2},
            {"kind": "status", "operation": "user_get", "status": 503, "times": 2}])
        plan = self.approved_plan()
        earlier = len(self.lab.audits("Remove delegated permission grant"))
        self.check(self.apply(plan), 0)
        planned = sum(1 for a in json.loads(plan.read_text())["actions"] if a["kind"] == "revoke-grant")
        self.assertEqual(len(self.lab.audits("Remove delegated permission grant")) - earlier, planned)

    def test_late_visibility_is_waited_for(self):
        self.start("--visibility", "400")
        self.check(self.apply(self.approved_plan()), 0)

    def test_two_runs_on_one_tenant_do_not_meet(self):
        self.start("--latency", "100")
        plan = self.approved_plan()
        first = subprocess.Popen([BINARY, "--config", str(self.lab.config), "apply", str(plan), "--verbose",
                                  "--verify-gap", "1s"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in first.stderr:
            if line.startswith("journal intent"):
                break
        run_id = self.lab.run("runs", "--json").json()["runs"][0]["run"]
        result = self.check(self.lab.run("resume", run_id), 5)
        self.assertIn("another clawback", result.err)
        first.stderr.read()
        first.stderr.close()
        self.assertEqual(first.wait(), 0)
        self.check(self.lab.run("resume", run_id), 0)

    def test_a_write_identity_without_a_permission_is_exit_9(self):
        self.start("--deny-write", "Application.ReadWrite.All")
        before = self.lab.state()
        result = self.apply(self.approved_plan())
        self.check(result, 9)
        self.assertEqual(self.lab.state(), before)
        # The report says what to do; the answers are items of a $batch, whose ids are in their bodies.
        words = re.sub(r"\s+", " ", result.out)
        self.assertIn("(it needs Application.ReadWrite.All; `clawback resume RUN` after granting it)", words)
        self.assertIn("request-id ", words)
        self.assertIn("resume", self.check(self.apply(self.folder / "plan.json"), 6).err)

    def test_no_secret_reaches_output_or_journal(self):
        self.start()
        plan = self.approved_plan()
        result = self.check(self.apply(plan, "--verbose"), 0)
        secret = (self.lab.folder / "read.secret").read_text().strip()
        key = (self.lab.folder / "write.key").read_text().splitlines()[1]
        journal = b"".join(f.read_bytes() for f in self.lab.folder.glob("clawback.db*"))
        for text in (result.out, result.err):
            self.assertNotIn(secret, text)
            self.assertNotIn(key, text)
            self.assertNotIn("Bearer", text)
            self.assertNotRegex(text, JWT)
        self.assertNotIn(secret.encode(), journal)
        self.assertNotIn(b"eyJ0", journal)


if __name__ == "__main__":
    unittest.main(verbosity=1)
