#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the briefing costs while it sleeps: processor time (printed), memory and size of the binary (limits)."""
import os
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, main

MIB = 1 << 20
PRIVATE_MAX = 10 * MIB
RESIDENT_MAX = 20 * MIB
BINARY_MAX = 4 * MIB  # a quarter of it are the words, a quarter lines for stack traces
WATCH_S = 20  # at 0.1 % that is two ticks of the processor's clock

USHER = live.find_build("usher", "release")
BRIEFING = live.ROOT / "examples/03-briefing-2021/hlb.lua"


def memory(pid):
    """Bytes by name, of all mappings together: Rss, Private_Clean, Private_Dirty..."""
    lines = Path("/proc/%d/smaps_rollup" % pid).read_text()
    return {name: int(kib) * 1024 for name, kib in re.findall(r"^(\w+): +(\d+) kB", lines, re.M)}


def processor_s(pid):
    """Seconds of processor time so far, to the nanosecond where the kernel counts so finely."""
    total_ns = 0
    for thread in Path("/proc/%d/task" % pid).iterdir():
        total_ns += int((thread / "schedstat").read_text().split()[0])
    return total_ns / 1e9


def wake_ups(pid):
    """How often its threads went to sleep of their own accord."""
    texts = [(thread / "status").read_text() for thread in Path("/proc/%d/task" % pid).iterdir()]
    return sum(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M).group(1)) for text in texts)


def asleep(place):
    status = place.ask("status")["reply"]
    states = place.states()
    return status["on_the_way"] == 0 and status["flows_in_memory"] == 0 and states.get("waiting", 0) > 0 \
        and states.get("ready", 0) == 0


def check_the_sleeping_briefing_is_small():
    with live.Place(program=USHER) as place:
        place.run("--as-if", "1 Feb 2021 09:00 Asia/Thimphu", script=BRIEFING)
        live.wait_until("everything sleeps", lambda: asleep(place))
        flows, pid = sum(place.states().values()), place.process.pid
        cpu_s, woken = processor_s(pid), wake_ups(pid)
        time.sleep(WATCH_S)
        cpu_s, woken = processor_s(pid) - cpu_s, wake_ups(pid) - woken
        used = memory(pid)
        equal(place.stop(), 0)
    print("%d flows asleep: %.4f %% processor over %d s (%d wake-ups), %.1f MiB private, %.1f MiB resident"
          % (flows, 100 * cpu_s / WATCH_S, WATCH_S, woken, used["Private_Dirty"] / MIB, used["Rss"] / MIB))
    # Private is what only this process can have: pages that it has written. Pages of libraries' files that
    # nobody else happens to use at the moment are named apart, because they depend on what else runs here.
    print("and %.1f MiB of libraries' files that no other process uses now" % (used["Private_Clean"] / MIB))
    live.at_most("private bytes", used["Private_Dirty"], PRIVATE_MAX)
    live.at_most("resident bytes", used["Rss"], RESIDENT_MAX)


def check_the_release_binary_is_small():
    size = os.stat(USHER).st_size
    print("%s: %.2f MiB" % (USHER, size / MIB))
    live.at_most("bytes of the binary", size, BINARY_MAX - 1)


main(globals())
