"""Every action on objects, from a policy that asks for it to its effect and back, through the binary."""
import json
import re
import unittest

from harness import EM_CLIENT, WriteCase

ALL = ["disable-app", "disable-user", "narrow-grant", "remove-app-role", "remove-assignment", "revoke-sessions",
       "disable-inbox-rule"]


class Actions(WriteCase):
    def policy(self, actions, head=""):
        policy = self.policy_of(actions)
        text = (policy / "policy.toml").read_text()
        text = re.sub(r"^protected_users.*\n", "", text, flags=re.M)
        (policy / "policy.toml").write_text(head + text)
        return policy

    def state(self):
        """All that these actions could change."""
        out = self.lab.state()
        out["users"] = {u["id"]: u["accountEnabled"]
                        for u in self.lab.all("/v1.0/users?$select=id,accountEnabled,userType&$top=999")}
        out["assigned"] = {(r["principalId"], app, r["appRoleId"]) for app in out["apps"]
                           for r in self.lab.all(f"/v1.0/servicePrincipals/{app}/appRoleAssignedTo")}
        out["rules"] = {}
        for user in out["users"]:
            page = self.lab.get(f"/v1.0/users/{user}/mailFolders/inbox/messageRules")
            for rule in page["value"] if page else []:
                out["rules"][user, rule["id"]] = rule["isEnabled"]
        return out

    def planned(self, plan):
        return json.loads(plan.read_text())

    def kinds(self, plan):
        return {a["kind"] for a in self.planned(plan)["actions"]}

    def test_all_of_them_and_back(self):
        self.start("--mailbox-settings")
        before = self.state()
        policy = self.policy(ALL)
        plan = self.plan("--policy", policy)
        self.assertEqual(self.kinds(plan), {"disable-app", "disable-user", "revoke-grant", "remove-assignment",
                                            "revoke-sessions", "disable-inbox-rule"})
        shown = self.check(self.lab.run("show", plan), 0).out
        flat = " ".join(shown.split())
        self.assertIn("It forwards mail to collect@drop.example and hides mail", flat)
        self.assertIn("its rules and forwarding go on running", flat)
        self.check(self.approve(plan, *self.keys[0]), 0)
        result = self.check(self.apply(plan, "--policy", policy, "--json"), 0).json()
        after = self.state()
        actions = self.planned(plan)["actions"]

        def targets(kind):
            return {a["target"]["id"] for a in actions if a["kind"] == kind}
        self.assertEqual({k for k in before["users"] if before["users"][k] != after["users"][k]},
                         targets("disable-user"))
        self.assertEqual({f"{u}/{r}" for (u, r), on in before["rules"].items() if on != after["rules"][u, r]},
                         targets("disable-inbox-rule"))
        self.assertEqual(len(before["assigned"] - after["assigned"]), len(targets("remove-assignment")))
        self.assertEqual(after["assigned"] - before["assigned"], set())

        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", result["run"], "-o", undo, "--policy", policy), 3)
        self.check(self.approve(undo, *self.keys[0]), 0)
        self.check(self.apply(undo, "--policy", policy), 0)
        self.assertEqual(self.state(), before)

    def test_a_narrowed_grant_and_back(self):
        self.start("--mailbox-settings")
        lookalike = next(a["appId"] for a in self.lab.all("/v1.0/servicePrincipals?$top=999")
                         if a["displayName"] == "rnicrosoft 0utlook Sync")
        policy = self.policy(["narrow-grant"])
        rule = policy / "rules" / "only.toml"
        rule.write_text(rule.read_text().replace(EM_CLIENT, lookalike))
        before = self.state()
        plan = self.plan("--policy", policy)
        narrowed = [a for a in self.planned(plan)["actions"] if a["kind"] == "narrow-grant"]
        self.assertEqual([a["request"]["body"]["scope"] for a in narrowed],
                         ["User.Read offline_access openid profile"])
        self.check(self.approve(plan, *self.keys[0]), 0)
        result = self.check(self.apply(plan, "--policy", policy, "--json"), 0).json()
        left = [v for v in self.state()["grants"].values() if v == ["User.Read", "offline_access", "openid", "profile"]]
        self.assertTrue(left)
        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", result["run"], "-o", undo, "--policy", policy), 3)
        self.check(self.approve(undo, *self.keys[0]), 0)
        self.check(self.apply(undo, "--policy", policy), 0)
        self.assertEqual(self.state(), before)

    def test_what_was_not_read_is_refused_and_said(self):
        self.start("--mailbox-settings", "--deny-read", "MailboxSettings.Read")
        policy = self.policy(["disable-app", "disable-inbox-rule"])
        plan = self.plan("--policy", policy)
        self.assertEqual(self.kinds(plan), {"disable-app"})
        reasons = " ".join(r["reason"] for r in self.planned(plan)["refused"])
        self.assertIn("MailboxSettings.Read", reasons)
        doctor = self.check(self.lab.run("doctor", "--policy", policy), 9).out
        self.assertIn("MailboxSettings.Read", doctor)
        self.check(self.lab.run("doctor"), 0)

    def test_evidence_without_a_second_look_plans_nothing_of_it(self):
        self.start("--mailbox-settings")
        evidence = self.folder / "evidence"
        self.check(self.lab.run("collect", "-o", evidence), 0)
        policy = self.policy(["disable-app", "remove-assignment"])
        plan = self.plan("--policy", policy, "--evidence", evidence)
        self.assertEqual(self.kinds(plan), {"disable-app"})
        self.assertIn("who is assigned to it was not read",
                      " ".join(r["reason"] for r in self.planned(plan)["refused"]))

    def test_a_protected_user_is_refused_when_planning_and_an_earlier_plan_is_stale(self):
        self.start("--mailbox-settings")
        policy = self.policy(["disable-user"])
        plan = self.plan("--policy", policy)
        users = sorted(a["target"]["id"] for a in self.planned(plan)["actions"])
        self.check(self.approve(plan, *self.keys[0]), 0)
        self.policy(["disable-user"], f'protected_users = ["{users[0]}"]\n')
        before = self.state()
        # The policy changed since: the guard is not even asked.
        self.check(self.apply(plan, "--policy", policy), 6)
        self.assertEqual(self.state(), before)
        again = self.plan("--policy", policy)
        self.assertEqual(sorted(a["target"]["id"] for a in self.planned(again)["actions"]), users[1:])
        self.assertIn("protects this user", again.read_text())

    def test_an_approver_among_the_victims_does_not_stop_an_unattended_run(self):
        self.start("--mailbox-settings")
        policy = self.policy(["disable-app", "disable-user"])
        rule = policy / "rules" / "only.toml"
        rule.write_text(rule.read_text().replace('mode = "approve"', 'mode = "auto"'))
        text = self.lab.config.read_text()
        self.lab.config.write_text(re.sub(r'(?m)^path\s*=.*policies/default"$', f'path = "{policy}"\nceiling = "auto"', text))
        plan = self.plan("--policy", policy)
        victims = [a["target"]["id"] for a in self.planned(plan)["actions"] if a["kind"] == "disable-user"]
        with self.lab.config.open("a") as config:
            config.write(f'\n[[approver]]\nname = "Victor"\nentra = {{ tenant = "{self.lab.tenant}", object = "{victims[0]}" }}\n')
        result = self.check(self.lab.run("run", "--json", "--verify-window", "3s", "--verify-gap", "100ms"), 3).json()
        self.assertEqual([r["exit"] for r in result["runs"]], [0], result)
        users = self.state()["users"]
        self.assertTrue(users[victims[0]])
        self.assertFalse(any(users[v] for v in victims[1:]))

    def test_a_missing_permission_names_itself(self):
        self.start("--mailbox-settings", "--deny-write", "User.EnableDisableAccount.All")
        policy = self.policy(["disable-user"])
        doctor = self.check(self.lab.run("doctor", "--policy", policy), 9).out
        self.assertIn("User.EnableDisableAccount.All", doctor)
        plan = self.plan("--policy", policy)
        self.check(self.approve(plan, *self.keys[0]), 0)
        self.check(self.apply(plan, "--policy", policy), 9)


if __name__ == "__main__":
    unittest.main()
