"""Installs the package into a throwaway copy of this machine, boots systemd there, and lets clawback.service work against a lab.
    try_package.py PACKAGE.deb BINARY          run by ./dev package; needs root and overlayfs, and says so where they are missing"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PREPARE = """
set -e
cd /opt/trial
cp clawback.toml ca.pem write.pem /etc/clawback/
install -m 600 read.secret /etc/clawback/credentials/read
install -m 600 write.key /etc/clawback/credentials/write.key
mkdir -p /etc/systemd/system/clawback.service.d
cp trial.target trial.service /etc/systemd/system/
"""
TRIAL = """
systemctl is-enabled clawback.timer > /tmp/out/timer
i=0; while [ ! -S /run/systemd/journal/stdout ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
for command in probe doctor scan broken; do
  cp /opt/trial/$command.conf /etc/systemd/system/clawback.service.d/trial.conf
  systemctl daemon-reload
  systemctl start clawback.service
  systemctl show clawback.service -p Result -p ExecMainStatus > /tmp/out/$command
done
stat -c '%n %U %a' /var/lib/clawback /var/lib/clawback/* > /tmp/out/state
journalctl --sync
journalctl -u clawback -o json > /tmp/out/journal
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


def start_lab(binary, folder):
    lab = subprocess.Popen([binary, "lab", "-o", folder, "--users", "5", "--apps", "5", "--grants", "5"],
                           stdout=subprocess.PIPE, text=True)
    lab.stdout.readline()
    config = (folder / "clawback.toml").read_text()
    for pattern, value in ((r'file = "read\.secret"', 'file = "${CREDENTIALS_DIRECTORY}/secret_read"'),
                           (r'key = "write\.key"', 'key = "${CREDENTIALS_DIRECTORY}/secret_write.key"'),
                           (r'\npath = ".*"', '\npath = "/usr/share/clawback/policies/default"'),
                           (r'database = ".*"', 'database = "sqlite:///var/lib/clawback/clawback.db"'),
                           (r'evidence = ".*"', 'evidence = "/var/lib/clawback/evidence"')):
        config = re.sub(pattern, lambda _: value, config)
    return lab, config


def check(out):
    read = lambda name: (out / name).read_text()
    records = [json.loads(line) for line in read("journal").splitlines()]
    said = [r["MESSAGE"] for r in records if r.get("_SYSTEMD_UNIT") == "clawback.service"]
    errors = [r for r in records if r.get("PRIORITY") == "3" and r["_TRANSPORT"] == "journal" and "CLAWBACK_VERSION" in r]
    return [
        ("the timer is not enabled", read("timer") == "disabled\n"),
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
        (inside / "clawback.toml").write_text(config)
        for name, text in FILES.items():
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
