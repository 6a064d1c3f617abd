"""The documentation and the program say the same: every flag of every command, every page in the index, every link."""
import re
import subprocess
import tomllib
import unittest

from harness import ROOT, run

DOCS = ROOT / "docs"
# A page's kind is its folder; its name is its own.
PAGES = {file.name: file for file in DOCS.rglob("*.md") if file != DOCS / "README.md"}


def page_of(name):
    return PAGES[name].read_text()


def section_of(text, title):
    return re.search(rf"(?ms)^{title}:$(.*?)(?=^\S|\Z)", text)


def commands():
    """Every command and subcommand that can be called, as words."""
    out = []
    groups = [()]
    while groups:
        words = groups.pop()
        found = section_of(run(*words, "--help").out, "Subcommands")
        if words and (not found or words == ("log",)):
            out.append(words)
        if found:
            groups += [(*words, name) for name in re.findall(r"^  (\S+)", found.group(1), re.M)]
    return sorted(out)


def flags_of(words):
    out = set()
    for line in run(*words, "--help").out.partition("\nEverywhere:")[0].splitlines():
        if re.match(r" +-", line):
            out |= set(re.findall(r"--[a-z-]+|-[a-z]\b", line.split("  ", 3)[1] if line.startswith("  ") else line))
    return out - {"--help", "-h", "--version"}


def named_in(text):
    return set(re.findall(r"`(--[a-z-]+|-[a-z])(?=[ `])", text))


class Flags(unittest.TestCase):
    def test_every_command_and_every_flag_is_on_its_page(self):
        page = page_of("commands.md")
        rows = {m[0]: named_in(m[1]) for m in re.findall(r"^\| `([a-z -]+)` \| (.*) \|$", page.partition("## Flags")[2], re.M)}
        rows["lab"] = set(re.findall(r"(?<![\w-])(--[a-z-]+|-[a-z])\b", page_of("lab.md").partition("| flag |")[2].partition("\n\n")[0]))
        known = commands()
        self.assertGreater(len(known), 25)
        told = page.partition("## Flags")[0]
        for words in known:
            name = " ".join(words)
            with self.subTest(command=name):
                self.assertRegex(told, rf"`{words[0]}\b", "the table of commands")
                self.assertEqual(rows.pop(name, set()), flags_of(words))
        self.assertEqual(rows, {}, "commands that do not exist")

    def test_every_global_flag_is_told(self):
        page = page_of("commands.md").partition("| command |")[0]
        everywhere = section_of(run("--help").out, "Everywhere").group(1)
        for flag in re.findall(r"--[a-z-]+", everywhere):
            self.assertIn(f"`{flag}", page)


class Examples(unittest.TestCase):
    def test_every_call_in_every_page_has_a_command_and_flags_that_exist(self):
        known = {words: flags_of(words) for words in commands()}
        groups = {words[0] for words in known}
        everywhere = set(re.findall(r"--[a-z-]+", section_of(run("--help").out, "Everywhere").group(1))) | {"--version", "--help"}
        seen = 0
        for page in [*PAGES.values(), ROOT / "README.md"]:
            for call in re.findall(r"(?:^ +|^\$ |^|`|\| )(?:sudo )?(?:/usr/lib/clawback/as-service|clawback) ([^`|;#\n]*)", page.read_text(), re.M):
                text = re.sub(r"^(?:--config \S+ )+", "", call)
                words = re.findall(r"[^\s\"]+|\"[^\"]*\"", text)
                if not words or words[0] not in groups:
                    # Prose, or a placeholder. A word like a command's must be one.
                    self.assertFalse(call.startswith("-") and words and words[0] not in everywhere, f"{page.name}: {call}")
                    continue
                command = max((w for w in known if tuple(words[:len(w)]) == w), key=len, default=None)
                with self.subTest(page=page.name, call=call):
                    self.assertIsNotNone(command, "no such command")
                    flags = {word for word in words if re.fullmatch(r"--[a-z-]+", word)}
                    self.assertLessEqual(flags, known[command] | everywhere)
                    seen += 1
        self.assertGreater(seen, 80)

    def test_exit_codes(self):
        told = {int(code) for code in re.findall(r"^\| (\d+) \|", page_of("commands.md").partition("## Exit codes")[2], re.M)}
        code = (ROOT / "src/cli/exit_code.hpp").read_text()
        self.assertEqual(told, {int(number) for number in re.findall(r"constexpr int \w+ = (\d+);", code)})


