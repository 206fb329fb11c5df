#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""There is no moment at which an unfinished flow has neither somebody who wakes it nor a sentence that says why.

Every example and every scenario is played with guests who accept, decline and keep silent, and with crashes; the
look is made before each move of the clock (core/engine/owners.h).
"""
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))
import live  # noqa: E402


def scripts():
    """Those that can be played: parts of an example and scripts that are wrong on purpose are not."""
    paths = sorted(ROOT.glob("examples/*/*.lua")) + sorted(ROOT.glob("tests/scenario/*.lua"))
    return [str(path.relative_to(ROOT)) for path in paths]


def main():
    usher = str(live.find_build("usher"))
    variables = live.environment(USHER_SECRET_ZOOM_LINK="https://zoom.example/j/1")
    passed = failed = looks = 0
    for script in scripts():
        checked = subprocess.run([usher, "check", script], cwd=ROOT, env=variables, capture_output=True, timeout=120)
        if checked.returncode:
            continue
        done = subprocess.run([usher, "selftest", "owners", script], cwd=ROOT, env=variables, capture_output=True,
                              text=True, timeout=300)
        counted = re.search(r": (\d+) looks in 6 plays: nobody was without an owner", done.stdout)
        fine = done.returncode == 0 and counted and int(counted.group(1)) > 0
        passed, failed = passed + bool(fine), failed + (not fine)
        looks += int(counted.group(1)) if counted else 0
        print(("ok   " if fine else "FAIL ") + (done.stdout + done.stderr).rstrip())
    print("%d looks" % looks)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
