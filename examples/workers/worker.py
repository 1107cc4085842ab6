#!/usr/bin/env python3
"""A worker for Longhaul: Python 3.8 or newer and nothing else. It brings the tool `factor` along, which is the program
of that name (GNU coreutils), and does two jobs of it at once:  LONGHAUL_URL=http://127.0.0.1:8080 python3 worker.py
LONGHAUL_API_KEY holds its key, of the role `work`, where the server asks for one."""
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request

SERVER = os.environ.get("LONGHAUL_URL", "http://127.0.0.1:8080")
KEY = {"Authorization": "Bearer " + os.environ["LONGHAUL_API_KEY"]} if os.environ.get("LONGHAUL_API_KEY") else {}
TOOL = {
    "name": "factor", "version": "1.0", "description": "The prime factors of whole numbers.", "timeout": "10m",
    "params": {"type": "object", "required": ["numbers"], "properties": {
        "numbers": {"type": "array", "items": {"type": "integer", "minimum": 1}}}}}
slots = threading.Semaphore(2)
attempts = {}  # what is being worked on, by the address to tell of it
token = None


class LeaseLost(Exception):
    """The job is not ours any more: stop, and say nothing."""


def post(path, body):
    """Posts until the server has answered: it may be restarting."""
    global token
    while True:
        headers = {"Content-Type": "application/json", **KEY, **({"Longhaul-Worker-Token": token} if token else {})}
        request = urllib.request.Request(SERVER + path, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                said = json.loads(answer.read() or b"{}")
                token = said.get("worker_token", token)
                return said
        except OSError as error:
            code = getattr(error, "code", 503)  # there is no code if there was no answer
            if code in (404, 409):
                raise LeaseLost() from error
            if code < 500 and code != 429:
                sys.exit(f"{path}: {code} {error.read().decode()}")
            time.sleep(1)


def factor(job, stopped):
    """The work: tells how far it is, and ends early when told to."""
    result, numbers = {}, job["params"]["numbers"]
    for done, number in enumerate(numbers):
        program = subprocess.Popen(["factor", str(number)], stdout=subprocess.PIPE, text=True)
        while program.poll() is None:
            if stopped.wait(0.02):
                program.kill()
                raise LeaseLost()
        result[str(number)] = [int(prime) for prime in program.stdout.read().split(":")[1].split()]
        post(job["url"] + "/progress", {"fraction": (done + 1) / len(numbers), "message": f"{number} is done"})
    return result


def run(job, stopped):
    try:
        try:
            post(job["url"] + "/complete", {"result": factor(job, stopped)})
        except (ValueError, IndexError, OSError) as error:
            post(job["url"] + "/fail", {"message": f"factor: {error}", "retryable": isinstance(error, OSError)})
    except LeaseLost:
        print("stopped", job["job_id"], flush=True)
    finally:
        attempts.pop(job["url"], None)
        slots.release()


def heartbeats():
    """Says that we live, and hears at once what to stop."""
    while True:
        held = list(attempts.values())
        names = [{"job_id": job["job_id"], "attempt": job["attempt"]} for job, _ in held]
        try:
            gone = [stop["job_id"] for stop in post("/v1/workers/heartbeat", {"jobs": names, "wait": 5})["stop"]]
        except LeaseLost:
            gone = [job["job_id"] for job, _ in held]
        for job, stopped in held:
            if job["job_id"] in gone:
                stopped.set()
        time.sleep(0.1 if held else 2)


post("/v1/workers", {"name": "python", "tools": [TOOL]})
threading.Thread(target=heartbeats, daemon=True).start()
while True:
    slots.acquire()
    found = post("/v1/workers/claim", {"name": "python", "tools": ["factor"], "wait": 30})["jobs"]
    for one in found:
        attempts[one["url"]] = (one, threading.Event())
        threading.Thread(target=run, args=attempts[one["url"]], daemon=True).start()
    if not found:
        slots.release()
