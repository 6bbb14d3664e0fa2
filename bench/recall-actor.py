"""Plants short network activity at random times, from threads and from child processes, and says what it planted.

usage: recall-actor.py SECONDS SEED PORT4 PORT6 REFUSED UDP_BASE COUNTS    COUNTS is JSON; see recall.mjs
Waits for a line on its input before it begins. Prints one JSON line for each planted activity, then {"kind": "done"}.
"""
import json
import os
import random
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../test/fixtures/programs"))
import io_uring_send

seconds, seed, port4, port6, refused, udp_base = float(sys.argv[1]), *map(int, sys.argv[2:7])
counts = json.loads(sys.argv[7])
rng = random.Random(seed)
said = threading.Lock()


def say(kind, at, **fact):
    """To be called when it is over: from `at` to now it was done. What io_uring's workers do waits for them to be scheduled."""
    until = time.time()
    with said:
        sys.stdout.write(json.dumps({"kind": kind, "at": at * 1000, "until": until * 1000, **fact}) + "\n")
        sys.stdout.flush()


def tcp(family, host, port, life):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        at = time.time()
        one.connect((host, port))
        one.sendall(b"x")
        local = one.getsockname()[1]
        time.sleep(life)
    say("tcp", at, local=local, port=port)


def udp(family, host, port):
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        at = time.time()
        one.sendto(b"x", (host, port))
    say("udp", at, port=port)


def fail(kind, host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        at = time.time()
        try:
            one.connect((host, port))
        except OSError:
            say(kind, at, port=port)


ring_sockets = {}
ring = None


def uring(port):
    ring_sockets[port].connect(("127.0.0.1", port))
    at = time.time()
    if ring.send(ring_sockets[port].fileno(), b"x") == 1:
        say("io_uring", at, port=port)


plan = []
for number in range(counts["tcp"]):
    life = rng.uniform(0.0003, 0.005)
    ends = (socket.AF_INET6, "::1", port6) if number % 2 else (socket.AF_INET, "127.0.0.1", port4)
    plan.append((True, lambda ends=ends, life=life: tcp(*ends, life)))
for number in range(counts["udp"]):
    ends = (socket.AF_INET6, "::1") if number % 2 else (socket.AF_INET, "127.0.0.1")
    plan.append((True, lambda ends=ends, port=udp_base + number: udp(*ends, port)))
for number in range(counts["refused"]):
    plan.append((True, lambda: fail("refused", "127.0.0.1", refused)))
for number in range(counts["unreachable"]):
    # TEST-NET-3 of RFC 5737: there is no way to it from a namespace that has a loopback interface only.
    plan.append((True, lambda port=20000 + number: fail("unreachable", "203.0.113.7", port)))
if counts["io_uring"] > 0:
    ring = io_uring_send.Ring()
for number in range(counts["io_uring"]):
    port = udp_base + counts["udp"] + number
    ring_sockets[port] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # A ring belongs to the process that made it.
    plan.append((False, lambda port=port: uring(port)))
rng.shuffle(plan)
print(json.dumps({"kind": "ready"}), flush=True)
sys.stdin.readline()
times = sorted(rng.uniform(0, seconds) for _ in plan)
start = time.monotonic()
for at, (anywhere, act) in zip(times, plan):
    time.sleep(max(0, start + at - time.monotonic()))
    where = rng.random()
    if anywhere and where < 0.3:
        pid = os.fork()
        if pid == 0:
            act()
            os._exit(0)
        os.waitpid(pid, 0)
    elif where < 0.7:
        thread = threading.Thread(target=act)
        thread.start()
        thread.join()
    else:
        act()
say("done", time.time())
time.sleep(3600)
