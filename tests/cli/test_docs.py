"""The documentation and the program say the same: every flag of every command, every page in the index, every link."""
import re
import unittest

from harness import ROOT, run

DOCS = ROOT / "docs"


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
        page = (DOCS / "commands.md").read_text()
        rows = {m[0]: named_in(m[1]) for m in re.findall(r"^\| `([a-z -]+)` \| (.*) \|$", page.partition("## Flags")[2], re.M)}
        rows["lab"] = set(re.findall(r"(?<![\w-])(--[a-z-]+|-[a-z])\b", (DOCS / "lab.md").read_text().partition("| flag |")[2].partition("\n\n")[0]))
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
        page = (DOCS / "commands.md").read_text().partition("| command |")[0]
        everywhere = section_of(run("--help").out, "Everywhere").group(1)
        for flag in re.findall(r"--[a-z-]+", everywhere):
            self.assertIn(f"`{flag}", page)


def permissions_of(section, column):
    """What a page's table gives each identity."""
    out, who = {"read": {}, "write": {}}, ""
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            continue
        who = cells[0] or who
        if who in out:
            for name in re.findall(r"`([A-Z]\w+\.[\w.]+)`", cells[column]):
                out[who][name] = cells[-1]
    return out


class Permissions(unittest.TestCase):
    def test_both_pages_give_each_identity_the_same(self):
        brief = permissions_of((DOCS / "unattended.md").read_text().partition("## 2. ")[2].partition("## 3. ")[0], 1)
        reasons = permissions_of((DOCS / "permissions.md").read_text().partition("## Setting it up")[0], 2)
        for who in ("read", "write"):
            self.assertGreater(len(brief[who]), 4)
            self.assertEqual(brief[who].keys(), reasons[who].keys(), who)
        known = (ROOT / "src/lab/permissions.cpp").read_text()
        for name, role in {**brief["read"], **brief["write"]}.items():
            self.assertIn(f'{{"{name}", "{role}"}}', known)


class Pages(unittest.TestCase):
    def test_every_page_is_in_the_index_and_the_index_in_the_readme(self):
        index = (DOCS / "README.md").read_text()
        for page in DOCS.glob("*.md"):
            if page.name != "README.md":
                self.assertIn(f"]({page.name})", index)
        self.assertIn("](docs/README.md)", (ROOT / "README.md").read_text())

    def test_every_link_leads_somewhere(self):
        for page in [*DOCS.glob("*.md"), *ROOT.glob("*.md")]:
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


if __name__ == "__main__":
    unittest.main(verbosity=1)
