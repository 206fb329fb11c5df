# SPDX-License-Identifier: MIT
"""A page of docs/, followed to the letter: its files are written and its commands typed, in an empty folder.

What the page shows under a command must be what the command prints. Blocks of the page are told apart by the words
after their three backticks, which a reader does not see:
  text FILE, lua FILE     a file to write
  console                 commands and what they print
  console running         a command that goes on until the next block 'console stopped', which shows what it printed
  console with "A" as "B" [and "C" as "D"] in FILE    the same after a slip in FILE, which is put right again
--bless writes what is printed into the page; read it before you believe it.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)
PATIENCE = 200  # seconds: a rehearsal with crashes, under sanitizers, on a busy machine


def find_usher():
    for path in (os.environ.get("USHER"), ROOT / "build/dev/usher", ROOT / "build/release/usher"):
        if path and os.access(path, os.X_OK):
            return Path(path).resolve()
    sys.exit("tests/docs: there is no usher: build it, or name it in the environment variable USHER")


def plain(text):
    """Without what differs between machines and days: the release of the zone files, the times of log lines, the
    port of practice, keys in links; and without the number of crashes that were played, which grows with the engine.
    That nothing was lost stays."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8080", text)
    text = re.sub(r"/login/[\w-]+", "/login/TOKEN", text)
    text = re.sub(r"tz data \S+", "tz data 2025b", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8080", text)  # another port when that is taken
    text = re.sub(r"/login/\S+", "/login/...", text)  # nobody can know the next one
    text = re.sub(r"^\d+ crashes: (\d+ lost).*", r"crashes: \1", text, flags=re.M)
    return re.sub(r"^\d{4}-\d\d-\d\dT[\d:.]+Z ", "", text, flags=re.M)


class Reader:
    """Somebody with the page in hand: a folder, a window or two."""

    def __init__(self, usher, home):
        self.folder = home
        self.running = None
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("USHER_")}
        self.environment["PATH"] = f"{home / 'bin'}:{os.environ['PATH']}"
        (home / "bin").mkdir()
        (home / "bin/usher").symlink_to(usher)

    def type(self, command):
        if command.startswith("cd "):
            self.folder = (self.folder / command[3:]).resolve()
            return ""
        done = subprocess.run(command, shell=True, cwd=self.folder, env=self.environment, text=True,
                              timeout=PATIENCE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return done.stdout

    def start(self, command):
        """Comes back when the engine answers and has nothing on its way."""
        self.running = subprocess.Popen("exec " + command, shell=True, cwd=self.folder, env=self.environment,
                                        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        until = time.monotonic() + PATIENCE
        while not (self.folder / "usher.db.sock").exists() or " ready" in self.type("usher flows"):
            if self.running.poll() is not None or time.monotonic() > until:
                break
            time.sleep(0.05)

    def stop(self):
        self.running.send_signal(signal.SIGINT)
        printed, _ = self.running.communicate(timeout=PATIENCE)
        code, self.running = self.running.returncode, None
        return printed if code == 0 else f"{printed}(ended with code {code})\n"

    def slip(self, words):
        """Makes the slips that a block's words describe; answers with the file and what it was."""
        slips, name = re.fullmatch(r' with (.+) in (\S+)', words).groups()
        path = self.folder / name
        right = wrong = path.read_text()
        for before, after in re.findall(r'"(.+?)" as "(.+?)"(?= and |$)', slips):
            assert before in wrong, f"{name} has no {before}"
            wrong = wrong.replace(before, after, 1)
        path.write_text(wrong)
        return path, right


def follow(reader, kind, words, body):
    """Does what a block says; what the block would have to show, or None when there is nothing to show."""
    if kind != "console":
        (reader.folder / words.strip()).write_text(body)
        return None
    if words == " stopped":
        return reader.stop()
    slipped = reader.slip(words) if words.startswith(" with ") else None
    commands = [line[2:] for line in body.splitlines() if line.startswith("$ ")]
    if words == " running":
        reader.start(commands[0])
        return body
    shown = "".join(f"$ {command}\n{reader.type(command)}" for command in commands)
    if slipped:
        slipped[0].write_text(slipped[1])
    return shown


def main(name, blocks_least, more=()):
    """Follows docs/NAME, which has so many blocks at least; more: what else was checked. The exit code."""
    bless = "--bless" in sys.argv
    file = ROOT / "docs" / name
    page = file.read_text()
    home = Path(tempfile.mkdtemp(prefix="usher-docs-"))
    reader = Reader(find_usher(), home)
    passed, failed = sum(more), len(more) - sum(more)
    pieces, end = [], 0
    try:
        for block in BLOCK.finditer(page):
            kind, words, body = block.groups()
            shown = follow(reader, kind, words, body)
            line = page.count("\n", 0, block.start()) + 1
            title = f"line {line}: {body.splitlines()[0] if body.strip() else 'Ctrl-C'}"
            if shown is None or plain(shown) == plain(body):
                passed += 1
                print(f"ok    {title}")
            elif bless:
                pieces += [page[end:block.start(3)], shown]
                end = block.end(3)
                print(f"new   {title}")
            else:
                failed += 1
                print(f"FAIL  {title}\n--- the page shows\n{body}--- the reader sees\n{shown}---")
    finally:
        if reader.running:
            reader.running.kill()
            reader.running.wait()
        shutil.rmtree(home)
    if bless:
        file.write_text("".join(pieces) + page[end:])
    if passed + failed < blocks_least and not bless:
        failed += 1
        print("FAIL  the page has fewer blocks than it had: are they still marked?")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0

