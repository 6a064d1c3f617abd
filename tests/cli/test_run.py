"""`clawback run`: one unattended pass after the other, against the lab."""
import datetime
import hashlib
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import unittest

from harness import BINARY, EM_CLIENT, ROOT, Lab, WriteCase

FAST = ("--verify-window", "3s", "--verify-gap", "100ms")
SMALL = ("--users", "12", "--apps", "6", "--grants", "12")


def later(**delta):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")


class RunCase(WriteCase):
    def start(self, *arguments, mode="approve", ceiling="auto", faults=None, limits=None):
        super().start(*SMALL, *arguments, faults=faults)
        shutil.copytree(ROOT / "policies", self.folder / "policies")
        self.policy = self.folder / "policies" / "default"
        for file in (self.policy / "rules").glob("*.toml"):
            text = re.sub(r'(?m)^mode\s*=\s*"approve"', f'mode = "{mode}"', file.read_text())
            if mode == "contain":
                text = re.sub(r'(?m)^quorum\s*=.*$', 'quorum = 1', text)
            file.write_text(text)
        for name, value in (limits or {}).items():
            for file in (self.policy / "policy.toml", *(self.policy / "rules").glob("*.toml")):
                file.write_text(re.sub(rf"(?m)^{name}\s*=.*$", f"{name} = {value}", file.read_text()))
        text = self.lab.config.read_text()
        text = re.sub(r'(?m)^(path\s*=.*policies/default"$)', f'path = "{self.policy}"\nceiling = "{ceiling}"', text)
        self.lab.config.write_text(text)

    def run_pass(self, code, *arguments, options=()):
        result = self.check(self.lab.run(*options, "run", "--json", *FAST, *arguments), code).json()
        self.assertEqual(result["schema"], "clawback.pass/1")
        self.assertEqual(result["exit"], code)
        return result


