#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Broken scripts and what `usher check` says of each: one sentence, the place, the word, what to do; exit 1.

A list of people gets one more line for each bad row, so that a spreadsheet is corrected in one go.
NN-name.expect holds what is printed for NN-name.lua. --bless writes it anew; read it before you believe it.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PLACE = re.compile(r"\d\d-[a-z-]+\.(lua|csv):\d+: ")
ROW = re.compile(r"  \S+\.csv:\d+: ")


def find_usher():
    for path in (os.environ.get("USHER"), ROOT / "build/dev/usher", ROOT / "build/release/usher"):
        if path and os.access(path, os.X_OK):
            return Path(path).resolve()
    sys.exit("errors_test.py: there is no usher: build it, or name it in the environment variable USHER")


def check(usher, script):
    """What `usher check` prints on both channels, and its exit code. Nobody's secrets are in its way."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("USHER_SECRET_")}
    environment.pop("CREDENTIALS_DIRECTORY", None)
    done = subprocess.run([usher, "check", script.name], cwd=HERE, env=environment, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout, done.returncode


def complaints(text, code, golden):
    """What is wrong with an answer, in words."""
    if code != 1:
        yield f"it ended with code {code}, not 1"
    if not PLACE.search(text):
        yield "it names no file and line"
    first, *rows = text.rstrip("\n").split("\n")
    if any(not ROW.match(row) for row in rows):
        yield "it is more than one sentence"
    if golden is None:
        yield "nobody has blessed it yet (--bless)"
    elif text != golden:
        yield f"it used to say: {golden.rstrip()}"


def main():
    usher, bless = find_usher(), "--bless" in sys.argv[1:]
    passed = failed = 0
    for script in sorted(HERE.glob("[0-9][0-9]-*.lua")):
        expected = script.with_suffix(".expect")
        text, code = check(usher, script)
        if bless:
            expected.write_text(text)
        wrong = list(complaints(text, code, expected.read_text() if expected.exists() else None))
        passed, failed = passed + (not wrong), failed + bool(wrong)
        print("FAIL " if wrong else "ok   ", script.stem)
        if wrong or bless:
            print("      " + text.rstrip().replace("\n", "\n      "))
        for line in wrong:
            print("    * " + line)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
