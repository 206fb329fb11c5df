#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""W3, sign-up: POST of a form (name, a new address) over 64 connections, each answered when it is on disk.

  bench_w3_signup.py [SECONDS [ROUNDS]]     4 seconds each, 3 rounds

The servers take turns in the same run, and the medians of the rounds are printed: `usher run` with a route
that keeps a row; the peer, which does the same with fastify and better-sqlite3 with group commit
(peer/server.mjs); and the floor, nginx that answers and keeps nothing. A second line is about the word
`signup`, which does more for each form: it looks for robots and crowds, knows who signed up before, and starts a
flow that sends a mail (what sending costs is W4; here the mail server takes one an hour).

CPU time is the server's own, all threads, read from its clock; wrk's is not in it. What was answered must be
on disk when the server has ended, or there is no figure. The databases lie below build/, on the disk that is
measured.
"""
import contextlib
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
import visitor

CONNECTIONS = 64
READING_S = 2.1  # a form that is sent within 2 s of its page is a robot's
BUILD = live.ROOT / "build/release/tests/bench"
PEER = live.ROOT / "build/bench-peer"
LOAD = live.ROOT / "tests/bench/signup_load.lua"

ROUTE = """
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

WORD = """
event "open-day" { title = "Open day", when = "Thu 25 Feb 2100 14:00-15:30 Asia/Thimphu", where = "Thimphu",
  organisers = "office", from = "Desk <desk@office.example>" }
people { { key = "office", name = "Office", role = "organiser", mail = "office@office.example" } }
signup { seats = 1000000, limit = false }
mail "joining" { to = coming, at = "1 working day before, 10:00", subject = "Tomorrow", text = "See you." }
"""


class Server:
    """One that runs: its process, its page, and the file in which it keeps what it is told."""

    def __init__(self, process, url, database=None, rows=None, form="email"):
        self.process, self.url, self.database, self.rows, self.form = process, url, database, rows, form

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

    def kept(self):
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % self.database, uri=True)) as db:
            return db.execute("SELECT count(*) FROM %s" % self.rows).fetchone()[0]


# ---- the servers ----------------------------------------------------------------------------------------

def start_usher(script, path, rows):
    port = live.free_port()
    config = 'web = { listen = "127.0.0.1:%d", base_url = "http://127.0.0.1:%d" }\n' % (port, port)
    config += 'smtp = { host = "127.0.0.1", port = %d, tls = "none", per_hour = 1 }\n' % live.free_port()
    place = live.Place(script, config, program=live.find_build("usher", "release"))
    place.run()
    server = Server(place.process, "http://127.0.0.1:%d%s" % (port, path), place.path / "usher.db", rows)
    server.place = place  # it goes with its folder
    return server


def start_route(folder):
    return start_usher(ROUTE, "/signup", "book")


def start_word(folder):
    """The form of its page, as somebody has it who read it for a while."""
    server = start_usher(WORD, "/signup/open-day", "book WHERE book = 'signup'")
    [form] = visitor.Visitor(server.url).get(server.url).page.forms
    server.form = "lang=en&note=%s&mail" % form["fields"]["note"]
    time.sleep(READING_S)
    return server


def start_peer(folder):
    database = folder / "peer.db"
    process = subprocess.Popen(["node", PEER / "server.mjs", database], stdout=subprocess.PIPE, text=True)
    url = "http://127.0.0.1:%d/signup" % int(process.stdout.readline())
    return Server(process, url, database, "signup")


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
    return Server(process, "http://127.0.0.1:%d/signup" % port)


# ---- the measuring --------------------------------------------------------------------------------------

def press(server, seconds, prefix):
    """One load; what wrk saw."""
    done = subprocess.run(["wrk", "-t1", "-c%d" % CONNECTIONS, "-d%ds" % seconds, "--timeout", "10s",
                           "-s", LOAD, server.url, "--", prefix, server.form],
                          capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout.splitlines()[-1])
    if seen["refused"] or seen["broken"]:
        sys.exit("bench: %(refused)d requests were refused and %(broken)d broke off" % seen)
    return seen


def measure(start, seconds, name):
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
        if server.rows:
            kept = server.kept()
            seen["disk_b"] = server.disk() / kept
            lost = warm["answered"] + seen["answered"] - kept
            if lost > 0:
                sys.exit("bench: %d sign-ups were answered and are not on disk" % lost)
        return seen


SERVERS = {"route": start_route, "word": start_word, "peer": start_peer, "floor": start_floor}


def median(rounds, key):
    return statistics.median(seen[key] for seen in rounds)


def line_of(w, usher, peer, floor, note):
    line = {"w": w, "n": sum(seen["answered"] for seen in usher),
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
    line["note"] = "%s; medians of %d rounds, ratios to the peer" % (note, len(usher))
    return {key: round(value, 2) if isinstance(value, float) else value for key, value in line.items()}


def main(seconds=4, rounds=3):
    tempfile.tempdir = str(BUILD)
    seen = {name: [] for name in SERVERS}
    for number in range(rounds):
        for name, start in SERVERS.items():
            seen[name].append(measure(start, seconds, "%s%d-" % (name, number)))
    for w, name, note in (("W3", "route", "a route that keeps a row, as the peer does"),
                          ("W3-signup", "word", "the word signup, each with a flow and a mail")):
        print(json.dumps(line_of(w, seen[name], seen["peer"], seen["floor"], note)))


main(*map(int, sys.argv[1:]))
