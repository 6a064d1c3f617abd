"""Drives the real binary against a real `clawback lab` over TLS, and looks at the lab with a client of its own."""
import atexit
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

BINARY = os.environ.get("CLAWBACK") or "build/dev/clawback"
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EM_CLIENT = "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd"
PERFECTDATA = "ff8d92dc-3d82-41d6-bcbd-b9174d163620"


# A signed token: random text may begin like one, its two parts do not both.
JWT = r"eyJ[\w-]+\.eyJ"


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value):
    return "sha256:" + hashlib.sha256(canonical(value).encode()).hexdigest()


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def run(*arguments, cwd=None, env=None, stdin=None, timeout=120):
    environment = dict(os.environ)
    environment.pop("CLAWBACK_CONFIG", None)
    environment.update(env or {})
    done = subprocess.run([BINARY, *map(str, arguments)], cwd=cwd, env=environment, input=stdin,
                          capture_output=True, text=True, timeout=timeout)
    return Result(done.returncode, done.stdout, done.stderr)


class Lab:
    """`clawback lab` as a process of its own, with the configuration that it wrote."""

    def __init__(self, *arguments):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-lab-"))
        self.process = subprocess.Popen([BINARY, "lab", "-o", str(self.folder), *map(str, arguments)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        atexit.register(self.stop)
        deadline = time.monotonic() + 60
        self.url = None
        while time.monotonic() < deadline:
            line = self.process.stdout.readline()
            match = re.search(r"https://localhost:\d+", line or "")
            if match:
                self.url = match.group(0)
                break
            if self.process.poll() is not None:
                raise RuntimeError(f"the lab ended: {self.process.stderr.read()}")
        if self.url is None:
            raise RuntimeError("the lab did not say where it listens")
        self.config = self.folder / "clawback.toml"
        self.context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        text = self.config.read_text()
        self.tenant = re.search(r'^id\s*=\s*"([^"]+)"', text, re.M).group(1)
        self.read_client = re.search(r'\[identity\.read\][^[]*?client_id\s*=\s*"([^"]+)"', text, re.S).group(1)
        self._token = None

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.stdout.close()
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.stop)

    def run(self, *arguments, **options):
        # Effects are read twice, by default half a minute apart.
        if arguments and arguments[0] in ("apply", "resume") and "--verify-gap" not in arguments:
            arguments += ("--verify-gap", "100ms")
        return run("--config", self.config, *arguments, **options)

    # --- the lab's own state, read with urllib: an independent client -------------------------------
    def token(self):
        if self._token is None:
            form = urllib.parse.urlencode({
                "client_id": self.read_client, "grant_type": "client_credentials",
                "scope": self.url + "/.default",
                "client_secret": (self.folder / "read.secret").read_text().strip()}).encode()
            with urllib.request.urlopen(f"{self.url}/{self.tenant}/oauth2/v2.0/token", form,
                                        context=self.context) as answer:
                self._token = json.load(answer)["access_token"]
        return self._token

    def get(self, path):
        request = urllib.request.Request(self.url + path, headers={"Authorization": "Bearer " + self.token()})
        try:
            with urllib.request.urlopen(request, context=self.context) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                return None
            raise

    def all(self, path):
        page = self.get(path)
        out = []
        while page is not None:
            out += page["value"]
            link = page.get("@odata.nextLink")
            page = self.get(link[len(self.url):]) if link else None
        return out

    def state(self):
        """Everything that clawback could change, without what moves by itself."""
        apps = {a["id"]: (a["appId"], a["accountEnabled"])
                for a in self.all("/v1.0/servicePrincipals?$select=id,appId,accountEnabled&$top=999")}
        grants = {(g["clientId"], g["resourceId"], g["principalId"], g["consentType"]): sorted(g["scope"].split())
                  for g in self.all("/v1.0/oauth2PermissionGrants?$top=999")}
        roles = set()
        for app in apps:
            for role in self.all(f"/v1.0/servicePrincipals/{app}/appRoleAssignments"):
                roles.add((role["principalId"], role["resourceId"], role["appRoleId"]))
        return {"apps": apps, "grants": grants, "roles": roles}

    def app(self, app_id):
        found = self.all(f"/v1.0/servicePrincipals?$filter=appId%20eq%20'{app_id}'")
        return found[0] if found else None

    def audits(self, activity):
        return [a for a in self.all("/v1.0/auditLogs/directoryAudits?$top=999")
                if a["activityDisplayName"] == activity]


class LabCase(unittest.TestCase):
    """One lab for the tests of a class that only read; writers start their own."""
    LAB_ARGUMENTS = ()

    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(*cls.LAB_ARGUMENTS)

    @classmethod
    def tearDownClass(cls):
        cls.lab.stop()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def check(self, result, code):
        self.assertEqual(result.code, code, result)
        return result

    def plan(self, *arguments):
        """A plan of everything that the policy acts on."""
        file = self.folder / "plan.json"
        self.check(self.lab.run("plan", "-o", file, *arguments), 3)
        return file

    def make_approver(self, name="Dana Reyes", file=None):
        """A key without a passphrase, registered in the lab's configuration."""
        key = self.folder / (file or name.split()[0].lower() + ".key")
        made = self.check(run("key", "new", "-o", key, "--no-passphrase", "--json"), 0).json()
        public = next(v for v in made.values() if isinstance(v, str) and re.fullmatch(r"[A-Za-z0-9+/]{43}=", v))
        with self.lab.config.open("a") as config:
            config.write(f'\n[[approver]]\nname = "{name}"\ned25519 = "{public}"\n')
        return key, name

    def closed_state(self):
        """The configuration of an approver whose account can't open the service's state."""
        wall = self.folder / "wall"
        wall.write_text("")
        config = self.lab.config.with_name("closed.toml")
        config.write_text(re.sub(r'(?m)^database = .*$', f'database = "sqlite://{wall}/clawback.db"', self.lab.config.read_text()))
        return config

    def approve(self, plan, key, name, *arguments):
        return self.lab.run("approve", plan, "--key", key, "--as", name, "--reason", "case 4711", "--yes", *arguments)

    def rewrite(self, plan, change):
        """A plan that somebody wrote by hand, with a digest that fits."""
        document = json.loads(plan.read_text())
        document.pop("digest")
        change(document)
        document["digest"] = digest(document)
        plan.write_text(canonical(document))

    def approve_all(self, plan, *arguments, keys=None):
        """Everybody in `keys` says yes; the plan again."""
        for key, name in keys or self.keys:
            self.check(self.approve(plan, key, name, *arguments), 0)
        return plan


class WriteCase(LabCase):
    """Each test changes its tenant, so each has its own."""
    FAULTS = None

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        super().setUp()
        self.lab = None

    def start(self, *arguments, faults=None):
        if faults is not None:
            file = self.folder / "faults.json"
            file.write_text(json.dumps(faults))
            arguments += ("--faults", file)
        self.lab = Lab(*arguments)
        self.addCleanup(self.lab.stop)
        self.keys = [self.make_approver("Dana Reyes"), self.make_approver("Sam Okafor")]

    def approved_plan(self):
        return self.approve_all(self.plan())

    def apply(self, plan, *arguments):
        return self.lab.run("apply", plan, "--verify-window", "3s", *arguments)

    def policy_of(self, actions, of=(EM_CLIENT, PERFECTDATA)):
        """A copy of the policies with one rule in it, that asks for these actions on these applications."""
        folder = self.folder / "policies"
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(ROOT / "policies", folder)
        policy = folder / "default"
        for rule in (policy / "rules").glob("*.toml"):
            rule.unlink()
        (policy / "rules" / "only.toml").write_text(
            ONE_RULE % (json.dumps(actions), json.dumps(of), actions[0]))
        return policy


ONE_RULE = """
why = "for a test"
gaps = "none that matters here"
mode = "approve"
verdict = "alert"
actions = %s
[match]
app_ids = %s
[approval]
quorum = 1
[[test]]
name = "plans"
given = "../../scenarios/none.json"
plan = ["%s sp"]
[[test]]
name = "rests"
given = "../../scenarios/none.json"
plan = []
"""
