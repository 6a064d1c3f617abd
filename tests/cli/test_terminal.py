"""What a person meets at a terminal: completion, manual pages, width, colour, progress. The shells and readers of manual pages that
it asks are installed by `./dev test`; where one is missing its test fails, and is not left out."""
import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import struct
import subprocess
import tempfile
import termios
import time
import unicodedata
import unittest

from harness import BINARY, EM_CLIENT, LabCase, run
from test_docs import commands

ESCAPES = re.compile(r"\x1b\[[0-9;]*[mK]")


def width_of(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def at_a_terminal(*arguments, columns=80, out=True, env=None):
    """What the process wrote to a terminal (standard output too, if `out`), its other output, and how long it took."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "CLAWBACK_CONFIG")}
    environment.update({"TERM": "xterm"}, **(env or {}))
    began = time.monotonic()
    other = tempfile.TemporaryFile()  # no pipe: nobody reads it while it fills
    process = subprocess.Popen([BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, stderr=side,
                               stdout=side if out else other, env=environment)
    os.close(side)
    seen = b""
    while True:
        ready, _, _ = select.select([main], [], [], 60)
        try:
            part = os.read(main, 65536) if ready else b""
        except OSError:
            part = b""
        if not part:
            break
        seen += part
    os.close(main)
    code = process.wait(60)
    with other:
        other.seek(0)
        return code, seen.decode().replace("\r\n", "\n"), other.read().decode(), time.monotonic() - began


class Completion(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-completion-"))
        self.scripts = pathlib.Path(tempfile.mkdtemp(prefix="clawback-completion-"))
        for folder in (self.folder, self.scripts):
            self.addCleanup(shutil.rmtree, folder, True)

    def script(self, shell):
        file = self.scripts / shell
        if not file.exists():
            file.write_text(run("completion", shell).out)
        return file

    def bash(self, *words):
        """What bash offers for the last of these words."""
        program = ('source "$1"; shift; complete -p clawback >&2; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                   '_clawback; printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "-u", "-c", program, "bash", self.script("bash"), "clawback", *words],
                              capture_output=True, text=True, timeout=60, cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, "complete -F _clawback clawback\n"))
        return [line for line in done.stdout.splitlines() if line]

    def test_every_shell_can_read_its_script(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell=shell):
                script = self.script(shell)
                self.assertIn("clawback", script.read_text())
                done = subprocess.run([shell, "-n", script], capture_output=True, text=True, timeout=60)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_bash_completes_every_command_and_flag(self):
        tops = self.bash("")
        self.assertEqual(sorted({words[0] for words in commands()}), sorted(tops))
        for words in commands():
            with self.subTest(command=words):
                if len(words) > 1:
                    self.assertIn(words[-1], self.bash(*words[:-1], ""))
        self.assertEqual(self.bash("sc"), ["scan"])
        self.assertEqual(self.bash("--json", "--config", "x", "policy", "ch"), ["check"])
        self.assertEqual(self.bash("scan", "--evid"), ["--evidence"])
        self.assertEqual(self.bash("scan", "--no-c"), ["--no-color"])

    def test_bash_completes_values(self):
        self.assertEqual(self.bash("answer", "x", "--says", ""), ["mine", "not-mine", "unsure"])
        self.assertEqual(self.bash("answer", "x", "--channel", "in"), ["in-person"])
        self.assertEqual(self.bash("answer", "x", "--says", "=", "no"), ["not-mine"])
        self.assertEqual(self.bash("completion", ""), ["bash", "zsh", "fish"])
        (self.folder / "plan.json").touch()
        (self.folder / "evidence").mkdir()
        self.assertEqual(sorted(self.bash("show", "")), ["evidence", "plan.json"])
        self.assertEqual(self.bash("scan", "--policy", ""), ["evidence"])
        self.assertEqual(self.bash("approve", "plan.json", "--as", ""), [])
        self.assertEqual(self.bash("man", "sc"), ["scan"])

    def test_nothing_from_outside_is_run(self):
        names = ["$(touch owned)", "`touch owned`", "a b;touch owned", "'\"x"]
        for name in names:
            (self.folder / name).touch()
        self.assertEqual(sorted(self.bash("show", "")), sorted(names))
        for word in names:
            self.bash("show", word)
            self.bash(word, word)
            self.bash("answer", "--says", word)
        self.assertFalse((self.folder / "owned").exists())

    def test_zsh_completes(self):
        """A zsh of its own at a terminal (zpty): TAB, once where there is one way on, twice where there are several."""
        place = self.folder / "site-functions"
        place.mkdir()
        shutil.copy(self.script("zsh"), place / "_clawback")
        program = r'''
zmodload zsh/zpty || exit 1
zpty shell zsh -f -i
take() { local part; while zpty -r -t shell part; do seen+=$part; done }
until_seen() { local i; for ((i = 0; i < 200; i++)); do take; [[ $seen == *$1* ]] && return 0; sleep 0.05; done; print -r -- "never came: $1: $seen"; exit 1 }
seen=; zpty -w shell "PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -d $2/dump; zstyle ':completion:*' list-colors ''; echo rea''dy"
until_seen ready
seen=; zpty -w -n shell "$3"$'\t'; until_seen "$4"
print -r -- "$seen"'''
        def zsh(line, wanted):
            done = subprocess.run(["zsh", "-f", "-c", program, "zsh", place, self.folder, line, wanted], capture_output=True, text=True,
                                  timeout=60, cwd=self.folder, env={**os.environ, "HOME": str(self.folder), "TERM": "dumb"})
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        zsh("clawback pol", "policy")
        zsh("clawback answer x --says not", "not-mine")

    def test_fish_completes(self):
        def fish(line):
            done = subprocess.run(["fish", "--no-config", "-c", 'source $argv[1]; complete -C $argv[2]', self.script("fish"), line],
                                  capture_output=True, text=True, timeout=60, cwd=self.folder,
                                  env={**os.environ, "HOME": str(self.folder)})
            self.assertEqual(done.stderr, "")
            return [entry.split("\t")[0] for entry in done.stdout.splitlines()]
        self.assertEqual(fish("clawback pol"), ["policy"])
        self.assertEqual(sorted(fish("clawback policy ")), ["check", "show", "test"])
        self.assertEqual(fish("clawback --config x answer y --says no"), ["not-mine"])
        self.assertIn("--evidence", fish("clawback scan --ev"))
        self.assertEqual(fish("clawback apply x --ev"), [])
        self.assertIn("scan", fish("clawback man sc"))


class Manual(unittest.TestCase):
    def test_every_command_has_a_page_that_no_reader_complains_about(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-man-"))
        self.addCleanup(shutil.rmtree, folder, True)
        self.assertEqual(run("man", "-o", folder).code, 0)
        pages = sorted(folder.iterdir())
        names = {words[0] for words in commands()}
        self.assertEqual([p.name for p in pages], sorted(["clawback.1", *(f"clawback-{n}.1" for n in names)]))
        for page in pages:
            text = page.read_text()
            command = page.stem.removeprefix("clawback").removeprefix("-")
            self.assertEqual(run("man", *([command] if command else [])).out, text)
            for example in re.findall(r"(?m)^  (clawback .*)$", run(*([command] if command else []), "--help").out):
                self.assertIn(example.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("~", "\\(ti"), text)
        # Hyphens and dates of old pages are matters of style; what is wrong is at least a warning.
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *pages], capture_output=True, text=True, timeout=60)
        complaints = [l for l in done.stdout.splitlines() if "missing date" not in l]
        self.assertEqual(complaints, [])
        for page in pages:
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page], capture_output=True,
                                  text=True, timeout=60, env={**os.environ, "MANROFFSEQ": "", "MANWIDTH": "80"})
            self.assertEqual((done.returncode, done.stderr), (0, ""), page)

    def test_a_page_that_is_not_there(self):
        done = run("man", "sacn")
        self.assertEqual(done.code, 2)
        self.assertIn('did you mean "scan"?', done.err)


class Terminal(LabCase):
    def scan(self, *arguments, **options):
        return at_a_terminal("--config", self.lab.config, "scan", *arguments, **options)

    def test_no_line_is_wider_than_the_terminal(self):
        for columns in (40, 80, 200):
            for env in ({}, {"COLUMNS": str(columns)}):
                with self.subTest(columns=columns, env=env):
                    code, seen, _, _ = self.scan("--quiet", columns=columns if not env else 120, env=env)
                    self.assertEqual(code, 3)
                    lines = ESCAPES.sub("", seen).splitlines()
                    self.assertGreater(len(lines), 20)
                    self.assertLessEqual(max(map(width_of, lines)), columns)

    def test_colour_only_repeats_what_words_say(self):
        _, coloured, _, _ = self.scan("--quiet", "--no-state")
        self.assertRegex(coloured, r"\x1b\[[0-9;]*m")
        for arguments, env in ((("--no-color",), {}), ((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"})):
            _, plain, _, _ = self.scan("--quiet", "--no-state", *arguments, env=env)
            self.assertNotIn("\x1b", plain)
            undated = [re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\d+ (days|min|s)\b", "", t) for t in (plain, ESCAPES.sub("", coloured))]
            # Dates of another length wrap a line elsewhere: the words are the same.
            self.assertEqual(*(text.split() for text in undated))

    def test_progress_is_one_line_of_a_terminal_that_is_gone_in_the_end(self):
        code, seen, out, seconds = self.scan("--json", out=False)
        self.assertEqual(code, 3)
        self.assertTrue(out.startswith("{"))
        self.assertIn("\r\x1b[Kreading ", seen)
        self.assertTrue(seen.endswith("\r\x1b[K"), seen[-80:])
        self.assertLessEqual(seen.count("reading "), seconds * 10 + 2)
        self.assertNotIn("\n", seen)
        _, quiet, _, _ = self.scan("--json", "--quiet", out=False)
        self.assertEqual(quiet, "")
        self.assertNotIn("reading", self.check(self.lab.run("scan"), 3).err)

    def test_progress_tells_how_much_of_a_file_and_how_fast(self):
        evidence = self.folder / "evidence"
        self.check(self.lab.run("collect", "-o", evidence), 0)
        _, seen, _, _ = at_a_terminal("scan", "--evidence", evidence, "--json", out=False)
        self.assertRegex(seen, r"reading [\w.]+: \d+ MB")

    def test_an_error_leaves_no_half_line(self):
        (self.folder / "x.json").write_text("{")
        code, seen, _, _ = at_a_terminal("scan", "--evidence", self.folder / "x.json")
        self.assertEqual(code, 2)
        self.assertIn("\r\x1b[Kclawback: ", seen)
        self.assertNotIn("reading", seen.rpartition("\r\x1b[K")[2])

    def test_the_responder_is_told_at_the_terminal_and_the_sheet_says_nothing(self):
        code, told, sheet, _ = at_a_terminal("--config", self.lab.config, "ask", EM_CLIENT, "--everyone", out=False)
        self.assertEqual(code, 0)
        self.assertIn("the case is entry", told)
        self.assertNotIn("is entry", sheet)
        self.assertNotIn("the case", sheet)


if __name__ == "__main__":
    unittest.main(verbosity=1)
