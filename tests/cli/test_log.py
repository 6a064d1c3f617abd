"""The audit log and the kill switch, through the binary; the database is changed as an intruder would change it."""
import hashlib
import json
import re
import shutil
import socket
import sqlite3
import unittest

from harness import EM_CLIENT, WriteCase


class LogCase(WriteCase):
    def setUp(self):
        super().setUp()
        self.start(faults=self.FAULTS)
        self.database = self.lab.folder / "clawback.db"

    def applied(self):
        """A plan that was approved and sent; the run's report."""
        return self.check(self.apply(self.approved_plan(), "--json"), 0).json()

    def sql(self, *statements):
        with sqlite3.connect(self.database) as db:
            for statement in statements:
                db.execute(statement)
        db.close()

    def verify(self, code, *arguments):
        return self.check(self.lab.run("log", "verify", *arguments), code)

    def copy(self, to):
        """The database as it is now, in one file."""
        db = sqlite3.connect(self.database)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        shutil.copy(self.database, to)

    def put_back(self, copy):
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
        shutil.copy(copy, self.database)


class Log(LogCase):
    def test_what_was_done_is_in_the_log_and_its_head_in_every_report(self):
        empty = self.check(self.lab.run("log"), 0)
        self.assertIn("Nothing is in the log yet.", empty.out)
        report = self.applied()
        head = report["auditHead"]
        self.assertRegex(head, r"^\d+:[0-9a-f]{64}$")
        log = self.check(self.lab.run("log", "--json"), 0).json()
        self.assertEqual(log["schema"], "clawback.log/1")
        self.assertEqual(log["auditHead"], head)
        self.assertFalse(log["older"])
        self.assertEqual([row["row"] for row in log["rows"]], list(range(1, len(log["rows"]) + 1)))
        self.assertEqual({row["run"] for row in log["rows"]}, {report["run"]})
        self.assertEqual((log["rows"][0]["kind"], log["rows"][-1]["kind"]), ("started", "ended"))
        self.assertEqual(log["rows"][0]["record"]["digests"]["plan"], report["plan"])
        some = self.check(self.lab.run("log", "--run", report["run"][:8], "--limit", "3", "--json"), 0).json()
        self.assertEqual(some["rows"], log["rows"][-3:])
        self.assertTrue(some["older"])
        self.check(self.lab.run("log", "--limit", "0"), 2)
        self.check(self.lab.run("log", "--run", "nonsense"), 2)
        for command in (("show", report["run"]), ("runs",), ("resume", report["run"]), ("log",)):
            self.assertIn(f"audit head {head}", self.check(self.lab.run(*command), 0).out)
        self.assertEqual(self.check(self.lab.run("runs", "--json"), 0).json()["auditHead"], head)

        sound = self.verify(0)
        self.assertIn(f"{len(log['rows'])} rows, 1 runs", sound.out)
        self.assertIn(head, sound.out)
        value = self.verify(0, "--head", head, "--json").json()
        self.assertEqual((value["sound"], value["anchored"]), (True, len(log["rows"])))

        done = self.lab.run("run", "--json").json()
        self.assertRegex(done["auditHead"], r"^\d+:[0-9a-f]{64}$")
        self.verify(0, "--head", done["auditHead"])
        self.assertEqual(self.check(self.lab.run("runs", "--json"), 0).json()["auditHead"], done["auditHead"])
        self.assertRegex(self.lab.run("run").out, r"(?m)^audit head \d+:[0-9a-f]{64}$")

    def test_a_test_message_holds_the_head_as_soon_as_there_is_one(self):
        log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(log.close)
        log.bind(str(self.folder / "log"))
        log.settimeout(10)
        with self.lab.config.open("a") as config:
            config.write(f'\n[[notify]]\nkind = "syslog"\naddress = "{self.folder}/log"\n')
        self.check(self.lab.run("notify", "test"), 0)
        self.assertNotIn("auditHead", log.recv(65536).decode())
        self.assertFalse(self.database.exists())
        self.check(self.lab.run("kill-switch", "on", "--reason", "x"), 0)
        self.check(self.lab.run("kill-switch", "off", "--reason", "y"), 0)
        self.check(self.lab.run("notify", "test"), 0)
        head = self.check(self.lab.run("log", "--json"), 0).json()["auditHead"]
        self.assertIn(f"cs2Label=auditHead cs2={head}", log.recv(65536).decode())

    def test_the_chain_can_be_checked_without_clawback(self):
        self.applied()
        db = sqlite3.connect(self.database)
        before = hashlib.sha256(b"clawback audit log, schema 2").hexdigest()
        for *fields, written in db.execute("SELECT seq, run, kind, action, time, record, hash FROM log ORDER BY seq"):
            text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
            before = hashlib.sha256((before + text).encode()).hexdigest()
            self.assertEqual(before, written)
        db.close()

    def test_a_change_is_found_and_nothing_more_is_sent(self):
        head = self.applied()["auditHead"]
        whole = self.folder / "whole.db"
        self.copy(whole)
        changes = {
            "a record": ("UPDATE log SET record = replace(record, '204', '403') WHERE kind = 'answered'",),
            "a row removed": ("DELETE FROM log WHERE seq = 2",),
            "the tail": ("DELETE FROM log WHERE kind = 'ended'",),
            "the plan": ("UPDATE run SET plan = replace(plan, 'DELETE', 'GET')",),
            "the approvals": ("UPDATE run SET approvals = ''",),
            "the run": ("DELETE FROM run",),
        }
        for name, statements in changes.items():
            with self.subTest(name):
                self.put_back(whole)
                self.verify(0, "--head", head)
                self.sql(*statements)
                broken = self.verify(12)
                self.assertRegex(broken.err, r"broken at row \d+: ")
                error = self.check(self.lab.run("log", "verify", "--json"), 12).json()
                self.assertEqual(error["code"], "audit")
                self.assertRegex(error["details"]["seq"], r"^\d+$")
        self.put_back(whole)
        self.sql("DELETE FROM log WHERE kind = 'ended'")
        self.assertEqual(self.check(self.lab.run("kill-switch", "on", "--reason", "x", "--json"), 12).json()["code"],
                         "audit")

    def test_an_older_copy_is_told_by_a_head_that_was_kept(self):
        self.check(self.lab.run("kill-switch", "on", "--reason", "a drill"), 0)
        self.check(self.lab.run("kill-switch", "off", "--reason", "over"), 0)
        older = self.folder / "older.db"
        self.copy(older)
        head = self.applied()["auditHead"]
        self.verify(0, "--head", head)
        self.verify(0, "--head", head.split(":")[1])
        self.put_back(older)
        self.verify(0)
        self.assertIn("older copy", self.verify(12, "--head", head).err)
        self.verify(12, "--head", head.split(":")[1])
        self.verify(2, "--head", "nonsense")

    def test_hostile_text_in_the_database_reaches_no_terminal(self):
        self.applied()
        evil = "x\x1b[2J\u202e"
        self.sql(f"UPDATE log SET kind = '{evil}', action = '{evil}', time = '{evil}', run = '{evil}' WHERE seq = 1",
                 f"UPDATE log SET record = '{json.dumps({'detail': evil, evil: 0.5})}' WHERE seq = 2",
                 f"UPDATE log SET record = '{evil}' WHERE seq = 3",
                 "UPDATE log SET record = CAST(x'ff1b5b324aff' AS TEXT) WHERE seq = 4",
                 f"UPDATE run SET id = '{evil}'")
        for arguments in (("log",), ("log", "--json"), ("log", "verify"), ("log", "verify", "--json")):
            result = self.lab.run(*arguments)
            self.assertIn(result.code, (0, 12))
            for text in (result.out, result.err):
                self.assertNotIn("\x1b", text)
                self.assertNotIn("\u202e", text)
        self.assertEqual(len(self.lab.run("log", "--json").json()["rows"][3]["record"]) > 0, True)


