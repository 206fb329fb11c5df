#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""W3, sign-up: POST of a form (name, a new address) over 64 connections, each answered when it is on disk.

  bench_w3_signup.py [SECONDS [ROUNDS]]     4 seconds each, 3 rounds

Three servers take turns in the same run, and the medians of the rounds are printed: `usher run`; the peer,
fastify and better-sqlite3 with group commit (peer/server.mjs); and the floor, nginx that answers and keeps
nothing. CPU time is the server's own, all threads, read from its clock; wrk's is not in it. What was answered
must be on disk when the server has ended, or there is no figure. The databases lie below build/, on the disk
that is measured.
"""
import json
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live

CONNECTIONS = 64
BUILD = live.ROOT / "build/release/tests/bench"
PEER = live.ROOT / "build/bench-peer"
LOAD = live.ROOT / "tests/bench/signup_load.lua"

SCRIPT = """
usher.describe { id = "open-day", title = "Open day", zone = "Asia/Thimphu" }
local page = '<!doctype html><html lang="en"><title>Sign-up</title><p>%s</p></html>\\n'
local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
usher.http.route("POST", "/signup", function(request)
  local name, email = request.form.name or "", request.form.email or ""
  if #name == 0 or #name > 200 or #email > 254 or not email:find("@", 1, true) then
    return { status = 422, body = page:format("Please give a name and a mail address.") }
  end
  local signups, key = usher.book("signups"), email:lower()
  if not signups:get(key) then signups:set(key, { name = name, at = usher.now() }) end
  return { body = page:format("Thank you, " .. name:gsub('[&<>"]', entities) .. ". Your place is kept.") }
end)
"""


class Server:
    """One that runs: its process, its port, and the file in which it keeps what it is told."""

    def __init__(self, process, port, database=None):
        self.process, self.port, self.database = process, port, database

    def cpu_s(self):
        return time.clock_gettime(~self.process.pid << 3 | 2)  # the clock of that process, all its threads

    def peak_mib(self):
        lines = Path("/proc/%d/status" % self.process.pid).read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

    def disk(self):
        return sum(path.stat().st_size for path in self.database.parent.glob(self.database.name + "*"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(live.PATIENCE_S)

    def kept(self, table):
        with sqlite3.connect("file:%s?mode=ro" % self.database, uri=True) as db:
            return db.execute("SELECT count(*) FROM %s" % table).fetchone()[0]


# ---- the three ------------------------------------------------------------------------------------------

def start_usher(folder):
    port = live.free_port()
    web = 'web = { listen = "127.0.0.1:%d", base_url = "http://127.0.0.1:%d" }\n' % (port, port)
    place = live.Place(SCRIPT, web, program=live.find_build("usher", "release"))
    place.run()
    server = Server(place.process, port, place.path / "usher.db")
    server.place = place  # it goes with its folder
    return server


def start_peer(folder):
    database = folder / "peer.db"
    process = subprocess.Popen(["node", PEER / "server.mjs", database], stdout=subprocess.PIPE, text=True)
    return Server(process, int(process.stdout.readline()), database)


NGINX = """
daemon off; master_process off; error_log stderr crit; pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_requests 1000000000; default_type text/html;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location /signup {{ return 200 "Thank you. Your place is kept.\\n"; }} }}
}}
"""


def start_floor(folder):
    port = live.free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    process = subprocess.Popen(["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-e", "stderr"])
    live.wait_until("nginx listens", lambda: not socket.socket().connect_ex(("127.0.0.1", port)))
    return Server(process, port)


# ---- the measuring --------------------------------------------------------------------------------------

def press(server, seconds, prefix):
    """One load; what wrk saw."""
    url = "http://127.0.0.1:%d/signup" % server.port
    done = subprocess.run(["wrk", "-t1", "-c%d" % CONNECTIONS, "-d%ds" % seconds, "--timeout", "10s",
                           "-s", LOAD, url, "--", prefix], capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout.splitlines()[-1])
    if seen["refused"] or seen["broken"]:
        sys.exit("bench: %(refused)d requests were refused and %(broken)d broke off" % seen)
    return seen


def measure(start, table, seconds, name):
    """A server's life of one round: warm, pressed, ended, and counted."""
    with tempfile.TemporaryDirectory(prefix="w3-") as folder:
        server = start(Path(folder))
        warm = press(server, 1, name + "warm")
        cpu = server.cpu_s()
        seen = press(server, seconds, name)
        seen["cpu_us"] = (server.cpu_s() - cpu) * 1e6 / seen["answered"]
        seen["per_s"] = seen["answered"] / seen["secs"]
        seen["peak_mib"] = server.peak_mib()
        server.stop()
        if table:
            kept = server.kept(table)
            seen["disk_b"] = server.disk() / kept
            lost = warm["answered"] + seen["answered"] - kept
            if lost > 0:
                sys.exit("bench: %d sign-ups were answered and are not on disk" % lost)
        return seen


SERVERS = {"usher": (start_usher, "book"), "peer": (start_peer, "signup"), "floor": (start_floor, None)}


def median(rounds, key):
    return statistics.median(seen[key] for seen in rounds)


def line_of(rounds):
    usher, peer, floor = rounds["usher"], rounds["peer"], rounds["floor"]
    line = {"w": "W3", "n": sum(seen["answered"] for seen in usher),
            "secs": sum(seen["secs"] for seen in usher),
            "per_s": median(usher, "per_s"), "cpu_us_op": median(usher, "cpu_us"),
            "p50_ms": median(usher, "p50_ms"), "p99_ms": median(usher, "p99_ms"),
            "peak_mib": median(usher, "peak_mib"), "disk_b_op": median(usher, "disk_b"),
            "peer_per_s": median(peer, "per_s"), "peer_cpu_us_op": median(peer, "cpu_us"),
            "peer_p99_ms": median(peer, "p99_ms"),
            "floor_per_s": median(floor, "per_s"), "floor_cpu_us_op": median(floor, "cpu_us"),
            "floor_p99_ms": median(floor, "p99_ms")}
    line["ratio_per_s"] = line["per_s"] / line["peer_per_s"]
    line["ratio_cpu"] = line["cpu_us_op"] / line["peer_cpu_us_op"]
    line["note"] = "medians of %d rounds; ratios to fastify + better-sqlite3 with group commit" % len(usher)
    return {key: round(value, 2) if isinstance(value, float) else value for key, value in line.items()}


def main(seconds=4, rounds=3):
    tempfile.tempdir = str(BUILD)
    seen = {name: [] for name in SERVERS}
    for number in range(rounds):
        for name, (start, table) in SERVERS.items():
            seen[name].append(measure(start, table, seconds, "%s%d-" % (name, number)))
    print(json.dumps(line_of(seen)))


main(*map(int, sys.argv[1:]))
