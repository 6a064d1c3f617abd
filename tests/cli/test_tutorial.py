"""The tutorial, command by command: what it shows is what the program prints. `…` in it stands for anything."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import BINARY, ROOT

PAGE = next((ROOT / "docs").rglob("first-incident.md"))
END = "@@end@@"


def steps():
    """(command, what the page shows of its output) in the order of the page."""
    out = []
    for block in re.findall(r"(?ms)^```console\n(.*?)^```$", PAGE.read_text()):
        for line in block.splitlines():
            if line.startswith("$ "):
                out.append((line[2:], []))
            else:
                out[-1][1].append(line)
    return out


def fits(shown, printed):
    """One line: `…` is anything, and columns may be wider or narrower."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in shown.split("…")]
    return re.fullmatch(r"\s*" + r".*?".join(parts).replace(r".*?", r"\s*.*?\s*") + r"\s*", printed) is not None


def first_missing(shown, printed):
    """The first line of the page that is not printed where it should be; None if there is none."""
    ends = {0}  # how many printed lines the page's lines so far may have used up
    for line in shown:
        if line == "…":
            ends = set(range(min(ends), len(printed) + 1))
            continue
        ends = {end + 1 for end in ends if end < len(printed) and fits(line, printed[end])}
        if not ends:
            return line
    return None if len(printed) in ends else "(more is printed)"


class Shell:
    """One bash for the whole page, as for its reader."""

    def __init__(self, folder):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CLAWBACK") and k != "COLUMNS"}
        environment["PATH"] = f"{pathlib.Path(BINARY).resolve().parent}:{environment['PATH']}"
        self.process = subprocess.Popen(["bash"], cwd=folder, env=environment, text=True, start_new_session=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def __call__(self, command):
        background = command.endswith("&")
        # The reader's terminal is no input to what stands in a pipe here.
        rest = "" if background else f"; echo {END}"
        self.process.stdin.write(f"{{ {command}\n}} < /dev/null{rest}\n")
        self.process.stdin.flush()
        out = ""
        for line in self.process.stdout:
            if line == END + "\n":
                return out
            out += line
            if background and line.startswith("Stop:"):
                return out
        raise AssertionError(f"the shell ended at {command}:\n{out}")

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.write("kill %1; wait\n")
            self.process.stdin.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, 9)
                self.process.wait()
        self.process.stdout.close()


class Tutorial(unittest.TestCase):
    def test_every_command_prints_what_the_page_shows(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-tutorial-"))
        self.addCleanup(shutil.rmtree, folder, True)
        shell = Shell(folder)
        self.addCleanup(shell.stop)
        todo = steps()
        self.assertGreater(len(todo), 25)
        for command, shown in todo:
            printed = shell(command)
            missing = first_missing(shown, printed.splitlines())
            self.assertIsNone(missing, f"{PAGE.name} shows something else for `{command}`:\n{printed}")

    def test_the_readme_shows_what_the_demo_prints(self):
        """Its sample, line by line and in that order; how wide the reader's terminal is does not matter."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-readme-"))
        self.addCleanup(shutil.rmtree, folder, True)
        shell = Shell(folder)
        self.addCleanup(shell.stop)
        printed = " ".join(shell("COLUMNS=200 clawback demo").split())
        readme = (ROOT / "README.md").read_text()
        shown = [line.strip() for line in re.findall(r"(?m)^    (.*)$", readme.partition("## What you will see")[2].partition("\n## ")[0])]
        self.assertGreater(len(shown), 20)
        for line in shown:
            pattern = ".{0,400}?".join(r"\s*".join(map(re.escape, part.split())) + (" ?" if part.endswith(" ") else "") for part in line.split("…"))
            found = re.search(pattern, printed)
            self.assertIsNotNone(found, f"README.md shows something else: {line}")
            printed = printed[found.end():]
        requests = re.search(r"the plan with its (\d+) exact requests", readme)[1]
        self.assertIn(f" all {requests} effects are there", printed)

    def test_a_line_that_is_not_printed_is_noticed(self):
        page = ["a …", "…", "c"]
        self.assertIsNone(first_missing(page, ["a 1", "b", "c"]))
        self.assertIsNone(first_missing(page, ["a   1", "c"]))
        self.assertEqual(first_missing(page, ["a 1", "b", "d"]), "c")
        self.assertEqual(first_missing(page, ["c"]), "a …")
        self.assertEqual(first_missing(["a"], ["a", "b"]), "(more is printed)")


if __name__ == "__main__":
    unittest.main(verbosity=1)