class Modes(RunCase):
    def test_report_and_approve_send_nothing_and_one_plan_waits(self):
        self.start(mode="approve")
        before = self.lab.state()
        first = self.run_pass(3)
        self.assertEqual(first["runs"], [])
        self.assertFalse(first["waiting"]["kept"])
        second = self.run_pass(3)
        self.assertTrue(second["waiting"]["kept"])
        self.assertEqual(second["waiting"]["file"], first["waiting"]["file"])
        self.assertEqual(second["waiting"]["digest"], first["waiting"]["digest"])
        self.assertEqual(self.lab.state(), before)
        # Its signatures are kept with it, and it is applied by hand as any other.
        plan = first["waiting"]["file"]
        self.approve_all(plan)
        self.assertTrue(self.run_pass(3)["waiting"]["kept"])
        self.check(self.lab.run("apply", plan, *FAST), 0)
        self.assertFalse(self.lab.app(EM_CLIENT)["accountEnabled"])
        self.assertIsNone(self.run_pass(3)["waiting"])

    def test_the_evidence_of_a_plan_that_was_applied_stays(self):
        self.start(mode="approve")
        lines = [line for line in self.lab.config.read_text().splitlines() if not line.startswith("evidence")]
        self.lab.config.write_text("\n".join(lines) + "\n")
        waiting = pathlib.Path(self.run_pass(3)["waiting"]["file"])
        # Somebody takes it to where they sign, and applies it from there.
        plan = self.folder / "plan.json"
        shutil.copy(waiting, plan)
        self.approve_all(plan)
        self.check(self.lab.run("apply", plan, *FAST), 0)
        self.assertIsNone(self.run_pass(3)["waiting"])
        self.assertFalse(waiting.exists())
        digest = json.loads(plan.read_text())["evidence"].removeprefix("sha256:")
        data = (self.lab.folder / "evidence" / (digest + ".json")).read_bytes()
        self.assertEqual(hashlib.sha256(data).hexdigest(), digest)

    def test_contain_disables_at_once_and_leaves_the_rest_waiting(self):
        self.start(mode="contain")
        before = self.lab.state()
        result = self.run_pass(3)
        self.assertEqual(len(result["runs"]), 1)
        self.assertEqual(result["runs"][0]["exit"], 0)
        after = self.lab.state()
        self.assertEqual(after["grants"], before["grants"])
        self.assertEqual(after["roles"], before["roles"])
        self.assertFalse(self.lab.app(EM_CLIENT)["accountEnabled"])
        waiting = json.loads(pathlib.Path(result["waiting"]["file"]).read_text())
        kinds = {a["id"]: a["kind"] for a in waiting["actions"]}
        revokes = [a for a in waiting["actions"] if a["kind"] == "revoke-grant"]
        # What was sent goes along, so that nothing is taken away before it holds.
        self.assertTrue(revokes)
        for action in revokes:
            self.assertEqual([kinds[id] for id in action["depends"]], ["disable-app"])
        again = self.run_pass(3)
        self.assertEqual(again["runs"], [])
        self.assertTrue(again["waiting"]["kept"])
        self.approve_all(result["waiting"]["file"])
        self.check(self.lab.run("apply", result["waiting"]["file"], *FAST), 0)
        self.assertLess(len(self.lab.state()["grants"]), len(before["grants"]))

    def test_auto_sends_all_once(self):
        self.start(mode="auto")
        result = self.run_pass(3)
        self.assertEqual([r["exit"] for r in result["runs"]], [0])
        self.assertIsNone(result["waiting"])
        state = self.lab.state()
        again = self.run_pass(3)
        self.assertEqual(again["runs"], [])
        self.assertEqual(self.lab.state(), state)

    def answer(self, says):
        """What a person of eM Client's case says of it."""
        found = self.check(self.lab.run("scan", "--json"), 3).json()["findings"]
        case = next(f for f in found if f["app"]["appId"] == EM_CLIENT)
        self.check(self.lab.run("answer", case["key"], "--user", case["users"][0]["id"], "--says", says, "--by", "Dana Reyes"), 0)

    def test_what_a_user_says_is_theirs_waits_for_a_person(self):
        self.start(mode="auto")
        self.answer("mine")
        result = self.run_pass(3)
        self.assertEqual([r["exit"] for r in result["runs"]], [0])
        self.assertTrue(self.lab.app(EM_CLIENT)["accountEnabled"])
        waiting = json.loads(pathlib.Path(result["waiting"]["file"]).read_text())
        disabled = {a["target"]["appId"] for a in waiting["actions"] if a["kind"] == "disable-app"}
        self.assertEqual(disabled, {EM_CLIENT})
        self.assertTrue(any("says that it is theirs" in line for line in waiting["remarks"]), waiting["remarks"])

    def test_what_was_contained_stays_so_when_a_user_says_it_is_theirs(self):
        self.start(mode="contain")
        self.run_pass(3)
        self.assertFalse(self.lab.app(EM_CLIENT)["accountEnabled"])
        before = self.lab.state()
        self.answer("mine")
        self.assertEqual(self.run_pass(3)["runs"], [])
        self.assertEqual(self.lab.state(), before)

    def test_the_ceiling_holds_every_rule_down(self):
        self.start(mode="auto", ceiling="approve")
        before = self.lab.state()
        result = self.run_pass(3)
        self.assertEqual(result["runs"], [])
        self.assertIsNotNone(result["waiting"])
        self.assertEqual(self.lab.state(), before)

    def test_report_leaves_no_plan(self):
        self.start(mode="auto", ceiling="report")
        result = self.run_pass(3)
        self.assertIsNone(result["waiting"])
        self.assertEqual(result["runs"], [])

    def test_a_rejected_plan_is_not_asked_for_again(self):
        self.start(mode="approve")
        plan = self.run_pass(3)["waiting"]["file"]
        key, name = self.keys[0]
        self.check(self.lab.run("reject", plan, "--key", key, "--as", name, "--reason", "ours", "--yes"), 0)
        again = self.run_pass(3)["waiting"]
        self.assertTrue(again["rejected"])
        self.assertEqual(again["file"], plan)

    def test_an_expired_plan_is_replaced(self):
        self.start(mode="approve")
        first = self.run_pass(3)["waiting"]
        second = self.run_pass(3, options=("--now", later(days=2)))["waiting"]
        self.assertFalse(second["kept"])
        self.assertNotEqual(first["file"], second["file"])
        self.assertEqual(len(list((self.lab.folder / "plans").glob("*.json"))), 1)


