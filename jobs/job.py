"""What a job is: a name, a queue, a deed that is safe twice, and a sentence that says what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.toolbox import Toolbox

QUEUES = ("default", "clock", "gate")
LEASE_SECONDS = 120
ATTEMPTS_MAX = 12


@dataclass(frozen=True, slots=True)
class Job:
    """``act(tools, arguments)`` may run twice and twice at once; ``arguments`` hold ids and figures only.

    ``lease_seconds`` is the longest one run may take before another worker may begin it again. With ``together`` one
    run is asked for by all events that are relayed at once; their subjects are its ``subject_ids``.
    """

    name: str
    act: Callable[[Toolbox, dict[str, Any]], None]
    words: str
    queue: str = "default"
    lease_seconds: int = LEASE_SECONDS
    attempts_max: int = ATTEMPTS_MAX
    together: bool = False

    def __post_init__(self) -> None:
        """A queue without a worker would swallow its jobs."""
        assert self.queue in QUEUES, f"{self.name}: no worker serves {self.queue}"


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job asked for once in every period of ``seconds``, however many clocks there are."""

    job: Job
    seconds: int
