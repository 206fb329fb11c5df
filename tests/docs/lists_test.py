#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An organiser merges a newer list into the one that the script reads, with only what docs/lists.md says."""
import sys

import page

if __name__ == "__main__":
    sys.exit(page.main("lists.md", 5))
