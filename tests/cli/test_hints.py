"""What goes wrong on the first day says what to do, and names the place."""
import pathlib
import re
import shutil
import tempfile
import unittest

from harness import WriteCase, run

# What is typed, the exit code, and a part of what is said to do.
FIRST_DAY = (
    (["scann"], 2, 'did you mean "scan"?'),
    (["scan", "--nope"], 2, "--"),
    (["scan"], 2, "--evidence"),
    (["doctor"], 2, "--config FILE"),
    (["--config", "no.toml", "scan"], 2, "configuration.md"),
    (["plan", "-o", "plan.json"], 2, "--evidence"),
    (["show", "no.json"], 2, "--config"),
    (["runs"], 2, "--config"),
    (["policy", "check", "no"], 2, "own-policy.md"),
    (["policy", "test", "no"], 2, "own-policy.md"),
    (["scan", "--policy", "no", "--evidence", "."], 2, "own-policy.md"),
    (["catalog", "check", "no.toml"], 2, "own-catalog.md"),
    (["catalog", "show", "no such"], 2, "catalog list"),
    (["scan", "--evidence", "no.json"], None, "exports.md"),
    (["scan", "--since", "30"], 2, "30d"),
    (["--now", "yesterday", "scan"], 2, "2026-"),
    (["key", "new", "-o", "k"], 2, "--no-passphrase"),
)


class FirstDay(unittest.TestCase):
    def test_every_first_mistake_says_what_to_do(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-hints-"))
        self.addCleanup(shutil.rmtree, folder, True)
        for arguments, code, hint in FIRST_DAY:
            with self.subTest(" ".join(arguments)):
                done = run(*arguments, cwd=folder, stdin="")
                self.assertTrue(done.code == code or (code is None and done.code != 0), done)
                said = re.search(r"\n  hint: (.*)", done.err)
                self.assertTrue(said, done)
                self.assertIn(hint, said.group(1))


class Approvals(WriteCase):
    def test_a_line_of_approvals_that_is_wrong_is_named(self):
        self.start()
        plan = self.approved_plan()
        file = plan.with_name("plan.json.approvals")
        sound = file.read_text()
        file.write_text(sound + "\n\nno envelope\n")
        result = self.check(self.apply(plan), 4)
        self.assertIn(f"{file}:{sound.count(chr(10)) + 3}:1: ", result.err)
        self.assertIn("hint: ", result.err)


if __name__ == "__main__":
    unittest.main(verbosity=1)
