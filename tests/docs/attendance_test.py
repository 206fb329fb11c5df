#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The chapter about attendance, followed to the letter."""
import sys

import page

if __name__ == "__main__":
    sys.exit(page.main("attendance.md", 7))
