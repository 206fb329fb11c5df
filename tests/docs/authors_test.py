#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The worked example for authors of flows, and what is said when a flow does what it may not."""
import sys

import page

if __name__ == "__main__":
    sys.exit(page.main("authors.md", 13))
