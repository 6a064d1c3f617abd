"""Records in a real systemd-journald, which runs in a mount namespace of its own: nothing of this machine is touched."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import BINARY, LabCase

# Whatever runs in them ends with them.
NAMESPACES = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc")
JOURNALD = "/lib/systemd/systemd-journald"
# A journal in a private /run, the commands with their streams as systemd gives them to a service, then what was kept.
SCRIPT = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal /run/log/journal
"$JOURNALD" 2>/dev/null & journald=$!
for i in $(seq 100); do [ -S /run/systemd/journal/stdout ] && break; sleep 0.05; done
systemd-cat -t from-stream sh -c 'export JOURNAL_STREAM=$(stat -Lc %d:%i /dev/fd/2); exec "$@" >/dev/null' sh "$@" || true
journalctl --sync >/dev/null 2>&1 || sleep 1
journalctl -D /run/log/journal -o json SYSLOG_IDENTIFIER=clawback + SYSLOG_IDENTIFIER=from-stream
kill $journald
wait $journald || true
"""


def records(*arguments):
    done = subprocess.run([*NAMESPACES, "sh", "-c", SCRIPT, "sh",
                           os.path.abspath(BINARY), *map(str, arguments)],
                          env={**os.environ, "JOURNALD": JOURNALD}, capture_output=True, text=True, timeout=60)
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def why_not():
    if not os.path.exists(JOURNALD) or not shutil.which("journalctl"):
        return "systemd-journald is not installed (package systemd)"
    tried = subprocess.run([*NAMESPACES, "true"], capture_output=True, text=True)
    return None if tried.returncode == 0 else f"no mount namespace here: {tried.stderr.strip()}"


class JournaldTest(LabCase):
    LAB_ARGUMENTS = ("--users", "5", "--apps", "5", "--grants", "5")

    @classmethod
    def setUpClass(cls):
        if why_not():
            raise unittest.SkipTest(why_not())
        super().setUpClass()

    def test_an_error_is_a_record_with_fields_and_not_a_line(self):
        file = self.folder / "clawback.toml"
        file.write_text('[tenant]\nid = "aaaabbbb-0000-4ccc-8111-dddd2222eeee"\n'
                        '[policy]\npath = "no\\nPRIORITY=0\\nwhere"\n')
        done, found = records("--config", file, "policy", "check")
        self.assertTrue(found, done)
        ours = [r for r in found if r.get("SYSLOG_IDENTIFIER") == "clawback"]
        self.assertEqual(len(ours), 1, [r["MESSAGE"] for r in found][:5])
        record = ours[0]
        self.assertEqual((record["PRIORITY"], record["_TRANSPORT"]), ("3", "journal"))
        self.assertTrue(record["MESSAGE"].startswith("clawback: "), record)
        self.assertNotIn("\n", record["MESSAGE"])
        self.assertTrue(record["CLAWBACK_VERSION"])
        self.assertNotIn("clawback: ", "".join(r["MESSAGE"] for r in found if r not in ours))

    def test_a_run_is_records_that_name_tenant_run_action_and_event(self):
        keys = [self.make_approver("Dana Reyes"), self.make_approver("Sam Okafor")]
        plan = self.plan()
        self.approve_all(plan, keys=keys)
        done, found = records("--config", self.lab.config, "apply", plan, "--verify-window", "3s", "--verify-gap", "1s")
        self.assertTrue(found, done.stderr)
        ours = [r for r in found if r.get("SYSLOG_IDENTIFIER") == "clawback"]
        self.assertTrue(ours, [r["MESSAGE"] for r in found][:5])
        self.assertEqual({r["CLAWBACK_TENANT"] for r in ours}, {self.lab.tenant})
        steps = [r for r in ours if "CLAWBACK_EVENT" in r]
        run = self.lab.run("runs", "--json").json()["runs"][0]["run"]
        self.assertEqual({r["CLAWBACK_RUN"] for r in steps}, {run})
        actions = {a["id"] for a in json.loads(plan.read_text())["actions"]}
        self.assertEqual({r["CLAWBACK_ACTION"] for r in steps if r["CLAWBACK_EVENT"] == "verified"}, actions)
        self.assertEqual({r["PRIORITY"] for r in steps}, {"6"})
        for secret in ("read.secret", "write.secret"):
            file = pathlib.Path(self.lab.folder) / secret
            if file.exists():
                self.assertNotIn(file.read_text().strip(), done.stdout)
        self.assertNotIn("Bearer", done.stdout)

    def test_asked_for_by_hand_stderr_says_it_too(self):
        lines = SCRIPT.splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("systemd-cat"))
        lines[at] = '"$@" 2>&1 >/dev/null | sed s/^/stderr:/ >&2 || true'
        text = "\n".join(lines)
        done = subprocess.run([*NAMESPACES, "sh", "-c", text, "sh",
                               os.path.abspath(BINARY), "--log-journal", "--config", "/nowhere.toml", "doctor"],
                              env={**os.environ, "JOURNALD": JOURNALD}, capture_output=True, text=True, timeout=60)
        self.assertIn("stderr:clawback: /nowhere.toml", done.stderr, done)
        record = json.loads(done.stdout.splitlines()[0])
        self.assertIn("/nowhere.toml", record["MESSAGE"])
        self.assertEqual(record["CLAWBACK_ERROR"], "not-found")


if __name__ == "__main__":
    unittest.main()
