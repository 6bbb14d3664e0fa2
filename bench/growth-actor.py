"""Does one thing so and so often, for bench/growth-more.mjs; prints «ready» first, and goes on until it is killed.

usage: growth-actor.py connections COUNT PORT     holds so many connections and wakes once a second
       growth-actor.py activities RATE PORT       so many connections a second, each closed at once
       growth-actor.py rows COUNT DATABASE        an events table of so many rows, one more each second
"""
import resource
import socket
import sqlite3
import sys
import time

kind, amount, where = sys.argv[1], int(sys.argv[2]), sys.argv[3]
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def address(number):
    """Of 127.0.0.0/8, so that no remote end runs out of ports."""
    return (f'127.0.0.{1 + number % 100}', int(where))


if kind == 'connections':
    held = [socket.create_connection(address(number)) for number in range(amount)]
    print('ready', flush=True)
    while True:
        time.sleep(1)
elif kind == 'activities':
    print('ready', flush=True)
    due = time.monotonic()
    number = 0
    while True:
        if amount == 0:
            time.sleep(1)
            continue
        due += 1 / amount
        time.sleep(max(0, due - time.monotonic()))
        socket.create_connection(address(number)).close()
        number += 1
else:
    db = sqlite3.connect(where, isolation_level=None)
    db.execute('PRAGMA journal_mode = WAL')
    db.execute('CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT)')
    row = "INSERT INTO events (type, created_at) VALUES ('note', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"
    db.execute('BEGIN')
    for _ in range(amount):
        db.execute(row)
    db.execute('COMMIT')
    print('ready', flush=True)
    while True:
        time.sleep(1)
        db.execute(row)
