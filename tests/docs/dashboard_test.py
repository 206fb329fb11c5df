#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The organisers' chapter: its commands print what it shows, and its table of roles is the one that is in force."""
import re
import subprocess
import sys

import page

ACTS = ["see", "answer", "approve", "try", "decide", "trail", "show", "steer"]  # the columns of the chapter's table


def table_of_the_chapter():
    rows = re.findall(r"^\| (owner|organiser|approver|host|viewer) \|(.*)\|$", (page.ROOT / "docs/dashboard.md").read_text(),
                      re.M)
    return {role: {act: cell.strip() == "yes" for act, cell in zip(ACTS, cells.split("|"))} for role, cells in rows}


def table_in_force():
    script = """package.path = "scripts/?.lua;" .. package.path
    for act, who in pairs(require("usher.office.roles").table()) do
      for role in pairs(who) do print(act, role) end end"""
    printed = subprocess.run(["lua5.4", "-e", script], cwd=page.ROOT, check=True, capture_output=True, text=True).stdout
    may = {tuple(line.split("\t")) for line in printed.splitlines()}
    return {role: {act: (act, role) in may for act in ACTS} for role in sorted({role for _, role in may})}


if __name__ == "__main__":
    same = table_of_the_chapter() == table_in_force()
    print("ok    the table of roles" if same else "FAIL  the table of roles: %s" % table_in_force())
    sys.exit(page.main("dashboard.md", 7, more=[same]))
