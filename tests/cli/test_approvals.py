"""Whose yes counts, through the binary: keys, Entra sign-ins, break-glass, and every way in which one does not count."""
import base64
import contextlib
import datetime
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import shlex
import shutil
import sqlite3
import subprocess
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from harness import BINARY, EM_CLIENT, JWT, ROOT, WriteCase, canonical, run

PAYLOAD_TYPE = "application/vnd.clawback.approval.v1+json"


def b64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def pae(payload):
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class ApprovalCase(WriteCase):
    def start(self, *arguments, faults=None):
        super().start(*arguments, faults=faults)
        text = self.lab.config.read_text()
        self.client = re.search(r'\[identity\.approve\]\s*client_id\s*=\s*"([^"]+)"', text).group(1)
        self.entra = re.findall(r'\[\[approver\]\]\nname = "([^"]+)"\nentra = .*object = "([^"]+)"', text)

    def refused(self, plan, reason, code=4):
        """Refused with this reason, and nothing was sent."""
        before = self.lab.state()
        result = self.check(self.apply(plan), code)
        self.assertIn(reason, result.err)
        self.assertEqual(self.lab.state(), before)
        self.assertNotRegex(result.err, JWT)
        return result

    # --- envelopes by hand -------------------------------------------------------------------------
    def payload(self, plan, name, **changes):
        document = json.loads(plan.read_text())
        now = datetime.datetime.now(datetime.timezone.utc)
        statement = {"schema": "clawback.approval/1", "planDigest": document["digest"],
                     "tenant": document["tenant"], "decision": "approve", "approver": name,
                     "reason": "by hand", "issued": stamp(now),
                     "expires": stamp(now + datetime.timedelta(hours=1)),
                     "nonce": secrets.token_urlsafe(16)}
        statement.update(changes)
        return canonical(statement).encode()

    def envelope(self, plan, payload, signature, kind=None, name="plan.json.approvals"):
        entry = {"keyid": "k", "sig": base64.b64encode(signature).decode()}
        if kind:
            entry["kind"] = kind
        line = canonical({"payload": base64.b64encode(payload).decode(), "payloadType": PAYLOAD_TYPE,
                          "signatures": [entry]})
        with (plan.parent / (plan.name + ".approvals")).open("a") as file:
            file.write(line + "\n")

    def by_key(self, plan, who, **changes):
        key, name = who
        payload = self.payload(plan, name, **changes)
        message = self.folder / "message"
        message.write_bytes(pae(payload))
        made = subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", str(key), "-rawin", "-in", str(message)],
                              capture_output=True, check=True)
        self.envelope(plan, payload, made.stdout)

    def token(self, object_id, nonce):
        """The browser's and the app's part of a sign-in, by hand."""
        verifier = secrets.token_urlsafe(32)
        challenge = b64url(hashlib.sha256(verifier.encode()).digest())
        query = urllib.parse.urlencode({
            "client_id": self.client, "response_type": "code", "redirect_uri": "http://localhost:1",
            "response_mode": "query", "scope": "openid profile", "state": "s", "nonce": nonce,
            "code_challenge": challenge, "code_challenge_method": "S256", "login_hint": object_id})
        location = self.redirect_of(f"{self.lab.url}/{self.lab.tenant}/oauth2/v2.0/authorize?{query}")
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"][0]
        form = urllib.parse.urlencode({
            "client_id": self.client, "grant_type": "authorization_code", "code": code,
            "redirect_uri": "http://localhost:1", "code_verifier": verifier}).encode()
        with urllib.request.urlopen(f"{self.lab.url}/{self.lab.tenant}/oauth2/v2.0/token", form,
                                    context=self.lab.context) as answer:
            return json.load(answer)["id_token"]

    def by_entra(self, plan, who, change=lambda token: token, **changes):
        name, object_id = who
        payload = self.payload(plan, name, **changes)
        token = self.token(object_id, b64url(hashlib.sha256(pae(payload)).digest()))
        self.envelope(plan, payload, change(token).encode(), kind="entra-id-token")

    def redirect_of(self, url):
        opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPSHandler(context=self.lab.context))
        try:
            with opener.open(url) as answer:
                self.fail(f"no redirect but {answer.status}")
        except urllib.error.HTTPError as error:
            error.close()
            self.assertEqual(error.code, 302)
            return error.headers["Location"]

    # --- the real sign-in --------------------------------------------------------------------------
    def sign_in(self, *arguments, follow=None, browser=None):
        """Runs a signing command and plays the browser: follows the address that it prints."""
        process = subprocess.Popen(
            [BINARY, "--config", str(self.lab.config), *map(str, arguments), "--sign-in", "--yes", "--json",
             "--sign-in-timeout", "20s"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        err = ""
        for line in process.stderr:
            err += line
            if line.startswith("https://localhost"):
                (follow or browser)(line.strip())
                break
        out, rest = process.communicate(timeout=60)
        err += rest
        for text in (out, err):
            self.assertNotRegex(text, JWT)
            self.assertNotIn("lab.", text)  # how the lab's codes begin
        return type("Done", (), {"code": process.returncode, "out": out, "err": err, "__repr__":
                                 lambda self: f"exit {self.code}\n{self.out}\n{self.err}"})()

    def as_user(self, object_id):
        def follow(address):
            location = self.redirect_of(address + "&login_hint=" + object_id)
            with urllib.request.urlopen(location) as answer:
                self.assertEqual(answer.status, 200)
                self.assertIn(b"Close this window", answer.read())
        return follow

    def approve_by_entra(self, plan, who, *arguments):
        return self.sign_in("approve", plan, "--as", who[0], "--reason", "case 4711", *arguments,
                            follow=self.as_user(who[1]))


class Entra(ApprovalCase):
    def test_two_people_sign_in_and_the_plan_is_sent(self):
        self.start()
        plan = self.plan()
        self.assertEqual(len(self.entra), 2)
        for who in self.entra:
            result = self.check(self.approve_by_entra(plan, who), 0)
            self.assertIn(json.loads(plan.read_text())["digest"], result.err)
        self.check(self.apply(plan), 0)
        # The keys that the tokens were checked with are kept as proof.
        with sqlite3.connect(self.lab.folder / "clawback.db") as database:
            text = "\n".join(database.iterdump())
        self.assertIn('"jwks"', text.replace("\\", ""))
        self.check(self.lab.run("log", "verify"), 0)
        self.check(self.apply(plan), 6)

    def test_a_sign_in_and_a_key_make_a_quorum(self):
        self.start()
        plan = self.plan()
        self.check(self.approve_by_entra(plan, self.entra[0]), 0)
        self.refused(plan, "needs 2 approvals, and 1 holds")
        self.check(self.approve(plan, *self.keys[0]), 0)
        self.check(self.apply(plan), 0)

    def test_one_person_with_a_key_and_an_account_is_one(self):
        self.start()
        name, object_id = self.entra[0]
        plan = self.plan()
        key = self.make_approver(name)
        self.check(self.approve_by_entra(plan, (name, object_id)), 0)
        self.check(self.approve(plan, *key), 0)
        self.refused(plan, "needs 2 approvals, and 1 holds")

    def test_somebody_else_signs_in(self):
        self.start()
        plan = self.plan()
        result = self.sign_in("approve", plan, "--as", self.entra[0][0], "--reason", "x",
                              follow=self.as_user(self.entra[1][1]))
        self.check(result, 4)
        self.assertIn("in the name of", result.err + result.out)
        stranger = next(u["id"] for u in self.lab.all("/v1.0/users?$top=999")
                        if u["id"] not in [o for _, o in self.entra])
        result = self.sign_in("approve", plan, "--as", self.entra[0][0], "--reason", "x",
                              follow=self.as_user(stranger))
        self.check(result, 4)
        self.assertFalse((self.folder / "plan.json.approvals").exists())

    def test_what_the_browser_brings_is_checked(self):
        self.start()
        plan = self.plan()
        object_id = self.entra[0][1]

        def stray(address):
            location = self.redirect_of(address + "&login_hint=" + object_id)
            parts = urllib.parse.urlsplit(location)
            port = parts.port
            for wrong in (f"http://localhost:{port}/?code=x&state=wrong", f"http://localhost:{port}/?code=x",
                          f"http://localhost:{port}/favicon.ico", location.replace("?", "?state=twice&"),
                          location.replace("code=", "cod=")):
                with self.assertRaises(urllib.error.HTTPError) as caught:
                    urllib.request.urlopen(wrong)
                caught.exception.close()
                self.assertIn(caught.exception.code, (400, 404))
            rebound = urllib.request.Request(location, headers={"Host": f"evil.example:{port}"})
            with self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(rebound)
            caught.exception.close()
            with urllib.request.urlopen(location) as answer:
                self.assertEqual(answer.status, 200)
        self.check(self.sign_in("approve", plan, "--as", self.entra[0][0], "--reason", "x", follow=stray), 0)

    def test_no_is_said_in_plain_words(self):
        self.start()
        plan = self.plan()

        def cancel(address):
            with urllib.request.urlopen(self.redirect_of(address + "&lab_cancel=1")):
                pass
        result = self.sign_in("approve", plan, "--as", self.entra[0][0], "--reason", "x", follow=cancel)
        self.check(result, 9)
        self.assertIn("did not agree", result.out + result.err)
        result = self.lab.run("approve", plan, "--sign-in", "--as", self.entra[0][0], "--reason", "x", "--yes",
                              "--sign-in-timeout", "1s")
        self.check(result, 9)
        self.assertIn("nobody signed in", result.err)

    def test_the_log_shows_no_token_unless_asked_for(self):
        self.start()
        plan = self.plan()
        name, object_id = self.entra[0]
        self.check(self.sign_in("reject", plan, "--as", name, "--reason", "ours", follow=self.as_user(object_id)), 0)
        [envelope] = (plan.parent / (plan.name + ".approvals")).read_text().splitlines()
        secret = json.loads(envelope)["signatures"][0]["sig"]
        for arguments in (("log",), ("log", "--json")):
            out = self.check(self.lab.run(*arguments), 0).out
            self.assertNotIn(secret[:40], out)
            self.assertNotRegex(out, JWT)
        rows = self.lab.run("log", "--json").json()["rows"]
        digest = "sha256:" + hashlib.sha256(envelope.encode()).hexdigest()
        self.assertEqual([r["record"]["envelope"] for r in rows if r["kind"] == "rejected"], [digest])
        whole = self.check(self.lab.run("log", "--json", "--whole"), 0).json()["rows"]
        self.assertEqual([r["record"]["envelope"] for r in whole if r["kind"] == "rejected"], [envelope])

    def test_what_signs_has_to_be_said(self):
        self.start()
        plan = self.plan()
        self.check(self.lab.run("approve", plan, "--as", "Dana Reyes", "--reason", "x", "--yes"), 2)
        self.check(self.approve(plan, *self.keys[0], "--sign-in"), 2)
        result = self.lab.run("approve", plan, "--sign-in", "--as", "Dana Reyes", "--reason", "x", "--yes")
        self.check(result, 4)
        self.assertIn("no registered Entra account", result.err)
        self.check(self.approve(plan, *self.keys[0], "--reason", " "), 2)

    def test_the_issuers_keys_have_to_be_there_when_it_counts(self):
        plan = self.signed_while_keys_fail_after(2)
        self.only_when_keys_answer(plan)

    def test_keys_that_an_earlier_attempt_recorded_open_no_new_plan(self):
        plan = self.signed_while_keys_fail_after(3)
        # The first attempt ends after its approvals were checked: somebody else holds the tenant.
        name = "clawback.db-" + hashlib.sha256(self.lab.tenant.encode()).hexdigest()[:16] + ".lock"
        with (self.lab.folder / name).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refused(plan, "another clawback is changing this tenant", code=5)
        # No run exists: the issuer decides today, and it does not answer.
        self.only_when_keys_answer(plan)

    def signed_while_keys_fail_after(self, requests):
        self.start(faults=[{"kind": "status", "operation": "sts_jwks", "after": requests, "times": 1, "status": 503}])
        plan = self.plan()
        for who in self.entra:
            self.check(self.approve_by_entra(plan, who), 0)
        return plan

    def only_when_keys_answer(self, plan):
        before = self.lab.state()
        result = self.apply(plan)
        self.assertNotEqual(result.code, 0)
        self.assertIn("can't be checked", result.err)
        self.assertEqual(self.lab.state(), before)
        self.check(self.apply(plan), 0)


# What the lab is told to do wrong with its next ID token, and what clawback says to it.
FORGERIES = {
    "alg-none": "only RS256", "hs256": "only RS256", "unknown-kid": "unknown key",
    "bad-signature": "signature does not hold", "wrong-tid": "no registered approver",
    "wrong-iss": "issuer is not", "wrong-aud": "another application", "wrong-oid": "not a registered approver's",
    "expired": "expired", "open-session": "session that was open before", "other-nonce": "nonce is not this approval's"}


class ForgedTokens(ApprovalCase):
    def start_forging(self):
        self.start(faults=[{"kind": "id-token", "operation": "sts_code", "forgery": name, "times": 1}
                           for name in FORGERIES])

    def test_none_is_taken_when_signing(self):
        self.start_forging()
        plan = self.plan()
        for name, reason in FORGERIES.items():
            with self.subTest(name):
                result = self.check(self.approve_by_entra(plan, self.entra[0]), 4)
                self.assertIn(reason, result.out + result.err)
        self.assertFalse((self.folder / "plan.json.approvals").exists())
        self.check(self.approve_by_entra(plan, self.entra[0]), 0)

    def test_none_is_taken_when_applying(self):
        self.start_forging()
        plan = self.plan()
        approvals = self.folder / "plan.json.approvals"
        for name, reason in FORGERIES.items():
            with self.subTest(name):
                self.by_entra(plan, self.entra[0])
                self.refused(plan, reason)
                approvals.unlink()
        self.by_entra(plan, self.entra[0])
        self.refused(plan, "needs 2 approvals, and 1 holds")
        self.by_entra(plan, self.entra[1])
        self.check(self.apply(plan), 0)

    def test_a_good_token_altered_by_hand(self):
        self.start()
        plan = self.plan()
        approvals = self.folder / "plan.json.approvals"
        with urllib.request.urlopen(f"{self.lab.url}/{self.lab.tenant}/discovery/v2.0/keys",
                                    context=self.lab.context) as answer:
            jwks = answer.read()
        modulus = json.loads(jwks)["keys"][0]["n"]

        def none(token):
            return b64url(b'{"alg":"none","typ":"JWT"}') + "." + token.split(".")[1] + "."

        def symmetric(secret):
            def change(token):
                header = json.loads(unb64url(token.split(".")[0]))
                header["alg"] = "HS256"
                text = b64url(json.dumps(header).encode()) + "." + token.split(".")[1]
                return text + "." + b64url(hmac.new(secret, text.encode(), hashlib.sha256).digest())
            return change

        def somebody_else(token):
            parts = token.split(".")
            claims = json.loads(unb64url(parts[1]))
            claims["oid"] = self.entra[1][1]
            return ".".join([parts[0], b64url(json.dumps(claims).encode()), parts[2]])
        for change, reason in ((none, "only RS256"), (symmetric(jwks), "only RS256"),
                               (symmetric(unb64url(modulus)), "only RS256"),
                               (somebody_else, "signature does not hold"),
                               (lambda token: token[:token.rindex(".") + 1], "signature does not hold"),
                               (lambda token: "x", "no JWT")):
            self.by_entra(plan, self.entra[0], change)
            self.refused(plan, reason)
            approvals.unlink()

    def test_the_token_of_another_approval_is_not_taken(self):
        self.start()
        plan = self.plan()
        other = self.folder / "other.json"
        self.check(self.lab.run("plan", "-o", other), 3)
        self.check(self.approve_by_entra(other, self.entra[0]), 0)
        taken = json.loads((self.folder / "other.json.approvals").read_text())
        token = base64.b64decode(taken["signatures"][0]["sig"])
        self.envelope(plan, self.payload(plan, self.entra[0][0]), token, kind="entra-id-token")
        self.refused(plan, "nonce is not this approval's")

    def test_a_token_of_another_hour_is_not_taken(self):
        self.start()
        plan = self.plan()
        later = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=30)
        self.by_entra(plan, self.entra[0], issued=stamp(later))
        self.refused(plan, "not when the approval was signed")


class Keys(ApprovalCase):
    def test_forged_altered_expired_and_for_another_plan(self):
        self.start()
        plan = self.approved_plan()
        file = self.folder / "plan.json.approvals"
        good = file.read_text()
        lines = [json.loads(line) for line in good.splitlines()]
        # Forged: the signature is another one.
        forged = json.loads(json.dumps(lines))
        signature = forged[0]["signatures"][0]["sig"]
        forged[0]["signatures"][0]["sig"] = ("A" if signature[0] != "A" else "B") + signature[1:]
        file.write_text("".join(canonical(line) + "\n" for line in forged))
        self.refused(plan, "not by the key of a registered approver, or it was altered")
        # Altered: the content is another one.
        altered = json.loads(json.dumps(lines))
        payload = json.loads(base64.b64decode(altered[0]["payload"]))
        payload["expires"] = "2099-01-01T00:00:00Z"
        altered[0]["payload"] = base64.b64encode(canonical(payload).encode()).decode()
        file.write_text("".join(canonical(line) + "\n" for line in altered))
        self.refused(plan, "not by the key of a registered approver, or it was altered")
        # Expired, and for another plan.
        file.unlink()
        past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=2)
        self.by_key(plan, self.keys[0], issued=stamp(past), expires=stamp(past + datetime.timedelta(hours=1)))
        self.check(self.approve(plan, *self.keys[1]), 0)
        self.refused(plan, "1 expired or not valid yet")
        file.unlink()
        other = self.folder / "other.json"
        self.check(self.lab.run("plan", "-o", other), 3)
        self.check(self.approve(other, *self.keys[0]), 0)
        self.check(self.approve(plan, *self.keys[1]), 0)
        with file.open("a") as approvals:
            approvals.write((self.folder / "other.json.approvals").read_text())
        self.refused(plan, "1 for another plan")

    def test_one_person_with_two_keys_is_one(self):
        self.start()
        second = self.make_approver("Dana Reyes", "second.key")
        plan = self.plan()
        self.check(self.approve(plan, *self.keys[0]), 0)
        self.check(self.approve(plan, *second), 0)
        self.refused(plan, "needs 2 approvals, and 1 holds")

    def test_a_reused_approval_is_refused_and_a_used_plan_is_stale(self):
        self.start()
        plan = self.plan()
        for index, who in enumerate(self.keys):
            self.by_key(plan, who, nonce=f"the-same-nonce-{index}")
        self.check(self.apply(plan), 0)
        self.check(self.apply(plan), 6)
        run_id = self.lab.run("runs", "--json").json()["runs"][0]["run"]
        undo = self.folder / "undo.json"
        self.check(self.lab.run("undo", run_id, "-o", undo), 3)
        for index, who in enumerate(self.keys):
            self.by_key(undo, who, nonce=f"the-same-nonce-{index}")
        self.refused(undo, "was used before, by run " + run_id)
        self.assertEqual(len(self.lab.run("runs", "--json").json()["runs"]), 1)
        (self.folder / "undo.json.approvals").unlink()
        self.approve_all(undo)
        self.check(self.apply(undo), 0)

    def test_one_no_ends_it_whoever_says_it(self):
        self.start()
        plan = self.approved_plan()
        self.check(self.sign_in("reject", plan, "--as", self.entra[0][0], "--reason", "our backup",
                                follow=self.as_user(self.entra[0][1])), 0)
        self.refused(plan, "rejected by " + self.entra[0][0] + ": our backup")
        (self.folder / "plan.json.approvals").unlink()
        self.check(self.approve(plan, *self.keys[0]), 4)
        for who in self.keys:
            self.by_key(plan, who)  # signed by hand
        self.refused(plan, "our backup")

    def test_whoever_asked_for_the_plan_does_not_count(self):
        self.start()
        plan = self.plan()
        self.rewrite(plan, lambda document: document.update(requestedBy="Dana Reyes"))
        result = self.check(self.approve(plan, *self.keys[0]), 4)
        self.assertIn("asked for this plan", result.err)
        self.by_key(plan, self.keys[0])
        self.check(self.approve(plan, *self.keys[1]), 0)
        self.refused(plan, "Dana Reyes is not counted: Dana Reyes asked for this plan")
        # A no of the same person counts.
        self.check(self.lab.run("reject", plan, "--key", self.keys[0][0], "--as", "Dana Reyes",
                                "--reason", "my mistake", "--yes"), 0)
        self.refused(plan, "rejected by Dana Reyes: my mistake")

    def test_a_login_of_the_requester_is_the_requester(self):
        self.start()
        plan = self.plan()
        self.rewrite(plan, lambda document: document.update(requestedBy="local:dana"))
        self.approve_all(plan)
        text = self.lab.config.read_text()
        self.lab.config.write_text(text.replace('name = "Dana Reyes"', 'name = "Dana Reyes"\naccount = "dana"'))
        self.refused(plan, "Dana Reyes is not counted: Dana Reyes asked for this plan")

    def test_an_affected_user_does_not_count(self):
        self.start()
        plan = self.plan()
        victim = next(a["target"]["id"] for a in json.loads(plan.read_text())["actions"]
                      if a["kind"] == "revoke-sessions")
        self.approve_all(plan)
        with self.lab.config.open("a") as config:
            config.write(f'\n[[approver]]\nname = "Sam Okafor"\n'
                         f'entra = {{ tenant = "{self.lab.tenant}", object = "{victim}" }}\n')
        self.refused(plan, "Sam Okafor is not counted: Sam Okafor is affected by this plan")
        result = self.check(self.approve(plan, *self.keys[1]), 4)
        self.assertIn("is affected by this plan", result.err)


