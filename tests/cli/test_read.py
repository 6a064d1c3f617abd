"""The commands that only read: what they find, what they say, and how they end."""
import contextlib
import gzip
import json
import re
import shutil
import sqlite3
import unittest

from harness import EM_CLIENT, PERFECTDATA, Lab, LabCase, ROOT, run

ABUSED = {EM_CLIENT, PERFECTDATA}


class Scan(LabCase):
    def test_finds_the_planted_cases_and_says_so_with_exit_3(self):
        findings = self.check(self.lab.run("scan", "--json"), 3).json()
        self.assertEqual(findings["schema"], "clawback.findings/1")
        alerts = {f["app"]["appId"] for f in findings["findings"] if f["verdict"] == "alert"}
        self.assertEqual(len(alerts), 6)
        self.assertLessEqual(ABUSED, alerts)
        self.assertTrue(findings["coverage"]["complete"])

    def test_same_evidence_and_clock_give_the_same_bytes(self):
        evidence = self.folder / "evidence"
        self.check(self.lab.run("collect", "-o", evidence), 0)
        arguments = ("scan", "--evidence", evidence, "--json", "--no-state", "--now", "2026-11-23T12:00:00Z")
        first, second = self.lab.run(*arguments), self.lab.run(*arguments)
        self.check(first, 3)
        self.assertEqual(first.out, second.out)

    def test_json_has_nothing_else_on_stdout_and_no_escape_reaches_the_terminal(self):
        result = self.check(self.lab.run("scan", "--verbose"), 3)
        for text in (result.out, result.err):
            self.assertNotIn("\x1b", text)
            self.assertNotIn("\u202e", text)

    def test_report_is_one_file_that_asks_for_nothing(self):
        report = self.folder / "scan.html"
        self.check(self.lab.run("scan", "--report", report), 3)
        html = report.read_text()
        self.assertNotRegex(html, r"(?i)<script|<link|<img|src=|href=\"http|@import|url\(")
        self.assertIn("eM Client", html)

    def test_the_window_of_the_logs_is_asked_for(self):
        self.check(self.lab.run("scan", "--since", "1d"), 3)
        self.check(self.lab.run("scan", "--since", "forever"), 2)


class State(LabCase):
    """What is remembered between passes."""

    def setUp(self):
        super().setUp()
        text = self.lab.config.read_text()
        for name in ("ca.pem", "read.secret", "write.pem", "write.key"):
            text = text.replace(f'"{name}"', f'"{self.lab.folder / name}"')
        self.database = self.folder / "own.db"
        text = re.sub(r'(?m)^database = .*$', f'database = "sqlite://{self.database}"', text)
        self.config = self.folder / "clawback.toml"
        self.config.write_text(text)

    def scan(self, *arguments):
        return run("--config", self.config, "scan", *arguments)

    def states(self, *arguments):
        findings = self.check(self.scan("--json", *arguments), 3).json()["findings"]
        return {f["state"] for f in findings}, {f["caseSince"] for f in findings}

    def kept(self):
        """What the database has of the newest pass: when it was, and each finding by its key."""
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            (observed,), = database.execute("SELECT observed FROM pass")
            return observed, {key: json.loads(record) for key, record in
                              database.execute("SELECT key, record FROM finding_record ORDER BY key")}

    def test_the_findings_of_the_newest_pass_are_kept_and_no_older_ones(self):
        evidence = self.folder / "evidence"
        self.check(self.lab.run("collect", "-o", evidence), 0)
        for command in (("scan", "--json"), ("plan", "-o", self.folder / "plan.json"), ("run",)):
            with self.subTest(command[0]):
                before = self.kept()[0] if self.database.exists() else ""
                result = run("--config", self.config, *command)
                observed, findings = self.kept()
                self.assertNotEqual(observed, before)
                if command[0] == "scan":
                    self.assertEqual(list(findings.values()),
                                     sorted(result.json()["findings"], key=lambda f: f["key"]))
        self.check(self.scan("--evidence", evidence), 3)
        self.assertEqual(self.kept()[0], observed)

    def test_a_case_is_new_once_and_keeps_its_date(self):
        self.assertEqual(self.states("--no-state"), ({"untracked"}, {None}))
        self.assertFalse(self.database.exists())
        self.assertEqual(self.states(), ({"new"}, {None}))
        states, since = self.states()
        self.assertEqual(states, {"unchanged"})
        self.assertEqual(len(since), 1)
        self.assertEqual(self.states(), (states, since))
        self.assertEqual(self.database.stat().st_mode & 0o777, 0o600)
        self.assertIn("unchanged since", self.check(self.scan(), 3).out)

    def test_an_export_of_the_same_tenant_is_the_same_case(self):
        evidence = self.folder / "evidence"
        self.check(self.lab.run("collect", "-o", evidence), 0)
        self.assertEqual(self.states("--evidence", evidence)[0], {"new"})
        self.assertEqual(self.states()[0], {"unchanged"})
        older = self.check(self.scan("--evidence", evidence), 3)
        self.assertIn("it is left as it is", older.err)

    def test_plan_remembers_too(self):
        self.check(run("--config", self.config, "plan", "-o", self.folder / "plan.json"), 3)
        self.assertEqual(self.states()[0], {"unchanged"})

    def test_a_database_that_cannot_be_opened_is_an_error_with_a_way_out(self):
        self.database.write_text("this is no database\n" * 100)
        refused = self.check(self.scan(), 1)
        self.assertIn("own.db", refused.err)
        self.assertIn("--no-state", refused.err)
        self.check(self.scan("--no-state"), 3)


