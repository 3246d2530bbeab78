#!/usr/bin/env python
"""The spare key: runs Goldpan's commands from a checkout, installed or not."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
for source_root in (ROOT, ROOT / "platform"):
    if str(source_root) not in sys.path:
        sys.path.insert(0, str(source_root))

from config.cli import main  # noqa: E402  (the source roots come first)

if __name__ == "__main__":
    main()