class BreakGlass(ApprovalCase):
    def start_containing(self, per_day=None, faults=None):
        """A policy that only disables applications."""
        self.start(faults=faults)
        shutil.copytree(ROOT / "policies", self.folder / "policies")
        policy = self.folder / "policies" / "default"
        for file in (policy / "rules").glob("*.toml"):
            text = file.read_text()
            text = re.sub(r'(?m)^actions = \["disable-app".*$', 'actions = ["disable-app"]', text)
            file.write_text(re.sub(r'(?m), "(?!disable-app)[a-z-]+ [^"]*"(?=[,\]])', "", text))
        if per_day is not None:
            with (policy / "policy.toml").open("a") as file:
                file.write(f"\n[break_glass]\nmax_per_day = {per_day}\n")
        text = self.lab.config.read_text()
        self.lab.config.write_text(re.sub(r'(?m)^path = ".*"$', f'path = "{policy}"', text))

    def alone(self, plan, who=0):
        return self.approve(plan, *self.keys[who], "--break-glass")

    def ratify(self, run_id, who):
        key, name = self.keys[who]
        return self.lab.run("ratify", run_id, "--key", key, "--as", name, "--reason", "seen it", "--yes", "--json")

    def test_the_emergency_policy_of_the_page_is_one_for_break_glass(self):
        self.start()
        page = next((ROOT / "docs").rglob("break-glass.md")).read_text()
        commands = re.findall(r"^    (\S.*)$", page, re.M)
        self.assertEqual([c.split()[0] for c in commands], ["cp", "sed"] + 4 * ["clawback"])
        emergency = self.folder / "emergency"
        place = lambda text: text.replace("/usr/share/clawback/policies", str(ROOT / "policies")).replace(
            "/etc/clawback/emergency", str(emergency))
        for command in commands[:2]:
            subprocess.run(place(command), shell=True, check=True, timeout=20)
        key, name = self.keys[0]
        for command, code in zip(commands[2:], (0, 3, 0, 0)):
            words = shlex.split(place(command))[1:]
            if words[0] == "approve":
                words += ["--yes"]
            words = [str(key) if w == "dana.key" else str(self.folder / w) if w == "glass.json" else w for w in words]
            self.check(self.lab.run(*words), code)
        self.assertFalse(self.lab.app(EM_CLIENT)["accountEnabled"])

    def test_the_glass_is_broken_where_the_state_is_closed_and_apply_counts(self):
        self.start_containing(per_day=0)
        plan = self.plan()
        result = self.check(self.alone(plan), 5)
        self.assertIn("does not allow break-glass", result.err)
        key, name = self.keys[0]
        closed = self.closed_state()
        self.check(run("--config", closed, "approve", plan, "--key", key, "--as", name, "--reason", "now", "--yes",
                       "--break-glass"), 0)
        self.refused(plan, "does not allow break-glass", code=5)

    def test_one_person_contains_others_ratify_and_a_day_has_one(self):
        self.start_containing()
        plan, second, tomorrow = self.plan(), self.folder / "second.json", self.folder / "tomorrow.json"
        ahead = ("--now", stamp(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=25)))
        self.check(self.lab.run("plan", "-o", second), 3)
        self.check(self.lab.run("plan", "-o", tomorrow, "--no-state", *ahead), 3)
        self.check(self.approve(plan, *self.keys[0]), 0)
        self.refused(plan, "needs 2 approvals, and 1 holds")
        result = self.check(self.alone(plan), 0)
        self.assertIn("break-glass", result.out)
        self.check(self.alone(second, 1), 0)
        result = self.check(self.apply(plan, "--json"), 0)
        self.assertIn("have to ratify", result.err)
        run_id = result.json()["run"]
        self.refused(second, "break-glass was used 1 time within 24 hours", code=5)
        third = self.folder / "third.json"
        shutil.copy(second, third)
        self.check(self.alone(third, 1), 5)
        # A clock that is ahead of the day makes no new one.
        late = self.check(self.approve(tomorrow, *self.keys[1], "--break-glass", *ahead), 5)
        self.assertIn("break-glass was used 1 time within 24 hours", late.err)

        result = self.check(self.ratify(run_id, 0), 4)
        self.assertIn("broke the glass", result.out)
        stands = self.check(self.ratify(run_id, 1), 0).json()
        self.assertEqual((stands["state"], stands["by"], stands["missing"]), ("ratified", ["Sam Okafor"], 0))
        self.check(self.ratify(run_id, 1), 2)
        self.check(self.lab.run("log", "verify"), 0)

    def test_two_that_race_for_the_days_one_are_one(self):
        self.start_containing()
        plan, second = self.plan(), self.folder / "second.json"
        self.check(self.lab.run("plan", "-o", second), 3)
        self.check(self.alone(plan), 0)
        self.check(self.alone(second, 1), 0)
        with self.held_at_its_first_note("apply", second, "--verify-window", "3s", "--verify-gap", "100ms") as late:
            self.check(self.apply(plan), 0)
            before = self.lab.state()
        self.assertIn("alone (break-glass)", late.err)  # the limit left room for it when it was first asked
        self.assertIn("break-glass was used 1 time within 24 hours", self.check(late, 5).err)
        self.assertEqual(self.lab.state(), before)

    @contextlib.contextmanager
    def held_at_its_first_note(self, *arguments):
        """A command whose stderr takes nothing until the block ends: it waits where it first says something."""
        reads, writes = os.pipe()
        os.set_blocking(writes, False)
        filled = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                filled += os.write(writes, b"." * 4096)
        os.set_blocking(writes, True)
        process = subprocess.Popen([BINARY, "--config", str(self.lab.config), *map(str, arguments)],
                                   stdout=subprocess.DEVNULL, stderr=writes)
        os.close(writes)
        done = type("Done", (), {"code": None, "err": "", "__repr__": lambda self: f"exit {self.code}\n{self.err}"})()
        try:
            time.sleep(2)  # until it waits; a slower one asks later, and is refused all the same
            yield done
        finally:
            with os.fdopen(reads) as pipe:
                done.err = pipe.read()[filled:]
            done.code = process.wait(60)

    def test_it_is_ratified_by_sign_in_too(self):
        self.start_containing()
        plan = self.plan()
        self.check(self.approve_by_entra(plan, self.entra[0], "--break-glass"), 0)
        run_id = self.check(self.apply(plan, "--json"), 0).json()["run"]
        name, object_id = self.entra[1]
        result = self.sign_in("ratify", run_id, "--as", name, "--reason", "seen it", follow=self.as_user(object_id))
        self.assertEqual(json.loads(self.check(result, 0).out)["state"], "ratified")

    def test_a_run_that_is_resumed_by_break_glass_is_ratified_or_escalated(self):
        self.start_containing(faults=[
            {"kind": "status", "operation": "servicePrincipal_update", "status": 403, "times": 1}])
        plan = self.plan()
        self.approve_all(plan, "--expires", "3s")
        run_id = self.check(self.apply(plan, "--json"), 7).json()["run"]
        time.sleep(3)
        glass = self.folder / "glass"
        self.check(self.approve(plan, *self.keys[0], "--break-glass", "-o", glass), 0)
        self.check(self.lab.run("resume", run_id, "--approvals", glass, "--verify-window", "3s"), 0)
        # Nobody who signed is registered any more: the journal still knows.
        text = self.lab.config.read_text()
        self.lab.config.write_text(text.replace('name = "Dana Reyes"', 'name = "Somebody"'))
        late = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=25))
        for expected in (1, 0):
            done = self.lab.run("--now", stamp(late), "run", "--json")
            told = done.json()["escalations"]
            self.assertEqual([(e["run"], e["approver"]) for e in told], [(run_id, "Dana Reyes")] * expected, done)
        self.lab.config.write_text(text)
        self.assertEqual(self.check(self.ratify(run_id, 1), 0).json()["state"], "ratified")
        self.check(self.lab.run("log", "verify"), 0)

    def guarded(self, reason):
        """Neither signed nor, signed by hand, sent."""
        plan = self.plan()
        self.assertIn(reason, self.check(self.alone(plan), 5).err)
        self.by_key(plan, self.keys[0], breakGlass=True)
        self.refused(plan, reason, code=5)

    def test_only_reversible_containment(self):
        self.start()
        self.guarded("reversible containment only")

    def test_a_policy_can_say_never(self):
        self.start_containing(per_day=0)
        self.guarded("does not allow break-glass")

    def test_a_pass_asks_the_issuer_nothing_about_ordinary_runs(self):
        self.start(faults=[{"kind": "status", "operation": "sts_jwks", "after": 3, "times": -1, "status": 503}])
        plan = self.plan()
        for who in self.entra:
            self.check(self.approve_by_entra(plan, who), 0)
        self.check(self.apply(plan), 0)
        late = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=25)
        result = self.lab.run("--now", stamp(late), "run", "--json").json()
        self.assertEqual((result["errors"], result["escalations"]), ([], []))

    def test_an_ordinary_run_has_nothing_to_ratify(self):
        self.start()
        plan = self.plan()
        self.approve_all(plan)
        run_id = self.check(self.apply(plan, "--json"), 0).json()["run"]
        result = self.check(self.ratify(run_id, 1), 2)
        self.assertIn("nothing to ratify", result.out)


if __name__ == "__main__":
    unittest.main()
