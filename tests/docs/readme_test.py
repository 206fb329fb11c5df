#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What README.md and docs/operators.md show is so: the rehearsal, the small C program, the settings, the unit.

--bless takes the rehearsal's new text into README.md; read it, and take a new docs/images/rehearsal.png as well.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import page

ROOT = page.ROOT
EXPOSURE_MAX = 1.5  # systemd's own measure, 0 to 10; what is left is the network


def run(command, folder, **more):
    done = subprocess.run(command, cwd=folder, text=True, timeout=page.PATIENCE, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    return done.returncode, done.stdout


def block(file, language, word):
    """The block of a page that begins with that language and holds that word."""
    for kind, _, body in page.BLOCK.findall((ROOT / file).read_text()):
        if kind == language and word in body:
            return body
    raise AssertionError(f"{file} has no {language} block with {word}")


def the_readme_shows_what_the_briefing_rehearses(usher, folder):
    shown = block("README.md", "console", "./dev run").split("\n", 2)[2]
    _, printed = run([usher, "rehearse", "--out", folder / "rehearsal",
                      "examples/03-briefing-2021/hlb.lua"], ROOT)
    printed = printed.replace(f"{folder}/", "")
    if "--bless" in sys.argv:
        readme = ROOT / "README.md"
        readme.write_text(readme.read_text().replace(shown, printed))
    return page.plain(printed) == page.plain(shown), printed


def the_readmes_program_compiles_and_runs(usher, folder):
    library = Path(os.environ.get("USHER_LIBRARY", usher.parent))
    (folder / "hello.c").write_text(block("README.md", "c", "usher_open"))
    sanitizers = ["-fsanitize=address,undefined"] if "dev" in usher.parent.name else []
    code, printed = run(["cc", "-std=c11", "-Wall", "-Werror", *sanitizers, "hello.c", "-I", ROOT / "include",
                         "-L", library, f"-Wl,-rpath,{library}", "-lusher", "-o", "hello"], folder)
    if code == 0:  # there is no hello.lua: it says so
        code, printed = run(["./hello"], folder)
        return code == 1 and "hello.lua can't be read" in printed, printed
    return False, printed


def every_setting_of_the_page_is_taken(usher, folder):
    settings = block("docs/operators.md", "lua", "smtp = {")
    known = re.findall(r'\{(?:NULL|"\w+"), "(\w+)", "\w+"\}', (ROOT / "core/lua/config.c").read_text())
    missing = [name for name in known if not re.search(rf"\b{name} =", settings)]
    (folder / "all.conf.lua").write_text(settings)
    (folder / "empty.lua").write_text('usher.describe { id = "empty" }\n')
    code, printed = run([usher, "check", "--config", "all.conf.lua", "empty.lua"], folder,
                        env={**os.environ, "USHER_SECRET_smtp_password": "x", "USHER_SECRET_mailbox_password": "x"})
    return code == 0 and not missing, printed + f"not on the page: {missing}\n"


def the_unit_leaves_nothing_open_but_the_network(_, folder):
    if not shutil.which("systemd-analyze"):
        return True, ""
    _, printed = run(["systemd-analyze", "security", "--offline=true", ROOT / "docs/usher.service"], folder)
    score = re.search(r"exposure level for \S+: ([\d.]+)", printed)
    return bool(score) and float(score.group(1)) <= EXPOSURE_MAX, printed[-200:]


def main():
    usher, passed, failed = page.find_usher(), 0, 0
    for test in (the_readme_shows_what_the_briefing_rehearses, the_readmes_program_compiles_and_runs,
                 every_setting_of_the_page_is_taken, the_unit_leaves_nothing_open_but_the_network):
        with tempfile.TemporaryDirectory(prefix="usher-docs-") as folder:
            fine, seen = test(usher, Path(folder))
        passed, failed = passed + fine, failed + (not fine)
        print(f"{'ok   ' if fine else 'FAIL '} {test.__name__}" + ("" if fine else f"\n{seen}"))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