class Guards(RunCase):
    def test_a_limit_refuses_all_of_it(self):
        self.start(mode="auto", limits={"max_apps": 1})
        before = self.lab.state()
        result = self.run_pass(5)
        self.assertEqual(result["runs"], [])
        self.assertIn("max_apps", " ".join(result["stopped"]))
        self.assertIn("max_apps", result["waiting"]["refused"])
        self.assertEqual(self.lab.state(), before)

    def test_the_kill_switch_stops_what_would_be_sent_and_nothing_else(self):
        self.start(mode="contain")
        before = self.lab.state()
        (self.lab.folder / "clawback.db.stop").write_text("drill")
        result = self.run_pass(5)
        self.assertTrue(result["scanned"])
        self.assertIsNotNone(result["waiting"])
        self.assertEqual(result["runs"], [])
        self.assertEqual(self.lab.state(), before)
        (self.lab.folder / "clawback.db.stop").unlink()
        self.assertEqual(len(self.run_pass(3)["runs"]), 1)

    def test_two_at_once(self):
        self.start("--latency", "300", mode="approve")
        first = subprocess.Popen([BINARY, "--config", str(self.lab.config), "run", "--quiet"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not list(self.lab.folder.glob("clawback.db-*.lock")) and time.monotonic() < deadline:
            time.sleep(0.02)
        result = self.check(self.lab.run("run"), 5)
        self.assertIn("another `clawback run`", result.err)
        self.assertEqual(first.wait(60), 3)

    def test_incomplete_evidence_where_nothing_is_found_is_exit_8(self):
        self.start("--no-planted", "--deny-read", "AuditLog.Read.All", "--deny-read", "Directory.Read.All",
                   mode="auto")
        result = self.run_pass(8)
        self.assertFalse(result["complete"])

    def test_a_tenant_that_can_not_be_read_is_an_error_and_said(self):
        self.start(mode="auto")
        (self.lab.folder / "read.secret").write_text("wrong")
        result = self.check(self.lab.run("run", "--json", *FAST), 9).json()
        self.assertFalse(result["scanned"])
        self.assertEqual(len(result["errors"]), 1)


class After(RunCase):
    def test_a_partial_run_is_resumed_by_the_next_pass(self):
        self.start(mode="auto", faults=[
            {"kind": "status", "operation": "oauth2PermissionGrant_delete", "status": 403, "times": 1}])
        first = self.run_pass(7)
        self.assertEqual(first["runs"][0]["exit"], 7)
        second = self.run_pass(3)
        self.assertEqual([(r["run"], r["resumed"], r["exit"]) for r in second["runs"]],
                         [(first["runs"][0]["run"], True, 0)])

    def test_follow_up_looks_are_done_once_and_late_ones_are_caught_up(self):
        self.start(mode="auto")
        run_id = self.run_pass(3)["runs"][0]["run"]
        self.assertEqual(self.run_pass(3)["followUps"], [])
        looked = self.run_pass(3, options=("--now", later(hours=2)))["followUps"]
        self.assertEqual([(f["run"], f["look"], f["changes"]) for f in looked], [(run_id, "1h", [])])
        self.assertEqual(self.run_pass(3, options=("--now", later(hours=3)))["followUps"], [])
        looked = self.run_pass(3, options=("--now", later(days=40)))["followUps"]
        self.assertEqual([f["look"] for f in looked], ["30d"])
        self.assertEqual(self.run_pass(3, options=("--now", later(days=50)))["followUps"], [])
        notes = self.lab.run("log", "--json", "--run", run_id).out
        self.assertEqual(notes.count('"looked"'), 2)

    def test_what_came_back_is_found_by_a_look(self):
        self.start(mode="auto")
        result = self.run_pass(3)
        run_id = result["runs"][0]["run"]
        # Somebody takes it back: an undo that this database does not know.
        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", run_id, "-o", undo), 3)
        self.approve_all(undo)
        kept = {f: f.read_bytes() for f in self.lab.folder.glob("clawback.db*")}
        self.check(self.lab.run("apply", undo, *FAST), 0)
        for file in self.lab.folder.glob("clawback.db*"):
            if file not in kept:
                file.unlink()
        for file, data in kept.items():
            file.write_bytes(data)
        text = self.lab.config.read_text()
        self.lab.config.write_text(text.replace('ceiling = "auto"', 'ceiling = "report"'))
        looked = self.run_pass(3, options=("--now", later(hours=2)))["followUps"]
        changes = [c for f in looked for c in f["changes"]]
        self.assertLessEqual({"re-consent", "re-enabled"}, {c["kind"] for c in changes})
        # A role that is given again has a new id.
        removed = [a["target"]["id"] for a in json.loads(undo.read_text())["actions"] if a["kind"] == "restore-app-role"]
        self.assertTrue(removed)
        self.assertLessEqual({f"remove-app-role {id}" for id in removed}, {c["action"] for c in changes})

    def test_what_our_undo_gave_back_is_not_looked_at(self):
        self.start(mode="auto")
        run_id = self.run_pass(3)["runs"][0]["run"]
        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", run_id, "-o", undo), 3)
        self.approve_all(undo)
        self.check(self.lab.run("apply", undo, *FAST), 0)
        text = self.lab.config.read_text()
        self.lab.config.write_text(text.replace('ceiling = "auto"', 'ceiling = "report"'))
        looked = self.run_pass(3, options=("--now", later(hours=2)))["followUps"]
        self.assertEqual([f["changes"] for f in looked if f["run"] == run_id], [[]])

    def test_what_an_undo_gave_back_is_not_looked_at_by_a_run_that_found_it_so(self):
        self.start(mode="contain")
        first = self.run_pass(3)
        # The plan that waited disables too: it is so already.
        self.approve_all(first["waiting"]["file"])
        self.check(self.lab.run("apply", first["waiting"]["file"], *FAST), 0)
        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", first["runs"][0]["run"], "-o", undo), 3)
        self.approve_all(undo)
        self.check(self.lab.run("apply", undo, *FAST), 0)
        self.assertTrue(self.lab.app(EM_CLIENT)["accountEnabled"])
        text = self.lab.config.read_text()
        self.lab.config.write_text(text.replace('ceiling = "auto"', 'ceiling = "report"'))
        looked = self.run_pass(3, options=("--now", later(hours=2)))["followUps"]
        self.assertEqual([f["changes"] for f in looked], [[], []])


class Telling(RunCase):
    """A pass may end anywhere: what it found is told all the same."""

    def start_telling(self, *arguments, **options):
        self.start(*arguments, **options)
        self.log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.log.close)
        self.log.bind(str(self.folder / "log"))

    def add_target(self):
        with self.lab.config.open("a") as config:
            config.write(f'\n[[notify]]\nkind = "syslog"\naddress = "{self.folder}/log"\n')

    def told(self, seconds=0.2):
        """All lines that come within this time of each other."""
        lines = []
        self.log.settimeout(seconds)
        try:
            while True:
                lines.append(self.log.recv(65536).decode())
                self.log.settimeout(0.2)
        except TimeoutError:
            return lines

    def kill_pass(self, when):
        process = subprocess.Popen([BINARY, "--config", str(self.lab.config), "run", "--quiet"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        out = when()
        self.assertIsNone(process.poll())
        process.kill()
        process.wait()
        return out

    def test_cases_are_told_before_anything_is_sent(self):
        self.start_telling(mode="auto", faults=[
            {"kind": "delay", "operation": "servicePrincipal_update", "delayMs": 20000, "times": 1}])
        self.add_target()
        lines = self.kill_pass(lambda: self.told(15))
        self.assertTrue([line for line in lines if "eM Client" in line], lines)

    def test_a_pass_that_is_killed_before_it_told_leaves_its_cases_new(self):
        self.start_telling(mode="approve", faults=[
            {"kind": "delay", "operation": "servicePrincipal_listAppRoleAssignedTo", "delayMs": 20000, "times": 1}])
        for file in (self.policy / "rules").glob("*.toml"):
            file.write_text(file.read_text().replace('"disable-app"', '"disable-app", "remove-assignment"', 1))
        self.add_target()
        self.assertEqual(self.kill_pass(lambda: self.told(4)), [])
        self.run_pass(3)
        lines = self.told()
        self.assertTrue([line for line in lines if "eM Client" in line], lines)
        self.assertTrue([line for line in lines if " waits " in line], lines)
        self.run_pass(3)
        self.assertEqual(self.told(), [])

    def test_a_run_that_its_pass_could_not_tell_of_is_told_by_the_next_once(self):
        self.start_telling(mode="auto")
        run = self.run_pass(3)["runs"][0]["run"]
        self.add_target()
        for expected in (True, False):
            self.run_pass(3)
            self.assertEqual(bool([line for line in self.told() if run in line]), expected)

    def come_back(self, *arguments):
        """The same tenant as it was before anything was done to it, and the journal of what was done."""
        before = self.lab
        self.lab = Lab(*SMALL, *arguments)
        self.addCleanup(self.lab.stop)
        for file in before.folder.glob("clawback.db*"):
            shutil.copy(file, self.lab.folder)
        text = self.lab.config.read_text()
        text = re.sub(r'(?m)^(path\s*=.*policies/default"$)', f'path = "{self.policy}"\nceiling = "report"', text)
        self.lab.config.write_text(text)
        self.add_target()

    def test_what_came_back_is_told_and_nobody_is_named(self):
        self.start_telling("--mailbox-settings", mode="auto")
        self.policy_of(["disable-app", "disable-user", "disable-inbox-rule"])
        rule = self.policy / "rules" / "only.toml"
        rule.write_text(rule.read_text().replace('mode = "approve"', 'mode = "auto"'))
        head = self.policy / "policy.toml"
        head.write_text(re.sub(r"(?m)^protected_users.*\n", "", head.read_text()))
        first = self.run_pass(3)
        self.assertEqual([r["exit"] for r in first["runs"]], [0])
        run_id = first["runs"][0]["run"]

        # One object can't be read: what the others show is told all the same.
        self.come_back("--mailbox-settings", "--deny-read", "MailboxSettings.Read")
        later_run = ("--now", later(hours=2), "run", "--json", *FAST)
        result = self.lab.run(*later_run).json()
        looked = result["followUps"][0]
        self.assertEqual((looked["run"], looked["look"]), (run_id, "1h"))
        self.assertEqual({c["kind"] for c in looked["changes"]}, {"re-enabled"})
        self.assertTrue(looked["unread"])
        self.assertTrue([e for e in result["errors"] if "looking again" in e["message"]], result)
        users = {u["id"]: u["userPrincipalName"] for u in self.lab.all("/v1.0/users?$select=id,userPrincipalName&$top=999")}
        lines = self.told()
        accounts = [line for line in lines if "the account is enabled again" in line]
        self.assertTrue(accounts, lines)
        for line in accounts:
            self.assertIn(re.search(r" duid=(\S+)", line).group(1), users)
        for line in lines:
            self.assertNotIn("@", line)
            for name in users.values():
                self.assertNotIn(name.split("@")[0] + "%40", line)
        self.assertTrue([line for line in lines if "the application is enabled again" in line], lines)

        # Then it can, and the next pass looks at that one alone.
        self.come_back("--mailbox-settings")
        again = self.lab.run(*later_run).json()["followUps"]
        self.assertEqual([(f["run"], f["look"], f["unread"]) for f in again], [(run_id, "1h", [])])
        self.assertEqual({c["detail"] for c in again[0]["changes"]}, {"the inbox rule is enabled again"})
        self.assertEqual(len(again[0]["changes"]), len(looked["unread"]))
        lines = self.told()
        self.assertFalse([line for line in lines if "the account is enabled again" in line], lines)
        self.assertEqual(self.lab.run(*later_run).json()["followUps"], [])

    def test_a_plan_that_waits_untold_is_told_once(self):
        self.start_telling(mode="approve")
        self.run_pass(3)
        self.add_target()
        self.assertTrue(self.run_pass(3)["waiting"]["kept"])
        self.assertEqual(len([line for line in self.told() if " waits " in line]), 1)
        self.run_pass(3)
        self.assertEqual(self.told(), [])

    def test_a_case_that_a_scan_by_hand_saw_first_is_told(self):
        self.start_telling(mode="approve")
        self.add_target()
        self.check(self.lab.run("scan"), 3)
        self.run_pass(3)
        self.assertTrue([line for line in self.told() if "eM Client" in line])
        self.run_pass(3)
        self.assertEqual(self.told(), [])


class Watch(RunCase):
    def test_it_goes_on_until_it_is_asked_to_end(self):
        self.start(mode="approve")
        process = subprocess.Popen([BINARY, "--config", str(self.lab.config), "--json", "watch", "--every", "1s"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        passes = 0
        buffer = ""
        deadline = time.monotonic() + 60
        while passes < 2 and time.monotonic() < deadline:
            buffer += process.stdout.readline()
            passes = buffer.count('"clawback.pass/1"')
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, err)
        self.assertGreaterEqual(passes, 2)


if __name__ == "__main__":
    unittest.main(verbosity=1)
