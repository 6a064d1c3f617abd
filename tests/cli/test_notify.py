"""`clawback notify test` against receivers that are not ours: Python's HTTPS server and syslog listeners."""
import hashlib
import hmac
import http.server
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from harness import run

TENANT = "aaaabbbb-0000-4ccc-8111-dddd2222eeee"
HOSTILE = "[x](https://evil.example) <at>all</at> a|b\\\\c=d \\u202e\\u001b[31m\\r\\nCEF:0|x act=none"


class Hooks(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 202
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class NotifyTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-notify-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", "key.pem", "-out", "ca.pem", "-days", "1", "-subj", "/CN=soc",
                        "-addext", "subjectAltName=IP:127.0.0.1"], cwd=self.folder, check=True, capture_output=True)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hooks)
        self.server.got, self.server.answers = [], []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "ca.pem", self.folder / "key.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}"

    def secret(self, name, text, mode=0o600):
        file = self.folder / name
        file.write_text(text)
        file.chmod(mode)

    def config(self, targets, ca=True, name=HOSTILE):
        file = self.folder / "clawback.toml"
        cloud = '[cloud]\nca_file = "ca.pem"\n' if ca else ""
        file.write_text(f'[tenant]\nid = "{TENANT}"\nname = "{name}"\n{cloud}{targets}')
        return file

    def test_every_kind_of_target_is_told(self):
        self.secret("hook.key", "s3cret\n")
        unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(unix.close)
        unix.bind(str(self.folder / "log"))
        tcp = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(tcp.close)
        config = self.config(f'''
[[notify]]
kind = "webhook"
url = "{self.url}/hook?a=b"
secret = {{ file = "hook.key" }}
[[notify]]
kind = "teams"
url = {{ env = "TEAMS" }}
on = ["waits"]
[[notify]]
kind = "syslog"
address = "{self.folder}/log"
[[notify]]
kind = "syslog"
name = "relay"
address = "tcp://127.0.0.1:{tcp.getsockname()[1]}"
''')
        done = run("--config", config, "--json", "notify", "test", env={"TEAMS": self.url + "/teams?sig=x"})
        self.assertEqual(done.code, 0, done)
        self.assertEqual([(d["target"], d["state"]) for d in done.json()["deliveries"]],
                         [("webhook", "sent"), ("teams", "sent"), ("syslog", "sent"), ("relay", "sent")])

        path, headers, body = self.server.got[0]
        self.assertEqual(path, "/hook?a=b")
        message = json.loads(body)
        self.assertEqual((message["schema"], message["test"], message["tenant"]["id"]),
                         ("clawback.notification/1", True, TENANT))
        self.assertEqual(headers["X-Clawback-Id"], message["id"])
        stamp, signature = (part.split("=", 1)[1] for part in headers["X-Clawback-Signature"].split(","))
        wanted = hmac.new(b"s3cret", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        self.assertEqual(signature, wanted)
        self.assertLess(abs(int(stamp) - time.time()), 60)

        path, headers, body = self.server.got[1]
        self.assertEqual(path, "/teams?sig=x")
        self.assertNotIn("X-Clawback-Signature", headers)
        card = json.loads(body)["attachments"][0]["content"]
        for block in card["body"]:
            for text in (run["text"] for run in block["inlines"]):
                self.assertFalse(set(text) & set("[]()<>|\\\n\u202e\x1b"), text)
                self.assertNotIn("://", text)

        line = unix.recv(65536).decode()
        self.assertRegex(line, r"^<110>1 \S+ \S+ clawback - test - CEF:0\|clawback\|clawback\|[^|]+\|test\|")
        self.assertNotIn("\n", line)
        connection = tcp.accept()[0]
        with connection:
            frame = connection.makefile("rb").read()
        size, rest = frame.split(b" ", 1)
        self.assertEqual(int(size), len(rest))
        self.assertIn(b"CEF:0|", rest)

    def test_a_target_that_fails_is_named_and_the_others_are_told(self):
        self.server.answers = [403]
        config = self.config(f'''
[[notify]]
kind = "teams"
url = {{ env = "TEAMS" }}
[[notify]]
kind = "webhook"
url = "{self.url}/hook"
secret = {{ env = "KEY" }}
[[notify]]
kind = "syslog"
address = "{self.folder}/nobody"
''')
        done = run("--config", config, "notify", "test",
                   env={"TEAMS": self.url + "/hidden-path?sig=hidden-sig", "KEY": "hidden-key"})
        self.assertEqual(done.code, 1, done)
        lines = done.out.splitlines()
        self.assertEqual(lines[0], "failed   teams: 127.0.0.1: it answered with status 403")
        self.assertEqual(lines[1], "sent     webhook")
        self.assertIn("nobody: can't connect: No such file", lines[2])
        self.assertNotIn("hidden", done.out + done.err)
        self.assertFalse((self.folder / "outbox").exists())

    def test_a_certificate_that_is_not_trusted_gets_nothing(self):
        config = self.config(f'[[notify]]\nkind = "webhook"\nurl = "{self.url}/"\nsecret = {{ env = "KEY" }}\n', ca=False)
        done = run("--config", config, "notify", "test", env={"KEY": "k"})
        self.assertEqual(done.code, 1, done)
        self.assertIn("certificate", done.out)
        self.assertEqual(self.server.got, [])

    def test_a_key_that_others_can_read_is_refused(self):
        self.secret("hook.key", "s3cret", 0o644)
        config = self.config(f'[[notify]]\nkind = "webhook"\nurl = "{self.url}/"\nsecret = {{ file = "hook.key" }}\n')
        done = run("--config", config, "notify", "test")
        self.assertEqual(done.code, 1, done)
        self.assertIn("others can read this secret", done.out)
        self.assertEqual(self.server.got, [])

    def test_a_key_from_a_credential_of_systemd(self):
        (self.folder / "credentials").mkdir()
        self.secret("credentials/hook", "s3cret", 0o400)
        config = self.config(f'[[notify]]\nkind = "webhook"\nurl = "{self.url}/"\n'
                             'secret = { file = "${CREDENTIALS_DIRECTORY}/hook" }\n')
        done = run("--config", config, "notify", "test",
                   env={"CREDENTIALS_DIRECTORY": str(self.folder / "credentials")})
        self.assertEqual(done.code, 0, done)
        done = run("--config", config, "notify", "test")
        self.assertEqual(done.code, 1, done)
        self.assertIn("$CREDENTIALS_DIRECTORY is not set", done.out)

    def test_nobody_to_tell(self):
        done = run("--config", self.config(""), "notify", "test")
        self.assertEqual(done.code, 2, done)
        self.assertIn("there is no [[notify]]", done.err)

    def test_no_mail(self):
        done = run("--config", self.config('[[notify]]\nkind = "mail"\n'), "notify", "test")
        self.assertEqual(done.code, 2, done)
        self.assertIn("clawback sends no mail", done.err)


if __name__ == "__main__":
    unittest.main()
