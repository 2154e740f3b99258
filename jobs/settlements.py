"""Statements at their days, their papers, letters about money, the file for the bank, and the end of charges' time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from jobs.job import Job
from marketplace.queries import statements
from marketplace.services import settlements

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

STATEMENTS_PER_RUN_MAX = 200

log = structlog.get_logger()


class StatementsMissingError(Exception):
    """Statements of these deals could not be drawn up; those of all others were."""


def _issue(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    failed: list[int] = []
    for _each in range(STATEMENTS_PER_RUN_MAX):
        deal_id = statements.due_next(tools, without=failed)
        if deal_id is None:
            break
        try:
            settlements.issue(tools, deal_id=deal_id)
        except Exception:  # the edge: one deal's fault must not keep money from the others
            log.exception("statement not drawn up", deal=deal_id)
            failed.append(deal_id)
    if failed:
        raise StatementsMissingError(", ".join(map(str, failed)))


def _print(tools: Toolbox, arguments: dict[str, Any]) -> None:
    settlements.keep_paper(tools, statement_id=int(arguments["subject_id"]))


def _tell_statement(tools: Toolbox, arguments: dict[str, Any]) -> None:
    settlements.tell_statement(tools, statement_id=int(arguments["subject_id"]))


def _write_transfer(tools: Toolbox, arguments: dict[str, Any]) -> None:
    settlements.keep_transfer(tools, payout_id=int(arguments["subject_id"]))


def _tell_payout(tools: Toolbox, arguments: dict[str, Any]) -> None:
    settlements.tell_payout(tools, payout_id=int(arguments["subject_id"]))


def _tell_charge(tools: Toolbox, arguments: dict[str, Any]) -> None:
    settlements.tell_charge(tools, charge_id=int(arguments["subject_id"]))


def _end_charges(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    settlements.end_uncontested(tools)


ISSUE = Job("settlements.issue", _issue, "Draws up the statements whose day has come.")
PRINT = Job("settlements.print", _print, "Prints a statement, once in each language.")
TELL_STATEMENT = Job(
    "settlements.tell_statement", _tell_statement, "Writes to a brand that a statement is there."
)
WRITE_TRANSFER = Job(
    "settlements.write_transfer",
    _write_transfer,
    "Writes the file with which the house hands an approved payout to its bank.",
)
TELL_PAYOUT = Job(
    "settlements.tell_payout", _tell_payout, "Writes to a brand that a statement is paid."
)
TELL_CHARGE = Job(
    "settlements.tell_charge",
    _tell_charge,
    "Writes to a brand that a charge is proposed, or how it ended.",
)
END_CHARGES = Job(
    "settlements.end_charges",
    _end_charges,
    "Makes final the charges that nobody contested in their time.",
)
