"""``python -m marketplace.cli`` is the ``aubaine`` command."""

from __future__ import annotations

import sys

from marketplace.cli import main

if __name__ == "__main__":
    sys.exit(main())
