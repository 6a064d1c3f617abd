"""Installs the package into a throwaway copy of this machine, boots systemd there, lets clawback.service work against a lab, does
what docs/how-to/unattended.md says to approve what waits, its commands as they are there, with two more accounts, and starts the
console with a key and a token that come to it as docs/how-to/console.md says.
    try_package.py PACKAGE.deb BINARY          run by ./dev package; needs root and overlayfs, and says so where they are missing"""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PREPARE = """
set -e
cd /opt/trial
cp clawback.toml ca.pem write.pem /etc/clawback/
install -m 600 read.secret /etc/clawback/credentials/read
install -m 600 write.key /etc/clawback/credentials/write.key
for who in dana:"Dana Reyes" sam:"Sam Okafor"; do
  login=${who%%:*}
  useradd -m "$login"
  line=$(cd "$(getent passwd "$login" | cut -d: -f6)" && runuser -u "$login" -- clawback key new -o "$login.key" --no-passphrase --json |
    grep -oE '"[A-Za-z0-9+/]{43}="')
  printf '\n[[approver]]\nname = "%s"\ned25519 = %s\naccount = "%s"\n' "${who#*:}" "$line" "$login" >> /etc/clawback/clawback.toml
done
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out console.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost
install -d -m 700 /etc/clawback/console
install -m 600 key.pem /etc/clawback/console/key.pem
install -m 600 metrics /etc/clawback/console/metrics
install -m 644 console.pem /etc/clawback/console.pem
mkdir -p /etc/systemd/system/clawback.service.d /etc/systemd/system/clawback-serve.service.d
cp drop-in.conf /etc/systemd/system/clawback-serve.service.d/override.conf
cp trial.target trial.service /etc/systemd/system/
"""
TRIAL = """
systemctl is-enabled clawback.timer clawback-serve.service > /tmp/out/timer
i=0; while [ ! -S /run/systemd/journal/stdout ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
for command in probe doctor scan broken; do
  cp /opt/trial/$command.conf /etc/systemd/system/clawback.service.d/trial.conf
  systemctl daemon-reload
  systemctl start clawback.service
  systemctl show clawback.service -p Result -p ExecMainStatus > /tmp/out/$command
done
rm /etc/systemd/system/clawback.service.d/trial.conf
systemctl start dbus.service systemd-journald-dev-log.socket
systemctl daemon-reload
systemctl start clawback.service
systemctl show clawback.service -p Result -p ExecMainStatus -p ExecStart > /tmp/out/pass
sh /opt/trial/recipe.sh > /tmp/out/recipe 2>&1
systemctl start clawback.service
systemctl show clawback.service -p Result -p ExecMainStatus > /tmp/out/later
systemctl start clawback-serve.service
timeout 20 python3 /opt/trial/console.py > /tmp/out/console 2>&1
systemctl stop clawback-serve.service
systemctl show clawback-serve.service -p Result -p ExecMainStatus >> /tmp/out/console
stat -c '%n %U %a' /var/lib/clawback /var/lib/clawback/* > /tmp/out/state
journalctl --sync
journalctl -u clawback -o json > /tmp/out/journal
journalctl _TRANSPORT=syslog -o json > /tmp/out/syslog
"""
# sudo is on no list of packages that a test needs.
RECIPE = """
sudo() { if [ "$1" = -u ]; then runuser -u "$2" -- sh -c 'shift 2; exec "$@"' sh "$@"; else "$@"; fi; }
did() { code=$?; echo "exit $code: $1"; }
"""
# What the console answers; until it listens, a moment after it was started, there is nobody.
CONSOLE = """
import ssl, time, urllib.error, urllib.request
trusted = ssl.create_default_context(cafile="/etc/clawback/console.pem")
token = open("/opt/trial/metrics").read().strip()

def ask(path, **headers):
    request = urllib.request.Request("%(url)s" + path, headers=headers)
    for _ in range(100):
        try:
            with urllib.request.urlopen(request, context=trusted, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except urllib.error.URLError as error:
            failed = error
            time.sleep(0.1)
    raise failed

print("healthz", *ask("/healthz"), end="")
print("readyz", *ask("/readyz"), end="")
print("metrics without the token", ask("/metrics")[0])
print("metrics with it", ask("/metrics", Authorization="Bearer " + token)[0])
"""
PROBE = """/bin/sh -c 'grep -E "^(Cap|NoNew|Seccomp:)" /proc/self/status; touch /etc/x; ls $CREDENTIALS_DIRECTORY; stat -c "secret %%a" /etc/clawback/credentials; true'"""
FILES = {
    "prepare.sh": PREPARE,
    "trial.sh": TRIAL,
    "trial.target": "[Unit]\nRequires=trial.service\n",
    "trial.service": "[Unit]\nRequires=sysinit.target\nAfter=sysinit.target\n[Service]\nType=oneshot\n"
                     "ExecStart=/bin/sh /opt/trial/trial.sh\nExecStopPost=/bin/systemctl --no-block --force poweroff\n",
    "probe.conf": f"[Service]\nExecStart=\nExecStart={PROBE}\n",
    "doctor.conf": "[Service]\nExecStart=\nExecStart=/usr/bin/clawback doctor\n",
    "scan.conf": "[Service]\nExecStart=\nExecStart=/usr/bin/clawback scan\n",
    "broken.conf": "[Service]\nExecStart=\nExecStart=/usr/bin/clawback show /nowhere\n",
}


