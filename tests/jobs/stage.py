"""What the scenes of jobs are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.scenes import bag_of


@dataclass
class Stage:
    """What a scene is made of: the database, tools whose calls are counted, a Stripe, a clock, a folder."""

    database: object
    tools: object
    simulator: object
    clock: object
    folder: Path
    mends: list[str] = field(default_factory=list)

    def bag(self, **more):
        """A member with a bag."""
        with self.database.session() as session:
            return bag_of(session, **{"units": 1, "stock": 1, **more})

    def number(self, statement: str) -> dict[str, int]:
        """The arguments of a job about the thing that ``statement`` finds."""
        return {"subject_id": self.database.value(statement)}


Arrange = Callable[[Stage], dict[str, int]]
