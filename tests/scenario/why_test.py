#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`usher why NAME` of a running engine: what a flow waits for, since when, what comes next, or why it ended.

A real mail server of ours on a free port takes, refuses and loses mails; every fate is asked about.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import live  # noqa: E402
from smtp_peer import Peer  # noqa: E402

SCRIPT = """
usher.describe { id = "why", zone = "Asia/Thimphu" }
local function send(box, more)
  local mail = { "invitation", to = box .. "@x.example", from = "office@x.example", subject = "s", text = "t" }
  for k, v in pairs(more or {}) do mail[k] = v end
  return usher.mail(mail)
end
local far <const> = usher.time.at("2037-02-25 14:00", "Asia/Thimphu")
local past <const> = usher.time.at("2021-02-25 14:00", "Asia/Thimphu")
local lives <const> = {
  moment = function() usher.due("reminder", far) end,
  answer = function() usher.wait("rsvp", { deadline = far }) end,
  again = function() return send("dot-451") end,
  unsure = function() return send("cut-dot") end,
  refused = function() return send("rcpt-550") end,
  arrived = function() return send("ok") end,
  late = function()
    local in_time, why = usher.due("reminder", past, { late = "never" })
    return in_time or { skipped = why }
  end,
  broken = function() error("there is no hall") end,
  endless = function() while true do end end,
}
usher.flow("life", function(which) return lives[which]() end)
for which in pairs(lives) do
  usher.start("life", { key = which, label = "Guest " .. which, input = which })
end
"""

# What must stand in the answer, as patterns. A moment is a day, a time and a place or an offset from UTC.
MOMENT = r"\d\d:\d\d"
EXPECTED = {
    "moment": [r"life for Guest moment", "waits until .*2037.*" + MOMENT + ", since .*" + MOMENT, "goes on by itself"],
    "answer": [r"life for Guest answer", "waits for 'rsvp' since .*" + MOMENT, "without it.* 2037.*" + MOMENT],
    "again": [r"life for Guest again", r"did not get through \(1 try, the last .*" + MOMENT,
              r"tried again .*" + MOMENT, "451"],
    "unsure": [r"life for Guest unsure", "left .*" + MOMENT, "not known whether it arrived",
               r"to do: .*usher unsure \d+ again"],
    "refused": [r"life for Guest refused", "was not delivered, .*" + MOMENT, "550",
                "to do: correct the address, then: usher resend 'life' 'refused'"],
    "arrived": [r"life for Guest arrived", "was sent .*" + MOMENT],
    "late": [r"life for Guest late", "was not sent, .*" + MOMENT + ".* late"],
    "broken": [r"life for Guest broken", r"stopped .*" + MOMENT + r": .*why\.lua:\d+: there is no hall",
               r"to do: put the script right, then: usher retry \d+"],
    "endless": [r"life for Guest endless", "was stopped .*" + MOMENT + ".*computed too long", r"to do: .*usher retry \d+"],
}
SETTLED = {"moment": "waiting", "answer": "waiting", "again": "waiting", "unsure": "waiting", "refused": "done",
           "arrived": "done", "late": "done", "broken": "failed", "endless": "over-budget"}
SECONDS_MAX = 60  # for a machine that is busy; all is settled in one or two


def find_usher():
    for path in (os.environ.get("USHER"), ROOT / "build/dev/usher", ROOT / "build/release/usher"):
        if path and os.access(path, os.X_OK):
            return str(Path(path).resolve())
    sys.exit("why_test.py: there is no usher: build it, or name it in the environment variable USHER")


def ask(usher, folder, *words):
    done = subprocess.run([usher, *words], cwd=folder, text=True, stdin=subprocess.DEVNULL, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    live.plain(words, done.stdout)
    return done.stdout, done.returncode


def is_settled(usher, folder):
    text, code = ask(usher, folder, "flows", "--json")
    if code:
        return False
    states = {row["key"]: row["state"] for row in json.loads(text)["rows"]}
    answers = "".join(ask(usher, folder, "why", key)[0] for key in ("again", "unsure"))
    return states == SETTLED and "did not get through" in answers and "not known" in answers


def wait_until_settled(usher, folder, engine):
    deadline = time.monotonic() + SECONDS_MAX
    while not Path(folder, "usher.db.sock").exists() and engine.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)  # a command that comes before the engine would have the file for itself
    while not is_settled(usher, folder):
        if engine.poll() is not None or time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def checks(usher, folder, engine):
    """Pairs of a name and what is wrong, or ''."""
    if not wait_until_settled(usher, folder, engine):
        yield "every flow gets where it belongs", ask(usher, folder, "flows")[0]
        return
    for key, patterns in EXPECTED.items():
        text, code = ask(usher, folder, "why", key)
        missing = [p for p in patterns if not re.search(p, text)]
        wrong = f"exit code {code}" if code else f"{missing} is not in: {text}" if missing else ""
        yield f"why {key} says it", wrong
        yield f"why {key} fits on one screen", text if text.count("\n") > 24 else ""
    text, code = ask(usher, folder, "why", "nobody")
    yield "why of nobody is an error with words", "" if code == 1 and "'nobody'" in text else f"{code}: {text}"
    engine.terminate()
    yield "SIGTERM ends usher with 0", "" if engine.wait(timeout=60) == 0 else f"code {engine.returncode}"
    text, code = ask(usher, folder, "why", "moment")
    yield "why is answered from the file, too", "" if code == 0 and "waits until" in text else f"{code}: {text}"


def main():
    usher, peer = find_usher(), Peer()
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="usher-why-") as folder:
        Path(folder, "why.lua").write_text(SCRIPT)
        Path(folder, "usher.conf.lua").write_text(
            f'smtp = {{ host = "127.0.0.1", port = {peer.port}, tls = "none" }}\n')
        with open(Path(folder, "log"), "w", encoding="utf-8") as log:
            engine = subprocess.Popen([usher, "run", "why.lua"], cwd=folder, stdin=subprocess.DEVNULL, stdout=log,
                                      stderr=subprocess.STDOUT)
        try:
            for name, wrong in checks(usher, folder, engine):
                passed, failed = passed + (not wrong), failed + bool(wrong)
                print("FAIL " if wrong else "ok   ", name)
                if wrong:
                    print("    * " + wrong.rstrip())
            if failed:
                print(Path(folder, "log").read_text())
        finally:
            engine.kill()
            engine.wait()
            peer.close()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
