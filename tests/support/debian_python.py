# SPDX-License-Identifier: MIT
"""debian_python: some modules belong to Debian's Python, and another one may come first in PATH."""
import importlib.util
import os
import sys

DEBIANS = "/usr/bin/python3"


def need(*modules):
    """Starts this very program anew under Debian's Python, unless all of these modules are at hand."""
    if sys.executable != DEBIANS and not all(map(importlib.util.find_spec, modules)):
        os.execv(DEBIANS, [DEBIANS] + sys.argv)