def recipe():
    """The commands of the page, in their order; what stands for a plan or a run is filled in."""
    section = re.search(r"(?ms)^## 6\. Approving what waits$(.*?)^## ", (ROOT / "docs/how-to/unattended.md").read_text()).group(1)
    blocks = [[line.strip() for line in block.splitlines() if line.strip()]
              for block in re.findall(r"(?m)((?:^    .*\n)+)", section)]
    hand_out, sign, hand_in, apply, ratify, after = blocks
    out = [RECIPE]

    def add(commands, login="root", name=""):
        for command in commands:
            shown = command
            command = re.sub(r"\bID\b", "$ID", command.replace("dana", login).replace("Dana Reyes", name) if name else command)
            command = re.sub(r"\bRUN\b", "$RUN", command)
            if "clawback approve" in command:
                command += " --yes"      # there is no terminal
            if "as-service ratify" in command:
                command += " --yes 2>&1 | grep 'was not approved by break-glass'"      # the key was read, the state opened
            if "as-service apply" in command:
                command += " --verify-gap 100ms --verify-window 20s"
            if command.startswith("clawback"):
                command = f"(cd ~{login} && runuser -u {login} -- {command})"
            out.append(f"{command}\ndid '{shown}'")

    out.append("ID=$(cd /var/lib/clawback/plans && ls | grep -vE 'evidence|approvals' | sed 's/\\.json$//')")
    for login, name in (("dana", "Dana Reyes"), ("sam", "Sam Okafor")):
        add(hand_out, login, name)
        add(sign, login, name)
        add(hand_in, login, name)
    add(apply)
    out.append("RUN=$(/usr/lib/clawback/as-service runs --json | grep -oE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' | head -1)")
    add(ratify)
    add(after)
    out.append("/usr/lib/clawback/as-service notify test\ndid 'notify test'")
    for switch in ("on", "off"):
        out.append(f"/usr/lib/clawback/as-service kill-switch {switch} --reason 'Dana: ${{HOME}}  of \"it\"'\ndid 'kill-switch {switch}'")
    out.append("/usr/lib/clawback/as-service log --json | grep -c 'Dana: ${HOME}  of'\ndid 'words arrive as they are'")
    # The state is closed to a person: a no is written all the same, and says where it is.
    out.append("""(cd ~dana && runuser -u dana -- clawback reject plan.json --key dana.key --as "Dana Reyes" --reason no --yes)
did reject""")
    return "\n".join(out) + "\n"


def console(inside):
    """Its files, and its table of the configuration: names and drop-in as docs/how-to/console.md has them."""
    page = (ROOT / "docs/how-to/console.md").read_text()
    (inside / "drop-in.conf").write_text(re.search(r"(?s)```ini\n(.*?)```", page)[1])
    (inside / "metrics").write_text("a token of the trial\n")
    # The network is this machine's: a port that is free here.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "%s:%d" % free.getsockname()
    url = "https://localhost:" + address.rpartition(":")[2]
    (inside / "console.py").write_text(CONSOLE % {"url": url})
    table = re.search(r"(?s)```toml\n(.*?)```", page)[1]
    for key, value in (("listen", address), ("base_url", url)):
        table = re.sub(rf'({key} += )".*"', rf'\g<1>"{value}"', table)
    return table


def start_lab(binary, folder):
    lab = subprocess.Popen([binary, "lab", "-o", folder, "--users", "5", "--apps", "5", "--grants", "5"],
                           stdout=subprocess.PIPE, text=True)
    lab.stdout.readline()
    config = (folder / "clawback.toml").read_text()
    for pattern, value in ((r'file = "read\.secret"', 'file = "${CREDENTIALS_DIRECTORY}/secret_read"'),
                           (r'key = "write\.key"', 'key = "${CREDENTIALS_DIRECTORY}/secret_write.key"'),
                           (r'\npath = ".*"', '\npath = "/usr/share/clawback/policies/default"\nceiling = "approve"'),
                           (r'database = ".*"', 'database = "sqlite:///var/lib/clawback/clawback.db"'),
                           (r'evidence = ".*"', 'evidence = "/var/lib/clawback/evidence"')):
        config = re.sub(pattern, lambda _: value, config)
    return lab, config


