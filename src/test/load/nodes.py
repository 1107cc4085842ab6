"""Nodes of the packaged jar for scripts that measure: starts them, asks them, and reads what they cost from /proc."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def sql(query):
    url = os.environ["DATABASE_URL"]
    return subprocess.run(["psql", url, "-XAtqc", query], check=True, capture_output=True, text=True).stdout.strip()


def jdbc_pids():
    """The sessions of this database, without that of the question."""
    rows = sql("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    return [int(pid) for pid in rows.split()]


def processor_seconds(pid):
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def migrate(jar):
    # On a starved machine the first connection of a program can come too late.
    for _ in range(5):
        done = subprocess.run(["java", "-jar", str(jar), "db", "migrate", "config.yml"], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
    raise SystemExit(f"The database could not be migrated: {done.stderr[-500:]}")


class Node:
    def __init__(self, jar, folder, name, **settings):
        self.name = name
        self.port = free_port()
        self.log = pathlib.Path(folder) / f"{name}.log"
        self.command = ["java", *os.environ.get("JAVA_OPTS", "").split(), "-jar", str(jar), "server", "config.yml"]
        self.environment = {**os.environ, "LONGHAUL_PORT": str(self.port), "LONGHAUL_ADMIN_PORT": "0", "LONGHAUL_NODE": name,
                            "LONGHAUL_LOG_JOBS": "WARN", "LONGHAUL_UNKNOWN_MEMBERS": "refuse",
                            **{key: str(value) for key, value in settings.items()}}
        self.start()

    def start(self):
        with open(self.log, "a", encoding="utf-8") as out:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=out, stderr=out)

    @property
    def pid(self):
        return self.process.pid

    def await_ready(self, most=300):
        end = time.monotonic() + most
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                self.ask("/readyz", timeout=5)
                return
            except OSError:
                time.sleep(0.5)
        raise SystemExit(f"{self.name} did not become ready:\n{self.log.read_text()[-2000:]}")

    def ask(self, path, body=None, timeout=60, **headers):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data,
                                         {"Content-Type": "application/json", **headers})
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return json.loads(answer.read() or b"null")

    def submit(self, tool, params, count):
        """Submits equal jobs, at most 1,000 in a request; returns how many were accepted."""
        for begin in range(0, count, 1000):
            part = min(1000, count - begin)
            self.ask("/v1/jobs/batch", {"jobs": [{"tool": tool, "params": params}] * part}, Prefer="return=minimal")
        return count

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(90)
            except subprocess.TimeoutExpired:
                self.kill()

    def figures(self):
        """Memory in MB, threads and open files."""
        status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines())
        return {"mb": int(status["VmRSS"].split()[0]) // 1024, "threads": int(status["Threads"]),
                "files": len(os.listdir(f"/proc/{self.pid}/fd"))}


def connections():
    return int(sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"))


def unfinished():
    return int(sql("SELECT count(*) FROM (SELECT FROM jobs WHERE status IN ('pending', 'running') LIMIT 1000000) j"))
