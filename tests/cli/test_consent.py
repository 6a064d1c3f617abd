"""The tenant's own policies: consent restricted, requests to administrators, managed clients; and everything back."""
import json
import re
import unittest

from harness import EM_CLIENT, PERFECTDATA, WriteCase

SELF = "managepermissiongrantsforself."
REVIEWER = "0a0a0a0a-0000-4000-8000-000000000001"
ALL = ["restrict-consent", "require-admin-consent", "require-managed-client"]


class Consent(WriteCase):
    def policy(self, actions, user_consent="managed", enforce="false"):
        policy = self.policy_of(actions)
        text = (policy / "policy.toml").read_text()
        text = re.sub(r"^\[consent\].*?(?=^\[|\Z)", "", text, flags=re.M | re.S)
        text += (f'\n[consent]\nuser_consent = "{user_consent}"\nadmin_consent_requests = "enable"\n'
                 f'reviewers = ["{REVIEWER}"]\n'
                 f'[managed_client]\nenforce = {enforce}\nbreak_glass = ["{REVIEWER}"]\n')
        (policy / "policy.toml").write_text(text)
        return policy

    def policies(self):
        requests = self.lab.get("/v1.0/policies/adminConsentRequestPolicy")
        requests.pop("version")
        return {"authorization": self.lab.get("/v1.0/policies/authorizationPolicy"), "requests": requests,
                "access": self.lab.all("/v1.0/identity/conditionalAccess/policies")}

    def assigned(self):
        policy = self.lab.get("/v1.0/policies/authorizationPolicy")
        return policy["defaultUserRolePermissions"]["permissionGrantPoliciesAssigned"]

    def test_all_three_and_back(self):
        self.start()
        before = self.policies()
        policy = self.policy(ALL)
        plan = self.plan("--policy", policy)
        actions = {a["kind"]: a for a in json.loads(plan.read_text())["actions"]}
        self.assertEqual(list(actions), ALL)
        access = actions["require-managed-client"]["request"]["body"]
        self.assertEqual(access["state"], "enabledForReportingButNotEnforced")
        self.assertEqual(access["conditions"]["users"]["excludeUsers"], [REVIEWER])
        shown = " ".join(self.check(self.lab.run("show", plan), 0).out.split())
        self.assertIn("Who could still consent to it", shown)
        self.assertIn("which devices were managed", shown)
        self.check(self.approve(plan, *self.keys[0]), 0)
        run = self.check(self.apply(plan, "--policy", policy, "--json"), 0).json()["run"]
        was = before["authorization"]["defaultUserRolePermissions"]["permissionGrantPoliciesAssigned"]
        kept = [v for v in was if not v.lower().startswith(SELF) or v.lower().endswith("-recommended")]
        self.assertEqual(self.assigned(), kept)
        self.assertLess(len(kept), len(was))
        after = self.policies()
        self.assertTrue(after["requests"]["isEnabled"])
        self.assertEqual(len(after["access"]), len(before["access"]) + 1)

        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", run, "-o", undo, "--policy", policy), 3)
        self.check(self.approve(undo, *self.keys[0]), 0)
        self.check(self.apply(undo, "--policy", policy), 0)
        back = self.policies()
        made = back["access"].pop()
        self.assertEqual(made["state"], "disabled")
        self.assertTrue(made["displayName"].startswith("clawback: managed clients only"))
        self.assertEqual(json.dumps(back), json.dumps(before))

    def test_who_could_still_consent(self):
        self.start()
        plan = self.plan("--policy", self.policy(["restrict-consent"], "none"))
        lines = json.loads(plan.read_text())["consentAfter"]
        em = [line for line in lines if line.startswith("eM Client (")]
        self.assertTrue(em[0].startswith(f"eM Client ({EM_CLIENT}), an ordinary user: now yes"), em)
        self.assertIn("afterwards no (users may not consent for themselves)", em[0])
        self.assertIn("a global administrator: now yes; afterwards yes", em[3])
        # Microsoft exempts eM Client by a policy of its own, and says nothing of the other.
        managed = json.loads(self.plan("--policy", self.policy(["restrict-consent"])).read_text())["consentAfter"]
        perfect = next(line for line in managed if PERFECTDATA in line and "ordinary" in line)
        self.assertIn("no for ", perfect)
        html = self.folder / "plan.html"
        self.check(self.lab.run("plan", "-o", self.folder / "p.json", "--report", html, "--policy",
                                self.policy(["disable-app", "restrict-consent"], "none")), 3)
        self.assertIn("Who could still consent to it", html.read_text())

    def test_a_change_since_the_plan_is_left_alone(self):
        self.start()
        policy = self.policy(["restrict-consent"], "none")
        first, second = self.plan("--policy", policy), self.folder / "second.json"
        other = self.policy(["restrict-consent"], "managed")
        self.check(self.lab.run("plan", "-o", second, "--policy", other), 3)
        self.check(self.approve(second, *self.keys[0]), 0)
        self.check(self.apply(second, "--policy", other), 0)
        now = self.assigned()
        policy = self.policy(["restrict-consent"], "none")
        self.check(self.approve(first, *self.keys[0]), 0)
        self.check(self.apply(first, "--policy", policy), 6)
        self.assertEqual(self.assigned(), now)

    def test_without_the_setting_the_policy_is_refused(self):
        self.start()
        policy = self.policy(["restrict-consent"], "keep")
        refused = self.check(self.lab.run("policy", "check", policy), 2)
        self.assertRegex(refused.err, r"only\.toml:6:\d+: .*leaves it nothing to do")

    def test_doctor_asks_for_what_the_policy_needs(self):
        self.start("--deny-write", "Policy.ReadWrite.Authorization", "--deny-write",
                   "Policy.ReadWrite.ConditionalAccess")
        self.check(self.lab.run("doctor"), 0)
        told = self.check(self.lab.run("doctor", "--policy", self.policy(ALL)), 9)
        self.assertIn("Policy.ReadWrite.Authorization", told.out)
        self.assertIn("Policy.ReadWrite.ConditionalAccess", told.out)
        self.assertNotIn("the permission Policy.ReadWrite.ConsentRequest", told.out)


if __name__ == "__main__":
    unittest.main()