def check(out):
    read = lambda name: (out / name).read_text()
    records = [json.loads(line) for line in read("journal").splitlines()]
    others = [json.loads(line) for line in read("syslog").splitlines()]
    said = [r["MESSAGE"] for r in records if r.get("_SYSTEMD_UNIT") == "clawback.service"]
    errors = [r for r in records if r.get("PRIORITY") == "3" and r["_TRANSPORT"] == "journal" and "CLAWBACK_VERSION" in r]
    steps = re.findall(r"^exit (\d+): (.*)$", read("recipe"), re.M)
    failed = [step for step in steps if step[0] != ("3" if "undo" in step[1] else "0")]
    print("".join(f"       {what} ended with {code}\n" for code, what in failed), end="")
    if failed:
        print(read("recipe")[-2000:])
    return [
        ("neither the timer nor the console is enabled", read("timer") == "disabled\ndisabled\n"),
        ("no capability, no new privileges, a filter for system calls",
         {"CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"} <= set(said)),
        ("the system is read-only", any("/etc/x" in line and "Read-only" in line for line in said)),
        ("the credentials are there, and their folder is closed",
         {"secret_read", "secret_write.key", "secret 700"} <= set(said)),
        ("doctor is ready", read("doctor").startswith("Result=success\n") and "Ready." in said),
        ("what was found is no failure", read("scan").startswith("Result=success\n")
         and any(re.search(r"applications: [1-9]\d* alert", line) for line in said)),
        ("an error is a failure, and a record with fields",
         read("broken").startswith("Result=exit-code\n") and [r["CLAWBACK_ERROR"] for r in errors] == ["not-found"]),
        ("the unit's own pass runs and leaves a plan waiting", read("pass").startswith("Result=success\n") and "argv[]=/usr/bin/clawback run ;" in read("pass")
         and any("a plan of " in line and "(new)" in line for line in said)),
        ("it is approved and applied as docs/how-to/unattended.md says", len(steps) == 22 and not failed),
        ("its messages reach syslog", any("CEF:" in r["MESSAGE"] and "waits" in r["MESSAGE"] for r in records + others)),
        ("a no that only reached the file says so", "this no is in plan.json.approvals alone" in " ".join(read("recipe").split())),
        ("the pass after that finds nothing that waits", read("later").startswith("Result=success\n")
         and sum("a plan of " in line for line in said) == 1),
        ("the console answers, with a key and a token that only it was given", read("console") ==
         "healthz 200 ok\nreadyz 200 ready\nmetrics without the token 401\nmetrics with it 200\nResult=success\nExecMainStatus=0\n"),
        ("the state is the service's alone",
         "/var/lib/clawback clawback 700" in read("state") and "/var/lib/clawback/clawback.db clawback 600" in read("state")),
    ]


def main():
    package, binary = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
    if os.geteuid() != 0 or "overlay" not in pathlib.Path("/proc/filesystems").read_text():
        print("package: not tried under systemd: that needs root and overlayfs")
        return 0
    folder = pathlib.Path(tempfile.mkdtemp(prefix="clawback-package-"))
    inside, out = folder / "in", folder / "out"
    out.mkdir()
    lab, config = start_lab(binary, inside)
    try:
        (inside / "clawback.toml").write_text(config + "\n" + console(inside) + '\n[[notify]]\nkind = "syslog"\naddress = "/dev/log"\n')
        for name, text in {**FILES, "recipe.sh": recipe()}.items():
            (inside / name).write_text(text)
        shutil.copy(package, inside / "clawback.deb")
        subprocess.run(["unshare", "--mount", "--propagation", "private", "timeout", "-k", "2", "100",
                        "sh", HERE / "boot.sh", "outside", folder], capture_output=True, timeout=120)
        if not (out / "journal").exists():
            install = out / "install.log"
            print("package: systemd did not get that far:", install.read_text() if install.exists() else "no namespaces")
            return 1
        results = check(out)
    finally:
        lab.terminate()
        lab.wait()
        lab.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)
    for what, holds in results:
        print("ok    " if holds else "FAILED", what)
    return 0 if all(holds for _, holds in results) else 1


if __name__ == "__main__":
    sys.exit(main())