class Collect(LabCase):
    def test_saves_evidence_that_scans_like_the_tenant(self):
        folder = self.folder / "evidence"
        self.check(self.lab.run("collect", "-o", folder), 0)
        self.assertTrue((folder / "manifest.json").exists())
        live = self.lab.run("scan", "--json").json()
        files = self.check(run("scan", "--evidence", folder, "--json"), 3).json()
        keys = lambda document: [(f["key"], f["verdict"], f["score"]) for f in document["findings"]]
        self.assertEqual(keys(files), keys(live))

    def test_refuses_a_folder_that_is_not_empty(self):
        (self.folder / "x").write_text("x")
        self.check(self.lab.run("collect", "-o", self.folder), 2)


class Files(LabCase):
    """Exports as other tools save them, told apart by content."""

    def setUp(self):
        super().setUp()
        self.parts = {
            "one": self.lab.all("/v1.0/servicePrincipals?$top=999"),
            "two": self.lab.all("/v1.0/oauth2PermissionGrants?$top=999"),
        }

    def write(self, style):
        folder = self.folder / style
        folder.mkdir()
        for name, records in self.parts.items():
            file = folder / (name + ".dat")
            if style == "array":
                file.write_text(json.dumps(records))
            elif style == "value":
                file.write_text(json.dumps({"value": records}))
            elif style == "lines":
                file.write_text("".join(json.dumps(r) + "\n" for r in records))
            elif style == "gzip":
                file.write_bytes(gzip.compress(json.dumps(records).encode()))
            elif style == "utf16":
                file.write_text(json.dumps(records), encoding="utf-16")
        return folder

    def test_every_style_gives_the_same_findings(self):
        seen = set()
        for style in ("array", "value", "lines", "gzip", "utf16"):
            with self.subTest(style):
                result = run("--config", self.lab.config, "scan", "--evidence", self.write(style), "--json",
                             "--no-state", "--now", "2026-11-23T12:00:00Z")
                self.check(result, 3)
                found = result.json()["findings"]
                self.assertIn(EM_CLIENT, {f["app"]["appId"] for f in found})
                seen.add(json.dumps(found, sort_keys=True))
        self.assertEqual(len(seen), 1)

    def test_what_no_file_holds_is_absent_and_its_signals_are_not_evaluable(self):
        document = run("--config", self.lab.config, "scan", "--evidence", self.write("array"), "--json").json()
        states = {s["name"]: s["state"] for s in document["coverage"]["sources"]}
        self.assertEqual(states["oauth2PermissionGrants"], "read")
        self.assertEqual(states["appRoleAssignments"], "absent")
        self.assertFalse(document["coverage"]["complete"])
        role_signal = next(s for s in document["findings"][0]["signals"] if s["id"] == "D05")
        self.assertEqual(role_signal["state"], "not-evaluable")
        self.assertTrue(role_signal["missing"])

    def test_nothing_found_in_incomplete_evidence_is_exit_8(self):
        file = self.folder / "grants.json"
        file.write_text('{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#oauth2PermissionGrants","value":[]}')
        self.check(run("scan", "--evidence", file), 8)

    def test_a_file_that_is_nothing_is_exit_2_and_named(self):
        file = self.folder / "bad.json"
        file.write_text('[{"id": "x",\n  "clientId": }]')
        result = self.check(run("scan", "--evidence", file), 2)
        self.assertIn("bad.json", result.err)
        self.check(run("scan", "--evidence", self.folder / "none.json"), 2)


