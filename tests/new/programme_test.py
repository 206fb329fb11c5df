#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A programme that was pasted from a letter, as a list for the script: `usher import programme.txt`."""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

EXAMPLE = live.ROOT / "examples/03-briefing-2021"


def usher(folder, *words):
    done = subprocess.run([str(live.find_build("usher")), *words], cwd=folder, env=live.environment(), text=True,
                          timeout=100, stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode, done.stdout, done.stderr


def played(folder):
    code, told, _ = usher(folder, "rehearse", "hlb.lua")
    equal(code, 0)
    return [line for line in told.splitlines() if "read as headings" not in line]


def check_the_letters_programme_is_printed_as_lua():
    code, lua, _ = usher(EXAMPLE, "import", "programme.txt")
    equal(code, 0)
    holds(lua, '  { "14:05-14:10", "Remarks by Mr. Kiyoug Ko, Director, APCICT/ESCAP", section = "Opening Session" },')
    holds(lua, '  { "Group Photo", section = "Opening Session" },')
    holds(lua, '  { "16:25-16:30", "Closing remarks", section = "Presentation" },')


def check_what_is_printed_makes_the_same_event_as_the_file():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "event"
        shutil.copytree(EXAMPLE, folder)
        before, lua = played(folder), usher(folder, "import", "programme.txt")[1]
        script = (folder / "hlb.lua").read_text()
        said = 'programme "programme.txt" -- as it stands in the letter, pasted\n'
        holds(script, said)
        (folder / "hlb.lua").write_text(script.replace(said, lua))
        equal(played(folder), before)


def check_what_is_no_programme_is_refused_in_words():
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "empty.txt").write_text("\n|---|\n")
        code, told, errors = usher(name, "import", "empty.txt")
        equal((code, told), (1, ""))
        holds(errors, "empty.txt: no line of it is an item of a programme")


main(globals())
