"""`dev.py reset`: forgets what the embedded stores of this tree hold, and nothing else."""

from __future__ import annotations

import os
import sys

from marketplace.local import outside, state


def main() -> int:
    """Empty the state folder; refuses while a stack runs on it or a store outside is named."""
    chosen = state.chosen(os.environ)
    try:
        outside.refuse(os.environ, "dev.py reset")
        if not chosen.folder.exists():
            print("There is nothing to forget.")
            return 0
        with state.held(chosen):
            state.empty(chosen)
    except (outside.OutsideError, state.StateError) as no:
        print(no, file=sys.stderr)
        return 1
    print(f"Forgotten: {chosen.folder}. The next `python3 dev.py up` begins anew.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