class Quiet(LabCase):
    LAB_ARGUMENTS = ("--no-planted",)

    def test_a_clean_tenant_is_exit_0_with_an_empty_plan(self):
        self.check(self.lab.run("scan"), 0)
        plan = self.folder / "plan.json"
        self.check(self.lab.run("plan", "-o", plan), 0)
        self.assertEqual(json.loads(plan.read_text())["actions"], [])


class Blind(LabCase):
    LAB_ARGUMENTS = ("--no-planted", "--deny-read", "AuditLog.Read.All", "--deny-read", "Directory.Read.All")

    def test_denied_evidence_is_exit_8_and_never_0(self):
        document = self.check(self.lab.run("scan", "--json"), 8).json()
        states = {s["name"]: s["state"] for s in document["coverage"]["sources"]}
        self.assertEqual(states["oauth2PermissionGrants"], "denied")
        self.assertFalse(document["coverage"]["complete"])

    def test_doctor_names_the_permission_and_exits_9(self):
        result = self.check(self.lab.run("doctor"), 9)
        self.assertIn("Directory.Read.All", result.out + result.err)


class NotPremium(LabCase):
    LAB_ARGUMENTS = ("--no-premium",)

    def test_no_licence_for_sign_ins_is_said_and_stops_nothing(self):
        document = self.check(self.lab.run("scan", "--json"), 3).json()
        source = next(s for s in document["coverage"]["sources"] if s["name"] == "signIns")
        self.assertEqual(source["state"], "denied")
        self.assertIn("P1", source["reason"])


class Plan(LabCase):
    def test_is_private_canonical_and_has_a_digest_of_its_own_bytes(self):
        import hashlib
        file = self.plan()
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        text = file.read_text().rstrip("\n")
        plan = json.loads(text)
        digest = plan.pop("digest")
        canonical = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self.assertEqual(digest, "sha256:" + hashlib.sha256(canonical.encode()).hexdigest())

    def test_standard_output_holds_the_same_plan(self):
        result = self.check(self.lab.run("plan", "-o", "-", "--quiet"), 3)
        self.assertEqual(json.loads(result.out)["schema"], "clawback.plan/1")

    def test_show_prints_each_exact_request(self):
        file = self.plan()
        shown = self.check(self.lab.run("show", file), 0).out
        shown = re.sub(r"\s+", "", shown)
        for action in json.loads(file.read_text())["actions"]:
            self.assertIn(action["request"]["method"] + action["request"]["path"], shown)

    def test_nothing_is_sent(self):
        before = self.lab.state()
        self.plan()
        self.assertEqual(self.lab.state(), before)

    def test_microsoft_in_house_and_benign_applications_are_not_in_it(self):
        plan = json.loads(self.plan().read_text())
        touched = {a["target"]["appId"] for a in plan["actions"]}
        owners = {a["appId"]: a.get("appOwnerOrganizationId") for a in self.lab.all("/v1.0/servicePrincipals?$top=999")}
        for app in touched:
            self.assertNotIn(owners[app], ("f8cdef31-a31e-4b4a-93e4-5f571e91255a", self.lab.tenant))
        self.assertEqual(len(touched), 5)

    def test_a_changed_plan_is_exit_2(self):
        file = self.plan()
        file.write_text(file.read_text().replace("oauth2PermissionGrants/", "oauth2PermissionGrants/x", 1))
        self.check(self.lab.run("show", file), 2)
        self.check(self.lab.run("apply", file), 2)


