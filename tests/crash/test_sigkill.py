"""SIGKILL during `apply` after every journal record, then `resume`: every action takes effect exactly once."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from harness import BINARY, EM_CLIENT, ROOT, Lab, WriteCase  # noqa: E402

NEVER_SEEN = "0f0f0f0f-1111-4222-8333-444455556666"
ACTIVITIES = {
    "Remove delegated permission grant": "revoke-grant",
    "Remove app role assignment from service principal": "remove-app-role",
    "Add service principal": "block-app",
    "Update StsRefreshTokenValidFrom Timestamp": "revoke-sessions",
}

# Small on purpose: the loop kills once after every journal record.
LAB = ("--users", 20, "--apps", 5, "--grants", 20, "--latency", 15)


class Sigkill(WriteCase):
    LAB_ARGUMENTS = LAB

    def small_policy(self):
        """Two applications, every kind of action: the other planted cases are excepted, or their rules are not there."""
        target = self.folder / "policies"
        shutil.copytree(ROOT / "policies", target)
        for rule in ("tenant-wide-mail-grant", "new-unverified-mail-app"):
            (target / "default" / "rules" / f"{rule}.toml").unlink()
        em_client = next(a for a in self.lab.all("/v1.0/servicePrincipals?$top=999") if a["appId"] == EM_CLIENT)
        scopes = sorted({s for g in self.lab.all("/v1.0/oauth2PermissionGrants?$top=999")
                         if g["clientId"] == em_client["id"] for s in g["scope"].split()})
        (target / "default" / "exceptions.toml").write_text(
            f'[[exception]]\napp_id = "{EM_CLIENT}"\nscopes = {json.dumps(scopes)}\n'
            'reason = "kept out of this test"\nowner = "tests"\nexpires = 2099-01-01\n')
        policy = target / "default" / "policy.toml"
        text = policy.read_text()
        block = re.compile(r"(?m)^block\s*=.*$")
        self.assertRegex(text, block)
        policy.write_text(block.sub(f'block = ["{NEVER_SEEN}"]', text))
        return target / "default"

    def killed_after(self, records):
        """One tenant: apply, SIGKILL when the record of that number is on disk, resume. False: it ended before."""
        self.lab = Lab(*self.LAB_ARGUMENTS)
        try:
            keys = [self.make_approver("Dana Reyes"), self.make_approver("Sam Okafor")]
            policy = self.small_policy()
            plan = self.plan("--policy", policy)
            earlier = {activity: len(self.lab.audits(activity)) for activity in ACTIVITIES}
            self.approve_all(plan, keys=keys)
            planned = json.loads(plan.read_text())["actions"]
            process = subprocess.Popen(
                [BINARY, "--config", str(self.lab.config), "apply", str(plan), "--policy", str(policy), "--verbose", "--verify-window", "2s",
                 "--verify-gap", "50ms"],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ)
            seen = 0
            for line in process.stderr:
                if line.startswith("journal "):
                    seen += 1
                    if seen == records:
                        process.send_signal(signal.SIGKILL)
                        break
            process.stderr.close()
            code = process.wait()
            if code != -signal.SIGKILL:
                self.assertEqual(code, 0)
                return False
            run_id = self.lab.run("runs", "--json").json()["runs"][0]["run"]
            self.check(self.lab.run("resume", run_id, "--policy", policy, "--verify-window", "2s"), 0)
            self.check_effects(planned, earlier)
            return True
        finally:
            self.lab.stop()
            shutil.rmtree(self.folder)
            self.folder.mkdir()

    def check_effects(self, planned, earlier):
        """The tenant's own audit log counts effects, not requests."""
        for activity, kind in ACTIVITIES.items():
            wanted = sum(1 for action in planned if action["kind"] == kind)
            self.assertEqual(len(self.lab.audits(activity)) - earlier[activity], wanted, activity)
        disabled = {a["id"] for a in self.lab.all("/v1.0/servicePrincipals?$top=999") if not a["accountEnabled"]}
        self.assertLessEqual({a["target"]["id"] for a in planned if a["kind"] == "disable-app"}, disabled)
        for activity in ("Remove delegated permission grant", "Update StsRefreshTokenValidFrom Timestamp"):
            self.assertGreater(len(self.lab.audits(activity)), 0)

    def test_every_journal_record(self):
        records = 1
        while self.killed_after(records):
            records += 1
        # started, and intent, answered, verified of each action, and ended.
        self.assertGreater(records, 12)
        print(f"killed {records - 1} times, once after each journal record")


if __name__ == "__main__":
    unittest.main(verbosity=1)
