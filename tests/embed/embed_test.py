#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""libusher in another program: examples/embed, compiled against nothing but usher.h and libusher.so, run, and
killed; what the library exports; and that usher.h is plain C and C++.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

EXAMPLE = live.ROOT / "examples/embed"
HEADER = live.ROOT / "include"
LIBRARY = live.find_build("libusher.so")
KILLS = 25
PATIENCE_S = 60

random = live.seed()
folder = tempfile.TemporaryDirectory(prefix="usher-embed-")
home = Path(folder.name)

EVENING = (["lamp {\"on\":true,\"room\":%d}" % room for room in (1, 2, 3)]
           + ["lamp {\"on\":false,\"room\":%d}" % room for room in (1, 2, 3)]
           + ["report {\"rooms\":3,\"watts\":120}"])


def is_sanitized():
    return b"__asan_init" in LIBRARY.read_bytes()


def compiled(source=EXAMPLE / "embed.c", name="embed", compiler="cc", options=("-std=c11",)):
    """The program, built as its user would build it (with the library's sanitizers, when it has some)."""
    program = home / name
    checked = ["-fsanitize=address,undefined"] if is_sanitized() else []
    command = [compiler, *options, "-Wall", "-Wextra", "-Werror", *checked, "-I", HEADER, source, "-o", program,
               "-L", LIBRARY.parent, "-lusher", "-Wl,-rpath," + str(LIBRARY.parent)]
    done = subprocess.run(command, capture_output=True, text=True)
    equal((done.returncode, done.stderr), (0, ""))
    return program


def evening(program, database):
    done = subprocess.run([program, EXAMPLE / "evening.lua", home / database], capture_output=True, text=True,
                          timeout=PATIENCE_S, env=live.environment(), cwd=home)
    equal((done.returncode, done.stderr), (0, ""))
    return done.stdout.splitlines()


def work_in(lines):
    return [line for line in lines if not line.startswith("begin ")]


def check_the_example_compiles_runs_and_ends():
    program = compiled()
    lines = evening(program, "evening.db")
    equal(work_in(lines), EVENING)
    equal([line for line in lines if line.startswith("begin ")][0], "begin effect:on/room1")
    equal(evening(program, "evening.db"), ["this evening is over"])


def killed_life(program, database, lines_max):
    """Starts the evening, kills it as soon as it has printed a few lines; answers all that it printed."""
    process = subprocess.Popen([program, EXAMPLE / "evening.lua", home / database], stdout=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, env=live.environment(), cwd=home, text=True)
    first = [process.stdout.readline() for _ in range(random.randint(1, lines_max))]
    process.kill()
    lines = (first + process.stdout.readlines())
    process.stdout.close()
    process.wait()
    return [line.rstrip("\n") for line in lines if line.endswith("\n")]


def check_killed_at_any_moment_it_goes_on_and_every_repeat_has_the_same_key():
    program, lines, kills = compiled(), [], 0
    while kills < KILLS and not any("report" in line for line in lines):
        lines += killed_life(program, "killed.db", 4)
        kills += 1
    lines += evening(program, "killed.db")
    work = [line for line in work_in(lines) if line != "this evening is over"]
    begun = [line for line in lines if line.startswith("begin ")]
    once = sorted(set(work), key=work.index)
    print("%d kills: %d pieces of work, %d repeats" % (kills, len(once), len(work) - len(once)))
    equal(once, EVENING)
    equal(len(set(begun)), len(EVENING))
    live.at_most("repeats", len(work) - len(once), kills)


def check_what_cannot_be_opened_says_so_with_its_exit_code():
    program = compiled()
    done = subprocess.run([program, EXAMPLE / "evening.lua", home / "nowhere/evening.db"], capture_output=True,
                          text=True, timeout=PATIENCE_S, env=live.environment(), cwd=home)
    equal(done.returncode, 3)
    holds(done.stderr, "nowhere/evening.db")
    done = subprocess.run([program, home / "no.lua", home / "other.db"], capture_output=True, text=True,
                          timeout=PATIENCE_S, env=live.environment(), cwd=home)
    equal(done.returncode, 1)
    holds(done.stderr, "no.lua")


def check_the_library_exports_only_what_begins_with_usher():
    names = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], capture_output=True, text=True, check=True).stdout
    exported = sorted({line.split()[-1].split("@")[0] for line in names.splitlines()})
    foreign = [name for name in exported if not name.startswith("usher_")]
    equal([name for name in foreign if not is_sanitized() or not re.match(r"_*(asan|odr_asan|ubsan|lsan)", name)], [])
    declared = sorted(set(re.findall(r"USHER_API\b[^;]*?\b(usher_\w+)\(", (HEADER / "usher.h").read_text())))
    equal([name for name in exported if name.startswith("usher_")], declared)
    print("%d functions exported, the same that usher.h declares" % len(declared))


def check_the_header_stands_alone_in_c99_and_in_cplusplus():
    for compiler, language, standard in (("cc", "c", "c99"), ("c++", "c++", "c++11")):
        if not shutil.which(compiler):
            print("no %s on this machine: not tried" % compiler)
            continue
        command = [compiler, "-x", language, "-std=" + standard, "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                   "-fsyntax-only", HEADER / "usher.h"]
        done = subprocess.run(command, capture_output=True, text=True)
        equal((standard, done.returncode, done.stderr), (standard, 0, ""))


main(globals())