class Policies(LabCase):
    def test_the_shipped_policy_is_sound_and_passes_its_own_tests(self):
        self.check(run("policy", "check", ROOT / "policies/default"), 0)
        self.check(run("policy", "test", ROOT / "policies/default"), 0)
        shown = self.check(run("policy", "show", ROOT / "policies/default", "--json"), 0).json()
        self.assertTrue(shown)

    def copy(self):
        shutil.copytree(ROOT / "policies", self.folder / "policies")
        return self.folder / "policies" / "default"

    def test_a_copy_without_the_catalog_is_told_how_to_copy(self):
        alone = self.folder / "mine"
        shutil.copytree(ROOT / "policies" / "default", alone)
        result = self.check(run("policy", "check", alone), 2)
        told = " ".join(result.err.split())
        self.assertRegex(told, r"mine/policy\.toml:\d+:\d+")
        self.assertIn("catalog/", told)
        self.assertIn("copy the whole policies folder", told)
        whole = self.folder / "whole"
        shutil.copytree(ROOT / "policies", whole)
        self.check(run("policy", "check", whole / "default"), 0)

    def test_an_unknown_key_is_exit_2_with_file_line_and_column(self):
        policy = self.copy()
        rule = policy / "rules" / "known-abused-mail-client.toml"
        text = rule.read_text()
        rule.write_text(text.replace('\nmode ', '\nmodus = "auto"\nmode ', 1))
        line = rule.read_text().splitlines().index('modus = "auto"') + 1
        result = self.check(run("policy", "check", policy), 2)
        self.assertIn(f"known-abused-mail-client.toml:{line}:1", result.err)

    def test_a_rule_that_no_longer_plans_what_its_test_says_is_exit_2(self):
        policy = self.copy()
        rule = policy / "rules" / "known-abused-mail-client.toml"
        rule.write_text(rule.read_text().replace('"revoke-grant", ', "", 1))
        result = run("policy", "test", policy)
        self.check(result, 2)

    def test_an_installed_binary_finds_the_installed_policies(self):
        from harness import BINARY
        prefix = self.folder / "prefix"
        (prefix / "bin").mkdir(parents=True)
        shutil.copy(BINARY, prefix / "bin" / "clawback")
        shutil.copytree(ROOT / "policies", prefix / "share" / "clawback" / "policies")
        import subprocess
        done = subprocess.run([prefix / "bin" / "clawback", "policy", "test"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_catalog_list_names_sources(self):
        entries = self.check(run("catalog", "list", "--json"), 0).out
        self.assertIn(EM_CLIENT, entries)

    def write_catalog(self, more, disposition="baseline", app_id=EM_CLIENT):
        file = self.folder / "ours.toml"
        file.write_text(f"""schema = 1
[[app]]
names = ["eM Client"]
app_id = "{app_id}"
kind = "benign_mail_client"
disposition = "{disposition}"
confidence = "high"
why = "the help desk rolls it out \\u001b[31m"
sources = ["CHG-1"]
reviewed = 2026-11-23
{more}""")
        return file

    def test_catalog_check_lists_every_problem_with_its_place(self):
        self.check(run("catalog", "check"), 0)
        file = self.write_catalog('colour = "red"\n')
        result = self.check(run("catalog", "check", file), 2)
        self.assertIn(f"{file}:2:1: {EM_CLIENT} is already at", result.err)
        self.assertIn(f'{file}:11:1: unknown key "colour"', result.err)
        error = self.check(run("catalog", "check", file, "--json"), 2).json()
        self.assertEqual(error["schema"], "clawback.error/1")
        self.assertEqual([p["line"] for p in error["details"]["problems"]], [2, 11])
        graph = self.write_catalog("", "alert", "00000003-0000-0000-c000-000000000000")
        self.assertIn("belongs to Microsoft", self.check(run("catalog", "check", graph), 2).err)

    def test_an_entry_of_the_organisation_overrides_with_a_reason_and_is_shown(self):
        file = self.write_catalog('overrides = "CHG-1"\n')
        self.check(run("catalog", "check", file), 0)
        policy = self.copy()
        text = (policy / "policy.toml").read_text()
        (policy / "policy.toml").write_text(text.replace('"../catalog/hosting.toml",', f'"../catalog/hosting.toml", "{file}",', 1))
        self.check(run("policy", "check", policy), 0)
        shown = self.check(run("catalog", "show", "EM client", "--policy", policy), 0).out
        self.assertIn("overrides     CHG-1", shown)
        self.assertIn("instead of    eM Client: alert", shown)
        self.assertNotIn("\x1b", shown)
        entry = self.check(run("catalog", "show", EM_CLIENT, "--policy", policy, "--json"), 0).json()["entries"][0]
        self.assertEqual(entry["disposition"], "baseline")
        self.assertEqual(entry["overridden"][0]["disposition"], "alert")
        missing = self.check(run("catalog", "show", "eM Clint"), 2)
        self.assertIn("eM Client", missing.err)

    def test_policy_show_rules_explains_every_signal_and_guard(self):
        shown = self.check(run("policy", "show", "--rules", "--json"), 0).json()
        self.assertEqual(shown["schema"], "clawback.signals/1")
        self.assertEqual([s["id"] for s in shown["signals"]], [f"D{n:02}" for n in range(1, 26)])
        self.assertEqual([g["id"] for g in shown["guards"]], ["G1", "G2", "G3", "G4"])
        page = self.check(run("policy", "show", ROOT / "policies/default", "--rules", "--markdown"), 0).out
        self.assertEqual(page, (ROOT / "docs/reference/signals.md").read_text())
        self.check(run("policy", "show", "--markdown"), 2)


class Errors(LabCase):
    def test_arguments_that_can_not_be_used_are_exit_2(self):
        for arguments in (["scna"], ["scan", "--nonsense"], ["plan"], ["show"], ["--now", "yesterday", "scan"]):
            with self.subTest(arguments):
                self.check(run(*arguments), 2)
        self.assertIn("scan", run("scna").err)

    def test_errors_are_json_when_asked(self):
        error = self.check(run("show", self.folder / "none.json", "--json"), 2).json()
        self.assertEqual(error["schema"], "clawback.error/1")
        self.assertTrue(error["message"])

    def test_configuration_errors_name_file_line_and_column(self):
        config = self.folder / "clawback.toml"
        config.write_text('[tenant]\nid = "x"\n\n[identity.read]\nclient = "y"\n')
        result = self.check(run("--config", config, "scan"), 2)
        self.assertRegex(result.err, r"clawback\.toml:\d+:\d+")

    def test_no_configuration_at_all_says_what_to_do(self):
        result = self.check(run("scan", cwd=self.folder), 2)
        self.assertIn("clawback.toml", result.err)

    def test_a_wrong_secret_is_exit_9_in_plain_words_without_the_secret(self):
        secret = self.folder / "wrong.secret"
        secret.write_text("not-the-secret-8817")
        secret.chmod(0o600)
        config = self.lab.folder / "wrong.toml"
        config.write_text(re.sub(r'"[^"]*read\.secret"', f'"{secret}"', self.lab.config.read_text()))
        result = self.check(self.lab_with(config, "scan"), 9)
        self.assertIn("AADSTS7000215", result.err)
        self.assertNotIn("page 1", result.err)
        self.assertNotIn("8817", result.err + result.out)

    def lab_with(self, config, *arguments):
        return run("--config", config, *arguments)

    def test_a_secret_that_others_can_read_is_refused(self):
        secret = self.lab.folder / "read.secret"
        secret.chmod(0o644)
        self.addCleanup(secret.chmod, 0o600)
        result = self.check(self.lab.run("scan"), 2)
        self.assertIn("chmod 600", result.err)

    def test_a_server_that_is_not_trusted_gets_nothing(self):
        config = self.lab.folder / "untrusted.toml"
        config.write_text(re.sub(r"(?m)^ca_file.*$", "", self.lab.config.read_text()))
        result = run("--config", config, "scan")
        self.assertNotIn(result.code, (0, 3, 8))
        self.assertRegex(result.err, r"(?i)certificate|TLS|trust")

    def test_keys_are_not_overwritten_and_private(self):
        key = self.folder / "dana.key"
        self.check(run("key", "new", "-o", key, "--no-passphrase"), 0)
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        self.check(run("key", "new", "-o", key, "--no-passphrase"), 2)


class Doctor(LabCase):
    def test_all_is_well_in_the_lab(self):
        self.check(self.lab.run("doctor"), 0)
        report = self.check(self.lab.run("doctor", "--json"), 0).json()
        self.assertTrue(report)

    def test_nothing_is_made(self):
        state = self.folder / "state"
        config = self.lab.config.with_name("elsewhere.toml")
        text = self.lab.config.read_text()
        self.assertRegex(text, r'(?m)^database = "')
        config.write_text(re.sub(r'(?m)^database = .*$', f'database = "sqlite://{state}/clawback.db"', text))
        told = self.check(run("--config", config, "doctor"), 0).out
        self.assertIn(f"will be made in {state}", " ".join(told.split()))
        self.assertFalse(state.exists())


if __name__ == "__main__":
    unittest.main(verbosity=1)
