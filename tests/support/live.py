# SPDX-License-Identifier: MIT
"""live: starts the real usher in a folder of its own, talks to it, kills it; and a real mail server.

Used by the checks in tests/live, tests/crash and tests/embed. Whatever is started here is ended here, by its
process id, also when a check fails.
"""
import atexit
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 60  # what takes longer hangs; sanitized builds on a busy machine need some seconds
LOOK_AGAIN_S = 0.02
# office.py preloads a clock. The search for leaks guesses where libraries that are loaded late keep what is each
# thread's own, by bytes in front of it that glibc does not write any more; a wrong guess ends it (exit code 1).
ASAN = "detect_leaks=1:abort_on_error=0:verify_asan_link_order=0:intercept_tls_get_addr=0"


# What people read of these commands is free of the workshop's words (tools/engine_words.txt).
PLAIN_COMMANDS = {"why", "history", "flows", "unsure", "plan", "reload", "retry", "resend", "hand-over", "next", "log",
                  "outbox", "held", "hold", "release"}
WORKSHOP = re.compile(r"\b(%s)\b" % "|".join(
    line.strip().replace("*", r"\w*") for line in (ROOT / "tools/engine_words.txt").read_text().splitlines()
    if line.strip() and not line.startswith("#")), re.IGNORECASE)


def plain(words, text):
    """Raises when the output of a command for people has a word of the workshop."""
    if words[:1] and words[0] in PLAIN_COMMANDS and "--json" not in words:
        found = WORKSHOP.search(text)
        if found:
            raise AssertionError("%s says '%s': %s" % (" ".join(map(str, words)), found.group(), text))


def find_build(name, *presets):
    """The path of a built file: beside $USHER, or in the first of build/PRESET that has it."""
    folders = [Path(os.environ["USHER"]).resolve().parent] if os.environ.get("USHER") else []
    folders += [ROOT / "build" / preset for preset in presets or ("dev", "release")]
    for folder in folders:
        if (folder / name).exists():
            return folder / name
    sys.exit("there is no %s: build it (./dev build), or name the program in the environment variable USHER" % name)


def seed():
    """Seeds the random instants, and prints the seed: USHER_SEED=N repeats a run as far as timing allows."""
    number = int(os.environ.get("USHER_SEED") or random.randrange(1 << 32))
    print("seed %d" % number)
    return random.Random(number)


def environment(**more):
    """Nobody's settings and secrets get in the way; files are not written beyond the folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("USHER_") and k != "CREDENTIALS_DIRECTORY"}
    kept.update(USER="office", LC_ALL="C.UTF-8", ASAN_OPTIONS=ASAN, LSAN_OPTIONS="print_suppressions=0", **more)
    return kept


def wait_until(what, look, patience_s=PATIENCE_S):
    """Looks again and again until the look is true; answers it."""
    end = time.monotonic() + patience_s
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > end:
            raise AssertionError("waited in vain until %s" % what)
        time.sleep(LOOK_AGAIN_S)


def free_port():
    """A port on which nobody listens just now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def at_most(what, got, limit):
    if got > limit:
        raise AssertionError("%s: %s, and at most %s was wanted" % (what, got, limit))


def at_least(what, got, limit):
    if got < limit:
        raise AssertionError("%s: %s, and at least %s was wanted" % (what, got, limit))


class Ended(Exception):
    """Nobody answers at the control socket."""


