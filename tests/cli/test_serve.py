"""The web console through the binary: who gets in, what a page is told, what is refused, and that it never touches the tenant."""
import http.client
import json
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from harness import BINARY, JWT, WriteCase


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Serve:
    """`clawback serve` as a process of its own."""

    def __init__(self, config, *arguments):
        self.process = subprocess.Popen([BINARY, "--config", str(config), "--verbose", "serve", "--listen",
                                         "127.0.0.1:0", *map(str, arguments)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.log = []
        for line in self.process.stderr:
            self.log.append(line)
            found = re.search(r"Console at (https?)://[^:]+(?::(\d+))?", line)
            if found:
                self.scheme, self.port = found.group(1), int(found.group(2) or 0)
                break
        else:
            raise RuntimeError("the console ended: " + "".join(self.log))
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        self.log.extend(self.process.stderr)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class Browser:
    """Keeps cookies; `say` holds the headers that it sends with everything."""

    def __init__(self, port, lab):
        self.port, self.lab, self.cookies = port, lab, {}
        self.origin = f"http://localhost:{port}"

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        send = {"Host": f"localhost:{self.port}"}
        if self.cookies:
            send["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        send.update(headers or {})
        connection.request(method, path, body, {k: v for k, v in send.items() if v is not None})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        for value in answer.headers.get_all("Set-Cookie") or []:
            name, rest = value.split("=", 1)
            self.cookies[name] = rest.split(";")[0]
            if "Max-Age=0" in rest:
                del self.cookies[name]
        connection.close()
        return answer

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def post(self, path, fields, headers=None):
        send = {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        send.update(headers or {})
        return self.ask("POST", path, urllib.parse.urlencode(fields), send)

    @staticmethod
    def csrf(page):
        return re.search(r'name="csrf" value="([^"]+)"', page.text).group(1)

    def through_entra(self, page, object_id):
        address = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text).group(1).replace("&amp;", "&")
        opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPSHandler(context=self.lab.context))
        try:
            opener.open(address + "&login_hint=" + object_id)
            raise AssertionError("no redirect")
        except urllib.error.HTTPError as error:
            error.close()
            where = error.headers["Location"]
        assert where.startswith(self.origin + "/?"), where
        return self.get(where[len(self.origin):])

    def sign_in(self, object_id):
        page = self.get("/")
        return self.through_entra(self.post("/sign-in", {"csrf": self.csrf(page)}), object_id)


class ServeCase(WriteCase):
    def start(self, *arguments, **options):
        super().start(*arguments, **options)
        self.entra = re.findall(r'\[\[approver\]\]\nname = "([^"]+)"\nentra = .*object = "([^"]+)"',
                                self.lab.config.read_text())

    def serve(self, *arguments):
        self.server = Serve(self.lab.config, *arguments)
        self.addCleanup(self.server.stop)
        return self.browser()

    def browser(self):
        return Browser(self.server.port, self.lab)

    def add_viewer(self):
        taken = {object_id for _, object_id in self.entra}
        person = next(u for u in self.lab.all("/v1.0/users?$top=999&$select=id,displayName,accountEnabled")
                      if u["id"] not in taken and u["accountEnabled"])
        with self.lab.config.open("a") as config:
            config.write(f'\n[[approver]]\nname = "Vera Lind"\nrole = "viewer"\n'
                         f'entra = {{ tenant = "{self.lab.tenant}", object = "{person["id"]}" }}\n')
        return person["id"]

    def waiting_plan(self):
        """A plan of an unattended pass, that waits for people."""
        result = self.lab.run("run", "--json")
        self.assertIn(result.code, (0, 3), result)
        plans = list((self.lab.folder / "plans").glob("*.json"))
        self.assertTrue(plans, result)
        return plans[0]


class Reach(ServeCase):
    def test_only_a_loopback_address_goes_without_tls(self):
        self.start()
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0"):
            with self.subTest(address):
                result = self.check(self.lab.run("serve", "--listen", address), 2)
                self.assertIn("TLS", result.err)
                self.assertIn("certificate", result.err)
        for text in ("localhost:1", "127.0.0.1", "127.0.0.1:x", "::1:80", "127.0.0.1:70000"):
            with self.subTest(text):
                self.check(self.lab.run("serve", "--listen", text), 2)

    def test_a_configuration_that_nobody_could_sign_in_with_is_refused(self):
        self.start()
        text = self.lab.config.read_text()
        self.lab.config.write_text(re.sub(r"\[identity\.approve\]\nclient_id = .*\n", "", text))
        self.assertIn("identity.approve", self.check(self.lab.run("serve"), 2).err)
        self.lab.config.write_text(text.split("\n[[approver]]")[0])
        self.check(self.lab.run("serve"), 2)

    def test_it_says_where_it_is_and_ends_when_asked(self):
        self.start()
        browser = self.serve()
        self.assertEqual(browser.get("/healthz").text, "ok\n")
        for number in (signal.SIGINT, signal.SIGTERM):
            server = Serve(self.lab.config)
            server.process.send_signal(number)
            # Not a second signal: by then the process may be past the one that it waits for.
            server.process.wait(20)
            self.assertEqual(server.stop(), 0, server.log)

    def test_with_a_certificate_it_speaks_tls(self):
        self.start()
        key, certificate = self.folder / "k.pem", self.folder / "c.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True)
        key.chmod(0o600)
        with self.lab.config.open("a") as config:
            config.write(f'\n[console]\nlisten = "127.0.0.1:0"\ncertificate = "{certificate}"\nkey = "{key}"\n')
        self.serve()
        self.assertEqual(self.server.scheme, "https")
        context = ssl.create_default_context(cafile=certificate)
        with urllib.request.urlopen(f"https://localhost:{self.server.port}/healthz", context=context) as answer:
            self.assertEqual(answer.read(), b"ok\n")


class Pages(ServeCase):
    PAGES = ["/", "/findings", "/plans", "/runs", "/rules", "/catalog", "/health", "/nothing", "/plans/none",
             "/static/console.css", "/static/console.js", "/healthz", "/readyz", "/metrics"]
    HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
                                          "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
               "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
               "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}

    def test_every_page_tells_browsers_to_be_strict_before_and_after_signing_in(self):
        self.start()
        self.check(self.lab.run("scan"), 3)
        browser = self.serve()
        for signed_in in (False, True):
            if signed_in:
                self.assertEqual(browser.sign_in(self.entra[0][1]).status, 200)
            for page in self.PAGES:
                with self.subTest(page=page, signed_in=signed_in):
                    answer = browser.get(page)
                    for name, value in self.HEADERS.items():
                        self.assertEqual(answer.headers.get_all(name), [value])
                    if not page.startswith("/static/"):
                        self.assertEqual(answer.headers.get_all("Cache-Control"), ["no-store"])
                    self.assertNotIn("<style", answer.text)
                    self.assertNotRegex(answer.text, r"<script(?! src=)|\son\w+=|javascript:")
                    open_to_all = page.startswith("/static/") or page in ("/healthz", "/readyz", "/metrics", "/nothing")
                    wanted = 404 if page == "/nothing" or (signed_in and page == "/plans/none") else \
                        200 if signed_in or open_to_all else 401
                    self.assertEqual(answer.status, wanted)

    def test_before_the_first_pass_there_is_a_page_too(self):
        self.start()
        browser = self.serve()
        browser.sign_in(self.entra[0][1])
        self.assertEqual(browser.get("/").status, 200)
        self.assertIn("/health", browser.get("/").text)

    def test_an_account_that_nobody_registered_stays_outside(self):
        self.start()
        browser = self.serve()
        taken = {object_id for _, object_id in self.entra}
        stranger = next(u["id"] for u in self.lab.all("/v1.0/users?$top=999&$select=id,accountEnabled")
                        if u["id"] not in taken and u["accountEnabled"])
        self.assertEqual(browser.sign_in(stranger).status, 403)
        self.assertEqual(browser.get("/plans").status, 401)
        self.assertNotIn("__Host-clawback", browser.cookies)


class Signing(ServeCase):
    def test_two_approvers_sign_here_and_apply_takes_it(self):
        self.start()
        plan = self.waiting_plan()
        document = json.loads(plan.read_text())
        state = self.lab.state()
        for name, object_id in self.entra:
            browser = self.serve() if not hasattr(self, "server") else self.browser()
            self.assertEqual(browser.sign_in(object_id).status, 200)
            page = browser.get("/plans/" + document["id"])
            self.assertEqual(page.status, 200)
            self.assertIn(document["digest"], page.text)
            shown = browser.post(f"/plans/{document['id']}/sign",
                                 {"csrf": browser.csrf(page), "digest": document["digest"], "decision": "approve", "reason": "case 4711"})
            self.assertEqual(shown.status, 200, shown.text)
            self.assertIn(document["digest"], shown.text)
            nonce = re.search(r'name="nonce" value="([^"]+)"', shown.text).group(1)
            begun = browser.post(f"/plans/{document['id']}/confirm", {"csrf": browser.csrf(shown), "nonce": nonce})
            self.assertEqual(begun.status, 200, begun.text)
            done = browser.through_entra(begun, object_id)
            self.assertEqual(done.status, 200, done.text)
            self.assertIn("Your yes is kept", browser.get("/plans/" + document["id"]).text)
        # The console sent nothing; what it kept is good for whoever may.
        self.assertEqual(self.lab.state(), state)
        self.check(self.lab.run("apply", plan, "--verify-window", "3s"), 0)
        self.assertNotEqual(self.lab.state(), state)
        self.assertEqual(self.server.stop(), 0)
        text = "".join(self.server.log)
        self.assertNotRegex(text, JWT)
        self.assertNotIn("code=", text)
        self.assertNotIn("state=", text)
        self.assertIn("request place=confirm method=POST status=200", text)

    def test_somebody_else_s_sign_in_signs_nothing(self):
        self.start()
        plan = self.waiting_plan()
        document = json.loads(plan.read_text())
        browser = self.serve()
        browser.sign_in(self.entra[0][1])
        page = browser.get("/plans/" + document["id"])
        shown = browser.post(f"/plans/{document['id']}/sign",
                             {"csrf": browser.csrf(page), "digest": document["digest"], "decision": "approve", "reason": "case 4711"})
        nonce = re.search(r'name="nonce" value="([^"]+)"', shown.text).group(1)
        begun = browser.post(f"/plans/{document['id']}/confirm", {"csrf": browser.csrf(shown), "nonce": nonce})
        self.assertEqual(browser.through_entra(begun, self.entra[1][1]).status, 403)
        self.assertFalse(plan.with_name(plan.name + ".approvals").exists())

    def reject_elsewhere(self, plan, who):
        """`reject --sign-in` on a machine that has the plan and not the database."""
        config = self.lab.config.with_name("elsewhere.toml")
        config.write_text(re.sub(r"\[state\]\n(?:(?!\[).*\n)*", "", self.lab.config.read_text()))
        self.assertNotIn("database", config.read_text())
        process = subprocess.Popen([BINARY, "--config", str(config), "reject", str(plan), "--sign-in", "--yes", "--as", who[0],
                                    "--reason", "I know it", "--sign-in-timeout", "20s"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if line.startswith("https://localhost"):
                opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPSHandler(context=self.lab.context))
                with self.assertRaises(urllib.error.HTTPError) as redirect:
                    opener.open(line.strip() + "&login_hint=" + who[1])
                redirect.exception.close()
                urllib.request.urlopen(redirect.exception.headers["Location"]).close()
                break
        rest = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, rest)

    def test_a_no_that_came_from_another_machine_meanwhile_is_heard(self):
        self.start()
        plan = self.waiting_plan()
        document = json.loads(plan.read_text())
        address = "/plans/" + document["id"]
        (_, dana), viktor = self.entra
        browser = self.serve()
        browser.sign_in(dana)
        page = browser.get(address)
        shown = browser.post(address + "/sign", {"csrf": browser.csrf(page), "digest": document["digest"],
                                                 "decision": "approve", "reason": "case 4711"})
        nonce = re.search(r'name="nonce" value="([^"]+)"', shown.text).group(1)
        begun = browser.post(address + "/confirm", {"csrf": browser.csrf(shown), "nonce": nonce})
        self.reject_elsewhere(plan, viktor)
        refused = browser.through_entra(begun, dana)
        self.assertEqual(refused.status, 403, refused.text)
        self.assertIn("rejected by " + viktor[0], refused.text)
        self.assertEqual(len(plan.with_name(plan.name + ".approvals").read_text().splitlines()), 1)
        for page in (browser.get(address).text, browser.get("/plans").text):
            self.assertIn("rejected by " + viktor[0], page)
        self.assertNotIn('value="approve"', browser.get(address).text)

    def test_a_viewer_looks_and_signs_nothing_anywhere(self):
        self.start()
        viewer = self.add_viewer()
        plan = self.waiting_plan()
        document = json.loads(plan.read_text())
        browser = self.serve()
        self.assertEqual(browser.sign_in(viewer).status, 200)
        page = browser.get("/plans/" + document["id"])
        self.assertEqual(page.status, 200)
        for act in ("sign", "confirm"):
            answer = browser.post(f"/plans/{document['id']}/{act}",
                                  {"csrf": browser.csrf(page), "decision": "approve", "reason": "r", "nonce": "n"})
            self.assertEqual(answer.status, 403)
        refused = self.lab.run("approve", plan, "--sign-in", "--as", "Vera Lind", "--reason", "r", "--yes")
        self.check(refused, 4)
        self.assertFalse(plan.with_name(plan.name + ".approvals").exists())


class Attacks(ServeCase):
    def test_forms_from_elsewhere_and_names_that_are_not_ours_are_refused(self):
        self.start()
        plan = self.waiting_plan()
        document = json.loads(plan.read_text())
        address = f"/plans/{document['id']}/sign"
        browser = self.serve()
        browser.sign_in(self.entra[0][1])
        page = browser.get("/plans")
        good = {"csrf": browser.csrf(page), "digest": document["digest"], "decision": "approve", "reason": "r"}
        wrong = [({**good, "csrf": "x" * 43}, {}, 403), ({**good, "csrf": ""}, {}, 403), ({**good, "digest": "sha256:read"}, {}, 409),
                 (good, {"Origin": "https://evil.example"}, 403), (good, {"Origin": None}, 403),
                 (good, {"Origin": "null"}, 403), (good, {"Sec-Fetch-Site": "cross-site"}, 403),
                 (good, {"Host": f"evil.example:{self.server.port}"}, 421),
                 (good, {"Content-Type": "text/plain"}, 415)]
        for fields, headers, status in wrong:
            with self.subTest(headers=headers, fields=sorted(fields)):
                self.assertEqual(browser.post(address, fields, headers).status, status)
        self.assertEqual(browser.get("/", Host="evil.example").status, 421)
        self.assertEqual(browser.ask("PUT", "/plans").status, 405)
        self.assertEqual(browser.post(address, good).status, 200)

    def test_what_is_too_large_or_too_slow_is_let_go(self):
        self.start()
        browser = self.serve()
        large = browser.post("/sign-in", {"csrf": "x" * 70_000})
        self.assertEqual(large.status, 413)
        self.assertIn("Content-Security-Policy", large.headers)
        self.assertEqual(browser.get("/", **{"X-Large": "x" * 20_000}).status, 431)
        with socket.create_connection(("127.0.0.1", self.server.port)) as slow:
            slow.settimeout(0.2)
            begun = time.monotonic()
            closed = False
            while not closed and time.monotonic() - begun < 20:
                try:
                    slow.sendall(b"G")
                    closed = slow.recv(1) == b""
                except TimeoutError:
                    pass
                except OSError:
                    closed = True
            self.assertTrue(closed)
            self.assertLess(time.monotonic() - begun, 14)

    def test_too_many_sign_ins_have_to_wait(self):
        self.start()
        browser = self.serve()
        csrf = browser.csrf(browser.get("/"))
        answers = [browser.post("/sign-in", {"csrf": csrf}) for _ in range(40)]
        self.assertEqual({a.status for a in answers}, {200, 429})
        self.assertGreater(int(answers[-1].headers["Retry-After"]), 0)


class Events(ServeCase):
    def test_a_run_is_followed_to_its_end(self):
        self.start()
        plan = self.approved_plan()
        self.check(self.apply(plan), 0)
        browser = self.serve()
        browser.sign_in(self.entra[0][1])
        run_id = self.lab.run("runs", "--json").json()["runs"][0]["run"]
        answer = browser.get(f"/runs/{run_id}/events")
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/event-stream"))
        self.assertRegex(answer.text, r"event: progress\ndata: \{")
        again = browser.get(f"/runs/{run_id}/events", **{"Last-Event-ID": "1"})
        self.assertEqual(again.status, 200)
        self.assertIn('"ended":true', again.text)
        self.assertEqual(self.browser().get(f"/runs/{run_id}/events").status, 401)

    def test_metrics_are_prometheus_text(self):
        self.start()
        browser = self.serve()
        browser.get("/plans")
        # There is no database yet.
        text = browser.get("/metrics").text
        self.assertIn("\nclawback_database_usable 0\n", text)
        self.assertNotIn("clawback_kill_switch", text)
        self.check(self.lab.run("scan"), 3)
        time.sleep(1)  # as old as what machines see may be
        (self.lab.folder / "plans").mkdir(exist_ok=True)
        (self.lab.folder / "plans" / "aaa.json").write_text("{")
        text = browser.get("/metrics").text
        self.assertIn("\nclawback_plans_unreadable 1\n", text)
        self.assertIn("\nclawback_kill_switch 0\n", text)
        self.assertEqual(browser.get("/readyz").status, 200)
        self.assertIn('clawback_http_requests_total{place="plans",status="401"} 1\n', text)
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) clawback_\w+ .+|clawback_\w+(\{[a-z]+="[\w.+-]+"(,[a-z]+="[\w.+-]+")*\})? [\d.e+-]+)$')


if __name__ == "__main__":
    unittest.main()