class Permissions(unittest.TestCase):
    def test_names_and_ids_are_the_same_everywhere(self):
        table = re.findall(r"^\|.*\| `([A-Z]\w+\.[\w.]+)` \|.*\| ([0-9a-f-]{36}) \|$", page_of("permissions.md"), re.M)
        self.assertGreater(len(table), 15)
        known = (ROOT / "src/lab/permissions.cpp").read_text()
        for name, role in table:
            self.assertIn(f'{{"{name}", "{role}"}}', known)
        # Any other permission in a row of the table has no id beside it.
        self.assertEqual(len(table), len(re.findall(r"^\| (?:read|write)? ?\|", page_of("permissions.md"), re.M)))
        commands = re.findall(r"'?([0-9a-f-]{36})'?   # ([A-Z]\w+\.[\w.]+)$", page_of("entra.md"), re.M)
        self.assertEqual(len(commands), 2 * 10)
        for role, name in commands:
            self.assertIn((name, role), table)

    def test_the_shell_lines_of_the_set_up_are_shell(self):
        blocks = re.findall(r"(?ms)^```sh\n(.*?)^```$", page_of("entra.md"))
        self.assertGreater(len(blocks), 5)
        for block in blocks:
            done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), block)

    def test_a_redirect_address_is_registered_as_the_console_sends_it(self):
        """`base_url` has no slash at its end, and Entra compares exactly."""
        found = []
        for page in ("entra.md", "console.md"):
            text = page_of(page)
            addresses = re.findall(r"(?:http://localhost|https://console\.example)(?![\w.:-])/?", text)
            self.assertEqual([one for one in addresses if one.endswith("/")], [], page)
            found += addresses
        self.assertGreater(len(found), 8)

    def test_the_writer_gets_what_the_shipped_actions_need(self):
        """A rule that ships with one more action has to show in the lists."""
        actions = set()
        for rule in (ROOT / "policies/default/rules").glob("*.toml"):
            actions |= set(tomllib.loads(rule.read_text()).get("actions", []))
        self.assertEqual(actions - {"disable-app", "block-app", "revoke-grant", "narrow-grant", "remove-app-role",
                                    "remove-assignment", "revoke-sessions"}, set())


class Pages(unittest.TestCase):
    def test_every_page_is_in_the_index_and_the_index_in_the_readme(self):
        index = (DOCS / "README.md").read_text()
        linked = {(DOCS / link).resolve() for link in re.findall(r"\]\(([^)#\s]+)", index) if not link.startswith("http")}
        self.assertEqual(len(PAGES) + 1, len(list(DOCS.rglob("*.md"))), "two pages of one name")
        for page in PAGES.values():
            self.assertIn(page.resolve(), linked, "the index")
        self.assertIn("](docs/README.md)", (ROOT / "README.md").read_text())

    def test_every_page_is_of_one_kind(self):
        for page in PAGES.values():
            self.assertIn(page.parent.relative_to(DOCS).as_posix(), ("tutorial", "how-to", "reference", "explanation"), page.name)

    def test_the_threat_model_is_one_page(self):
        model = page_of("threat-model.md")
        self.assertLessEqual(len(model.split()), 580, "what is longer goes to threats.md")
        for part in ("## Worth attacking", "## Where trust ends", "## Who attacks, and what holds", "## What does not hold", "](threats.md)"):
            self.assertIn(part, model)
        self.assertIn(len(re.findall(r"^\|[^|]*\|[^|]*\|[^|]*\|$", model, re.M)) - 2, range(10, 15))

    def test_every_test_that_security_names_is_one(self):
        """Targets are named in cmake/tests.cmake, modules' and scripts' by their folder and file."""
        cmake = (ROOT / "cmake/tests.cmake").read_text()
        known = {f"unit_{folder.name}" for folder in (ROOT / "tests/unit").iterdir()}
        known |= {"e2e_" + file.stem.removeprefix("test_") for folder in ("cli", "crash") for file in (ROOT / "tests" / folder).glob("test_*.py")}
        known |= {"browser_" + part for part in re.search(r"foreach\(part ([\w ]+)\)", cmake)[1].split()}
        known |= set(re.search(r"foreach\(check ([\w ]+)\)", cmake)[1].split()) | set(re.findall(r"NAME (\w+)", cmake))
        named = {name for row in re.findall(r"^\|.*\|([^|]*)\|$", (ROOT / "SECURITY.md").read_text(), re.M)
                 for name in re.findall(r"`(\w+)`", row)}
        self.assertEqual(named - known, set())
        self.assertLessEqual({"hostile", "schemas", "unit_console", "browser_report", "browser_console", "slow_clients"}, named)

    def test_every_planted_application_is_on_the_page_of_the_lab(self):
        page = " ".join(page_of("lab.md").partition("Planted:")[2].split())
        names = {name for file in (ROOT / "src/lab").glob("planted_*.cpp")
                 for name in re.findall(r'display_name = "([^"<]+)"', file.read_text())}
        self.assertGreater(len(names), 10)
        for name in names:
            self.assertIn(name, page)

    def test_every_link_leads_somewhere(self):
        for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
            for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
                if link.startswith("http"):
                    continue
                path, _, anchor = link.partition("#")
                target = (page.parent / path).resolve() if path else page
                with self.subTest(page=page.name, link=link):
                    self.assertTrue(target.exists())
                    if anchor:
                        titles = re.findall(r"^#+ (.*)$", target.read_text(), re.M)
                        self.assertIn(anchor, [re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles])

    def test_what_the_program_says_of_pages_is_there(self):
        for file in (ROOT / "src").rglob("*.cpp"):
            for name in re.findall(r'"[^"\n]*docs/([\w/-]+\.md)', file.read_text()):
                self.assertTrue((DOCS / name).exists(), f"{file}: docs/{name}")


if __name__ == "__main__":
    unittest.main(verbosity=1)
