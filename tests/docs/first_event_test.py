#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An organiser follows "your first event in ten minutes" from an empty folder, with only what is printed there."""
import sys

import page

if __name__ == "__main__":
    sys.exit(page.main("first-event.md", 20))
