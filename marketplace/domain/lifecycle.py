"""Lifecycles: which moves are legal, as tables that read aloud. Each move writes an event."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

State = TypeVar("State", bound=StrEnum)


class IllegalMove(Refusal):
    """The thing is not in a state from which this can be done; ``is_now`` and ``wanted`` name both."""

    code = "illegal_move"


class Lifecycle(Generic[State]):
    """A table of legal moves of one kind of thing."""

    def __init__(self, noun: str, moves: Mapping[State, tuple[State, ...]]) -> None:
        """``moves`` maps each state to the states that may follow it; every state must be a key."""
        self.noun = noun
        self.moves = dict(moves)
        kind = type(next(iter(self.moves)))
        assert set(self.moves) == set(kind), f"{noun}: every state needs its row of moves"

    def check(self, is_now: State, wanted: State) -> None:
        """Refuses a move that the table does not hold."""
        if wanted not in self.moves[is_now]:
            raise IllegalMove(noun=self.noun, is_now=str(is_now), wanted=str(wanted))

    def allows(self, is_now: State, wanted: State) -> bool:
        """Whether the table holds this move, for a page that offers only what can be done."""
        return wanted in self.moves[is_now]
