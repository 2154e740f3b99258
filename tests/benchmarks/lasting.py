"""``python -m tests.benchmarks.lasting``: `dev.py up` whose supervisor brings back whatever is killed, every time.

The product's own lets rest what ends again and again, because it is broken; here it is we who end it.
"""

from __future__ import annotations

import sys

from marketplace.local import processes, up

RESTARTS_MAX = 10_000

if __name__ == "__main__":
    processes.RESTARTS_MAX = RESTARTS_MAX
    processes.RESTART_DELAY_SECONDS_MAX = processes.RESTART_DELAY_SECONDS
    sys.exit(up.main(sys.argv[1:]))