class KillSwitch(LogCase):
    def stopped(self, plan, word):
        before = self.lab.state()
        refused = self.check(self.apply(plan), 5)
        self.assertIn("kill switch", refused.err)
        self.assertIn(word, refused.err)
        self.assertEqual(self.lab.state(), before)
        self.assertEqual(self.check(self.lab.run("runs", "--json"), 0).json()["runs"], [])

    def test_the_row_stops_apply_until_it_is_released(self):
        plan = self.approved_plan()
        self.check(self.lab.run("kill-switch", "status"), 0)
        self.check(self.lab.run("kill-switch", "on"), 2)
        on = self.check(self.lab.run("kill-switch", "on", "--reason", "wrong app", "--json"), 0).json()
        self.assertTrue(on["on"])
        self.assertEqual(on["row"]["reason"], "wrong app")
        self.assertTrue(on["row"]["who"].startswith("local:"))
        status = self.check(self.lab.run("kill-switch", "status"), 5)
        self.assertIn("wrong app", status.out)
        self.stopped(plan, "wrong app")
        self.check(self.lab.run("kill-switch", "off", "--reason", "checked"), 0)
        self.check(self.lab.run("kill-switch", "status"), 0)
        self.check(self.apply(plan), 0)
        self.assertFalse(self.lab.app(EM_CLIENT)["accountEnabled"])
        kinds = [row["kind"] for row in self.check(self.lab.run("log", "--json"), 0).json()["rows"]]
        self.assertEqual(kinds[:3], ["halted", "released", "started"])
        self.verify(0)

    def test_the_file_stops_apply_and_off_does_not_pretend(self):
        plan = self.approved_plan()
        self.check(self.lab.run("kill-switch", "on", "--reason", "x"), 0)
        file = self.database.with_name(self.database.name + ".stop")
        file.touch()
        off = self.check(self.lab.run("kill-switch", "off", "--reason", "y"), 5)
        self.assertIn(file.name, re.sub(r"\s+", "", off.out))
        value = self.check(self.lab.run("kill-switch", "status", "--json"), 5).json()
        self.assertEqual((value["on"], value["row"], value["file"]), (True, None, str(file)))
        self.stopped(plan, file.name)
        file.unlink()
        self.check(self.lab.run("kill-switch", "status"), 0)
        self.check(self.apply(plan), 0)


class KillSwitchAfterAFailure(LogCase):
    FAULTS = [{"kind": "status", "operation": "oauth2PermissionGrant_delete", "status": 403, "times": 1}]

    def test_resume_is_stopped_too(self):
        plan = self.approved_plan()
        self.check(self.apply(plan), 7)
        run = self.check(self.lab.run("runs", "--json"), 0).json()["runs"][0]["run"]
        self.check(self.lab.run("kill-switch", "on", "--reason", "x"), 0)
        before = self.check(self.lab.run("log", "--json"), 0).json()["rows"]
        self.check(self.lab.run("resume", run, "--verify-window", "3s"), 5)
        self.assertEqual(self.check(self.lab.run("log", "--json"), 0).json()["rows"], before)
        self.check(self.lab.run("kill-switch", "off", "--reason", "y"), 0)
        self.check(self.lab.run("resume", run, "--verify-window", "3s"), 0)


if __name__ == "__main__":
    unittest.main()
