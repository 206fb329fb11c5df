#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A plan is only looked at: it opens no socket but the engine's own, sends nothing, and leaves nothing behind, also
when it is killed in the middle. strace counts."""
import collections
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

SCRIPT = (live.ROOT / "tests/plan/propose_test.py").read_text().split('"""')[3]
CHANGED = SCRIPT.replace("Thu 25 Feb 2021", "Fri 26 Feb 2021")
FILES = {"talk.lua": SCRIPT, "dear.md": "Dear {name}"}
# Where it is killed: calls that make, write, map and hand over something.
CALLS = "memfd_create,openat,read,write,pread64,pwrite64,ftruncate,mmap,connect,close"


class Talk(live.Place):
    """The talk in practice, so that the invitations have left and the reminders are to leave."""

    def __enter__(self):
        self.start("--as-if", "13 Feb 2021 10:00 Asia/Thimphu", script="talk.lua")
        live.wait_until("usher answers", self.answers)
        live.wait_until("it has nothing to do just now", lambda: "ready" not in self.states())
        self.write("talk.lua", CHANGED)
        return self

    def names(self):
        return sorted(str(path.relative_to(self.path)) for path in self.path.rglob("*"))

    def mails(self):
        return sorted(path.name for path in self.path.glob("outbox/**/*"))

    def traced(self, *options, words=("plan", "talk.lua")):
        """Runs a command under strace: its exit code, its output, and what strace wrote (not into this folder)."""
        with live.tempfile.NamedTemporaryFile(prefix="usher-strace-") as trace:
            environment = dict(live.environment(), ASAN_OPTIONS="detect_leaks=0:verify_asan_link_order=0")
            done = subprocess.run(["strace", "-f", "-o", trace.name, *options, self.program, *words], cwd=self.path,
                                  env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=live.PATIENCE_S)
            return done.returncode, done.stdout, Path(trace.name).read_text(errors="replace")


def place():
    return Talk(files=FILES)


def sockets_in(trace):
    """Kinds of sockets that were made: "AF_UNIX", "AF_INET", ..."""
    return set(re.findall(r"socket(?:pair)?\((\w+)", trace))


def allows(*command):
    """Whether this machine lets a program do that; where it does not, a container says no, nothing can be shown."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    if subprocess.run(command, **quiet).returncode == 0:
        return True
    print("not shown here, because this machine forbids it: %s" % " ".join(command))
    return False


TRACES, PARTS = allows("strace", "-f", "true"), allows("unshare", "--user", "--map-root-user", "true")


def check_strace_sees_an_internet_socket_when_there_is_one():
    if not TRACES:
        return
    with place() as talk:  # what is counted below would be seen: usher with pages listens
        talk.kill()
        talk.write("usher.conf.lua", 'web = { listen = "127.0.0.1:%d", base_url = "http://127.0.0.1" }\n'
                   % live.free_port())
        seen = subprocess.Popen(["strace", "-f", "-e", "trace=%network", "-o", "/dev/stdout", talk.program, "run",
                                 "--database", "other.db", "talk.lua"], cwd=talk.path, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
                                env=dict(live.environment(), ASAN_OPTIONS="detect_leaks=0"))
        try:
            line = next(line for line in seen.stdout if "AF_INET" in line)
            equal(sockets_in(line), {"AF_INET"})
        finally:
            os.kill(int(line.split()[0]), signal.SIGKILL)  # the traced one; strace ends with it
            seen.wait()
            seen.stdout.close()


def check_a_plan_talks_to_the_engine_and_to_nobody_else():
    if not TRACES:
        return
    with place() as talk:
        names, mails, states = talk.names(), talk.mails(), talk.states()
        code, out, trace = talk.traced("-e", "trace=%network")
        equal(code, 0)
        holds(out, "2 mails at another time")
        equal(sockets_in(trace), {"AF_UNIX"})
        connected = set(re.findall(r'connect\(\d+, \{sa_family=(\w+), sun_path="([^"]*)"', trace))
        equal(connected, {("AF_UNIX", "usher.db.sock")})
        equal((talk.names(), talk.mails(), talk.states()), (names, mails, states))


def check_a_plan_of_a_database_that_nobody_runs_opens_nothing():
    if not TRACES:
        return
    with place() as talk:
        equal(talk.stop(), 0)
        names = talk.names()
        code, out, trace = talk.traced("-e", "trace=%network")
        equal(code, 0)
        holds(out, "2 mails at another time")
        equal(sockets_in(trace) - {"AF_UNIX"}, set())  # it looks whether an engine listens
        equal([name for name in talk.names() if "-wal" not in name and "-shm" not in name],
              [name for name in names if "-wal" not in name and "-shm" not in name])


def check_a_plan_that_is_killed_anywhere_leaves_nothing_behind():
    if not TRACES:
        return
    with place() as talk:
        names = talk.names()
        code, out, trace = talk.traced("-e", "trace=" + CALLS)
        equal(code, 0)
        killed = tried = 0
        for name, n in collections.Counter(re.findall(r"^\d+ +(\w+)\(", trace, re.M)).items():
            for at in sorted({1, n // 3 or 1, 2 * n // 3 or 1, n}):
                _, _, trace = talk.traced("-e", "trace=" + name, "-e", "inject=%s:signal=KILL:when=%d" % (name, at))
                killed += "killed by SIGKILL" in trace
                tried += 1
                equal((name, at, talk.names()), (name, at, names))
        live.at_least("kills", killed, tried * 3 // 4)  # the last calls may come once less
        equal(talk.command("plan", "talk.lua")[0], 0)  # and the engine is as it was


class Apart(Talk):
    """usher in a world of its own, as a service of systemd is: it can't reach into other processes."""

    def __init__(self):
        super().__init__(files=FILES)
        self.inside = self.program
        self.write("apart", '#!/bin/sh\nexec unshare --user --map-root-user "%s" "$@"\n' % self.inside)
        (self.path / "apart").chmod(0o755)

    def start(self, *more, **options):
        self.program = str(self.path / "apart")
        super().start(*more, **options)
        self.program = self.inside


def check_an_engine_that_is_apart_is_planned_for_and_nothing_is_left_behind_either():
    if not PARTS:
        return
    with Apart() as talk:
        dead = subprocess.Popen(["true"])
        dead.wait()
        names = talk.names()
        talk.write("usher.db.copy-%d" % dead.pid, "what a plan left that was killed")
        code, out, errors = talk.command("plan", "talk.lua")
        equal((code, errors), (0, ""))
        holds(out, "2 mails at another time")
        equal(talk.names(), names)


if __name__ == "__main__":
    sys.exit(main(globals()))
