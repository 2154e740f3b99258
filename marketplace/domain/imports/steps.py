"""The steps of an import, and what may become of a row."""

from __future__ import annotations

from enum import StrEnum

from marketplace.domain.lifecycle import Lifecycle


class ImportState(StrEnum):
    """Where an import stands. Work happens in ``reading``, ``judging``, ``applying`` and ``undoing`` only."""

    UPLOADED = "uploaded"
    READING = "reading"
    MAPPING = "mapping"
    JUDGING = "judging"
    PREVIEWED = "previewed"
    APPLYING = "applying"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


IMPORT_LIFECYCLE = Lifecycle(
    "import",
    {
        ImportState.UPLOADED: (ImportState.READING, ImportState.FAILED, ImportState.CANCELLED),
        ImportState.READING: (ImportState.MAPPING, ImportState.FAILED, ImportState.CANCELLED),
        ImportState.MAPPING: (ImportState.JUDGING, ImportState.READING, ImportState.CANCELLED),
        ImportState.JUDGING: (ImportState.PREVIEWED, ImportState.FAILED, ImportState.CANCELLED),
        ImportState.PREVIEWED: (ImportState.APPLYING, ImportState.MAPPING, ImportState.CANCELLED),
        ImportState.APPLYING: (ImportState.FINISHED, ImportState.FAILED),
        ImportState.FINISHED: (ImportState.UNDOING,),
        ImportState.UNDOING: (ImportState.UNDONE,),
        ImportState.UNDONE: (),
        ImportState.FAILED: (ImportState.READING, ImportState.CANCELLED),
        ImportState.CANCELLED: (),
    },
)


class RowVerdict(StrEnum):
    """What will happen with a row.

    ``extra`` rows only add a photograph or are a parent without units; ``spread`` ones hold several
    sizes side by side, each of which has its own verdict.
    """

    PENDING = "pending"
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    EXTRA = "extra"
    SPREAD = "spread"
