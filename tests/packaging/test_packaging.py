"""The systemd units, the example configuration and the maintainer scripts. The package itself is built and looked at by
`./dev package`, which needs a release build."""
import gzip
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import tempfile
import unittest

from try_package import start_lab

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PACKAGING = ROOT / "packaging"
BINARY = os.environ["CLAWBACK"]


def command(*words, **options):
    return subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=60, **options)


class PackagingTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-packaging-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def units(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed (package systemd)")
        out = []
        for unit in sorted((PACKAGING / "systemd").iterdir()):
            text = unit.read_text().replace("/usr/bin/clawback", BINARY)
            copy = self.folder / unit.name
            copy.write_text(text)
            out.append(copy)
        return out

    def test_systemd_understands_every_line(self):
        units = self.units()
        names = [unit.name for unit in units]
        self.assertEqual(names, ["clawback-failed@.service", "clawback-serve.service", "clawback.service", "clawback.timer"])
        checked = [str(u).replace("@.", "@x.") if "@" in u.name else u for u in units]
        done = command("systemd-analyze", "verify", "--man=no", *checked)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_the_services_are_confined(self):
        for service in self.units():
            if service.name not in ("clawback.service", "clawback-serve.service"):
                continue
            done = command("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=15", service)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertRegex(done.stdout, rf"Overall exposure level for {re.escape(service.name)}: [01]\.\d OK")

    def test_the_console_is_given_no_credential_of_the_service(self):
        text = (PACKAGING / "systemd" / "clawback-serve.service").read_text()
        self.assertEqual(re.findall(r"^LoadCredential", text, re.M), [])

    def test_no_secret_comes_from_the_environment(self):
        for name in ("clawback.service", "clawback-serve.service"):
            text = (PACKAGING / "systemd" / name).read_text()
            self.assertNotIn("EnvironmentFile", text)
            self.assertEqual(re.findall(r"^Environment=(\w+)", text, re.M), ["CLAWBACK_CONFIG"])

    def test_the_example_configuration_is_understood(self):
        example = (PACKAGING / "clawback.toml").read_text()
        file = self.folder / "clawback.toml"
        file.write_text(example)
        done = command(BINARY, "--config", file, "notify", "test")
        self.assertIn("there is no [[notify]]", done.stderr)
        # With every line that is commented out.
        file.write_text(re.sub(r"^# (?=\[|\w+ +=)", "", example, flags=re.M).replace(
            "the line that `clawback key new` printed", "A" * 43 + "="))
        self.assertGreater(file.read_text().count("\n["), example.count("\n["))
        done = command(BINARY, "--config", file, "notify", "test")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('webhook: the credential "secret_webhook" is not there', done.stdout)

    def test_manual_pages_and_completion_are_where_debian_looks_for_them(self):
        done = command(PACKAGING / "make-pages", BINARY, self.folder)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        made = {str(p.relative_to(self.folder / "share")): p for p in self.folder.rglob("*") if p.is_file()}
        for path in ("bash-completion/completions/clawback", "zsh/vendor-completions/_clawback", "fish/vendor_completions.d/clawback.fish"):
            self.assertIn("clawback", made.pop(path).read_text())
        self.assertIn("man/man1/clawback-scan.1.gz", made)
        for path, page in made.items():
            self.assertRegex(path, r"^man/man1/clawback(-[a-z-]+)?\.1\.gz$")
            self.assertIn(b"\n.SH NAME\n", gzip.decompress(page.read_bytes()))
            self.assertEqual(page.stat().st_mode & 0o777, 0o644)
        self.assertIn("packaging/make-pages", (ROOT / "cmake" / "package.cmake").read_text())

    def test_the_pages_are_installed_with_what_they_link_to(self):
        done = command(PACKAGING / "make-docs", ROOT, self.folder / "doc")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        doc = (self.folder / "doc").resolve()
        links = pictures = 0
        for page in doc.rglob("*.md"):
            for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
                if link.startswith("http"):
                    continue
                target = (page.parent / link).resolve()
                self.assertTrue(target.is_file() and target.is_relative_to(doc), f"{page.relative_to(doc)}: {link}")
                links, pictures = links + 1, pictures + link.endswith(".png")
        self.assertGreater(links, 100)
        self.assertGreater(pictures, 3)
        for path in doc.rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o777, 0o755 if path.is_dir() else 0o644, path)
        self.assertIn("packaging/make-docs", (ROOT / "cmake" / "package.cmake").read_text())

    def test_what_units_and_the_example_name_of_the_pages_is_there(self):
        places = [*(PACKAGING / "systemd").iterdir(), PACKAGING / "clawback.toml", *(ROOT / "docs").rglob("*.md")]
        named = [(place, name) for place in places
                 for name in re.findall(r"/usr/share/doc/clawback/([\w./@-]+\.md)", place.read_text())]
        for place, name in named:
            self.assertTrue((ROOT / "docs" / name).is_file(), f"{place.name}: {name}")
        # Each unit that somebody starts says where it is told of.
        self.assertEqual({place.name for place, _ in named} & {"clawback.service", "clawback-serve.service", "clawback.timer"},
                         {"clawback.service", "clawback-serve.service", "clawback.timer"})

    def test_credentials_have_the_names_that_the_unit_gives_them(self):
        unit = (PACKAGING / "systemd" / "clawback.service").read_text()
        prefix = re.search(r"^LoadCredential=(\w+):/etc/clawback/credentials$", unit, re.M).group(1)
        pages = [PACKAGING / "clawback.toml", ROOT / "docs" / "how-to" / "unattended.md"]
        for page in pages:
            names = re.findall(r"\$\{CREDENTIALS_DIRECTORY\}/([\w.]+)", page.read_text())
            self.assertTrue(names, page)
            for name in names:
                self.assertTrue(name.startswith(prefix + "_"), (page, name))

    def test_credentials_of_the_console_have_the_names_that_its_drop_in_gives_them(self):
        page = (ROOT / "docs" / "how-to" / "console.md").read_text()
        unit = (PACKAGING / "systemd" / "clawback-serve.service").read_text()
        given = re.search(r"(?m)^ *(LoadCredential=(\w+):(\S+))$", page)
        self.assertIn(f"#   {given[1]}\n", unit)
        reference = (ROOT / "docs" / "reference" / "configuration.md").read_text()
        keys = re.findall(r'(?m)^ *(key|metrics_token) += "\$\{CREDENTIALS_DIRECTORY\}/([\w.]+)"', page + reference)
        self.assertEqual({key for key, _ in keys}, {"key", "metrics_token"})
        for _, name in keys:
            self.assertTrue(name.startswith(given[2] + "_"), name)
        # Each is put into that folder by a command of the page.
        for name in {name.partition("_")[2] for _, name in keys}:
            self.assertRegex(page, rf"install -m 600 \S+ {re.escape(given[3])}/{re.escape(name)}\n")

    def test_the_user_is_made(self):
        if not shutil.which("systemd-sysusers"):
            self.skipTest("systemd-sysusers is not installed (package systemd)")
        if os.geteuid() != 0:
            self.skipTest("only root may make users, in a folder of its own too")
        (self.folder / "etc").mkdir()
        done = command("systemd-sysusers", f"--root={self.folder}", PACKAGING / "sysusers.conf")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex((self.folder / "etc/passwd").read_text(),
                         r"clawback:x:\d+:\d+:clawback:/var/lib/clawback:/usr/sbin/nologin")

    def test_the_pass_of_the_unit_runs_as_another_user(self):
        """The unit's own ExecStart with its environment, umask and credentials, where no systemd runs. As the user nobody if
        root starts it; `./dev package` does the same under systemd."""
        unit = (PACKAGING / "systemd" / "clawback.service").read_text()
        value = lambda key: re.search(rf"(?m)^{key}=(.*)$", unit).group(1)
        program, *words = value("ExecStart").split()
        self.assertEqual(program, "/usr/bin/clawback")
        lab, config = start_lab(BINARY, self.folder / "lab")
        try:
            state, credentials = self.folder / "state", self.folder / "credentials"
            for folder in (state, credentials):
                folder.mkdir(mode=int(value("StateDirectoryMode"), 8))
            for secret, name in (("read.secret", "read"), ("write.key", "write.key")):
                copy = credentials / (re.search(r"(?m)^LoadCredential=(\w+):", unit).group(1) + "_" + name)
                copy.write_bytes((self.folder / "lab" / secret).read_bytes())
                copy.chmod(0o400)
            for name in ("ca.pem", "write.pem"):
                shutil.copy(self.folder / "lab" / name, self.folder)
            text = config.replace("/var/lib/clawback", str(state)).replace("/usr/share/clawback", str(self.folder))
            shutil.copytree(ROOT / "policies", self.folder / "policies")
            binary = shutil.copy(BINARY, self.folder / "clawback")
            file = self.folder / value("Environment").partition("=")[2].rpartition("/")[2]
            file.write_text(text)
            options = {"umask": int(value("UMask"), 8), "cwd": "/", "env": {
                value("Environment").partition("=")[0]: str(file), "CREDENTIALS_DIRECTORY": str(credentials)}}
            if os.geteuid() == 0:
                nobody = pwd.getpwnam("nobody")
                options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
                self.folder.chmod(0o755)
                for path in (state, credentials, *credentials.iterdir()):
                    os.chown(path, nobody.pw_uid, nobody.pw_gid)
            done = command(binary, *words, **options)
        finally:
            lab.terminate()
            lab.wait()
            lab.stdout.close()
        self.assertIn(done.returncode, [int(code) for code in value("SuccessExitStatus").split()], done)
        self.assertRegex(" ".join(done.stdout.split()), r"waits a plan of \d+ actions \(new\)")
        plans = sorted(path.name for path in (state / "plans").iterdir())
        self.assertEqual(len(plans), 1, plans)
        for path in state.rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_maintainer_scripts(self):
        for name in ("postinst", "prerm", "postrm"):
            script = PACKAGING / "debian" / name
            self.assertEqual(command("sh", "-n", script).returncode, 0)
            self.assertNotIn("enable clawback.timer", script.read_text())


if __name__ == "__main__":
    unittest.main()