class Place:
    """A folder with a script, perhaps a configuration, and a database; and usher in it."""

    def __init__(self, script=None, config=None, files=None, program=None):
        self.folder = tempfile.TemporaryDirectory(prefix="usher-live-")
        self.path = Path(self.folder.name)
        self.program = str(program or find_build("usher"))
        self.process = None
        self.errors = self.path / "stderr.log"
        if script:
            self.write("script.lua", script)
        if config:
            self.write("usher.conf.lua", config)
        for name, text in (files or {}).items():
            self.write(name, text)
        atexit.register(self.close)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def close(self):
        self.kill()
        self.folder.cleanup()

    # ---- the engine ---------------------------------------------------------------------------------

    def start(self, *more, script="script.lua", **variables):
        """Starts `usher run` in the background; what it logs is added to stderr.log."""
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen([self.program, "run", *more, str(script)], cwd=self.path, stderr=errors,
                                            stdin=subprocess.DEVNULL, stdout=errors, env=environment(**variables))
        return self

    def run(self, *more, **variables):
        """Starts it and waits until it answers questions."""
        self.start(*more, **variables)
        wait_until("usher answers", self.answers)
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError("usher ended with %d: %s" % (self.process.returncode, self.log()[-3000:]))
        try:
            return self.ask("status")
        except Ended:
            return None

    def ask(self, what, **args):
        """One question over the control socket, as any program could put it."""
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(PATIENCE_S)
                s.connect(str(self.path / "usher.db.sock"))
                s.sendall(json.dumps(dict(args, ask=what)).encode() + b"\n")
                with s.makefile("rb") as lines:
                    line = lines.readline()
        except OSError as e:
            raise Ended(str(e)) from e
        if not line.endswith(b"\n"):
            raise Ended("the conversation broke off")
        return json.loads(line)

    def ask_in_background(self, what, **args):
        """Puts a question and does not wait for the answer, which may never come."""
        s = socket.socket(socket.AF_UNIX)
        s.connect(str(self.path / "usher.db.sock"))
        s.sendall(json.dumps(dict(args, ask=what)).encode() + b"\n")
        self.asked = s  # kept open: who has gone is not answered

    def rows(self, what, **args):
        answer = self.ask(what, **args)
        if "rows" not in answer:
            raise AssertionError("%s: %s" % (what, answer))
        return answer["rows"]

    def states(self):
        """How many flows are in which state."""
        return {row["state"]: row["n"] for row in self.rows("counts")}

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        """kill -9, if it runs. Answers whether it ran."""
        if self.process is None or self.process.poll() is not None:
            return False
        self.process.kill()
        self.process.wait()
        return True

    def stop(self):
        """SIGTERM; answers the exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def log(self):
        return self.errors.read_text(errors="replace") if self.errors.exists() else ""

    # ---- the commands -------------------------------------------------------------------------------

    def command(self, *words, preexec=None, **variables):
        """Runs another command of usher to its end: exit code, stdout, stderr."""
        done = subprocess.run([self.program, *map(str, words)], cwd=self.path, env=environment(**variables),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S,
                              preexec_fn=preexec)
        plain(words, done.stdout + done.stderr)
        return done.returncode, done.stdout, done.stderr

    def json(self, *words):
        code, out, errors = self.command(*words, "--json")
        if code:
            raise AssertionError("%s ended with %d: %s" % (" ".join(map(str, words)), code, errors))
        return json.loads(out)


class MailServer:
    """aiosmtpd in a process of its own (mail_sink.py). What it accepted is in its files before it says so."""

    def __init__(self, slow_ms=0):
        self.folder = tempfile.TemporaryDirectory(prefix="usher-sink-")
        self.record = Path(self.folder.name) / "accepted"
        self.record.touch()
        command = [sys.executable, str(ROOT / "tests/support/mail_sink.py"), str(self.record), str(slow_ms),
                   self.folder.name]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        atexit.register(self.close)
        self.port = int(self.process.stdout.readline())

    def accepted(self):
        """Every mail that was answered with 250, in order: (recipient, Message-ID)."""
        return [tuple(line.split("\t")) for line in self.record.read_text().splitlines()]

    def mails(self):
        """The same with the mail itself: (recipient, its bytes)."""
        return [(to, (self.record.parent / ("%d.eml" % n)).read_bytes())
                for n, (to, _) in enumerate(self.accepted(), start=1)]

    def config(self, **more):
        smtp = dict(host="127.0.0.1", port=self.port, tls="none", hello="usher.example", **more)
        return "smtp = { %s }\n" % ", ".join("%s = %s" % (k, json.dumps(v)) for k, v in smtp.items())

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()
