"""The list of codes: what can be wrong with a brand's file, how grave it is, the reason and the mend.

The sentences are English sources with named places, translated in ``imports.po``. The list is documented in
``docs/import.md``; programs rely on the codes, so a code keeps its meaning for ever.
"""

from __future__ import annotations

from marketplace.domain.imports.codes.kinds import Kind, Severity
from marketplace.domain.imports.codes.of_files import FILE, LACKS
from marketplace.domain.imports.codes.of_photographs import PHOTOGRAPHS
from marketplace.domain.imports.codes.of_rows import CELLS, RULES

_ALL = (*FILE, *LACKS, *CELLS, *RULES, *PHOTOGRAPHS)

KINDS: dict[str, Kind] = {kind.code: kind for kind in _ALL}
assert len(KINDS) == len(_ALL)

__all__ = ("KINDS", "Kind", "Severity")
