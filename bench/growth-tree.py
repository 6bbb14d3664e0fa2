"""A tree of COUNT processes of which ACTIVE do a little work ten times in a second, and the others none.

usage: growth-tree.py COUNT ACTIVE
"""
import os
import signal
import sys
import time

count, active = int(sys.argv[1]), int(sys.argv[2])


def live(is_active):
    while True:
        if is_active:
            time.sleep(0.1)
        else:
            signal.pause()


children = []
for number in range(count - 1):
    pid = os.fork()
    if pid == 0:
        live(number < active)
    children.append(pid)


def end(*_):
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    sys.exit(0)


signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
live(active == count)
