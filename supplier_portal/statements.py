"""The brand's money: every statement with its lines, when it is paid, what it waits for; and charges it may contest."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import url_for

from marketplace.domain.sealing import canonical
from marketplace.domain.settlements import WORDS_LENGTH_MAX
from marketplace.queries import charges as asked_charges
from marketplace.queries import statements as asked
from marketplace.services import settlements
from marketplace.toolbox import Sheet
from marketplace.web import documents, fields, figures, identity, inputs, pages
from marketplace.web.access import brand
from marketplace.words import LOCALES, _, dealing, locale, settling
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.charges import Charged
    from marketplace.queries.statements import Opened

LANGUAGES = f"any({', '.join(LOCALES)})"


class ContestForm(inputs.Schema):
    """Why the charge is not right."""

    objection = fields.Trimmed(required=True, max=WORDS_LENGTH_MAX, lines=True)


@door.get("/statements")
@brand()
def statements() -> Response:
    """Every statement, and those that come."""
    tools = identity.tools()
    return pages.render(
        "brand/statements.html",
        found=asked.listed(tools, page=inputs.query(frame.PageQuery())["page"]),
        coming=asked.coming(tools),
        charges=asked_charges.listed(tools).charges,
        faults=dealing.CHARGES,
        charge_states=settling.CHARGES,
        kinds=settling.KINDS,
        payouts=settling.PAYOUTS,
        waits=settling.WAITS,
    )


@door.get("/statements/<int:number>")
@brand()
def statement(number: int) -> Response:
    """One statement with every line of it."""
    found = asked.one(identity.tools(), number=number)
    return pages.render(
        "brand/statement.html",
        found=found,
        summary=found.summary,
        figures=found.figures,
        title=settling.title(found.figures),
        lead=settling.about(found.figures),
        reckoning=settling.reckoning(found.figures),
        units=settling.units,
        faults=dealing.CHARGES,
        payouts=settling.PAYOUTS,
        waits=settling.WAITS,
        rounding=dealing.ROUNDING,
        paper_language=locale(),
        claim=settling.claimed(found.claim) if found.claim else "",
    )


@door.get(f"/statements/<int:number>/file.<{figures.ENDINGS}:ending>")
@brand()
def statement_file(number: int, ending: str) -> Response:
    """The statement's lines as a table, or all of it for a program, as it was sealed."""
    tools = identity.tools()
    found = asked.one(tools, number=number)
    content = _content(found, ending)
    return documents.written(f"statement-{number}.{ending}", content, figures.MEDIA[ending])


@door.get(f"/statements/<int:number>/paper-<{LANGUAGES}:language>.pdf")
@brand()
def statement_paper(number: int, language: str) -> Response:
    """The printed statement."""
    return documents.paper(*asked.paper(identity.tools(), number=number, locale=language))


@door.get("/charges/<int:charge_id>")
@brand()
def charge(charge_id: int) -> Response:
    """One charge, and until when it may be contested."""
    return _page(asked_charges.one(identity.tools(), charge_id=charge_id), {}, {})


@door.get("/charges/<int:charge_id>/proof")
@brand()
def charge_proof(charge_id: int) -> Response:
    """The file that shows the fault."""
    return documents.download(*asked_charges.proof(identity.tools(), charge_id=charge_id))


@door.post("/charges/<int:charge_id>/contest")
@brand(*frame.GIVERS)
def contest_charge(charge_id: int) -> Response:
    """Say why it is not right."""
    found = asked_charges.one(identity.tools(), charge_id=charge_id)
    tried = inputs.attempt(ContestForm())
    if tried.values is None:
        return _page(found, tried.given, tried.errors)
    settlements.contest(identity.tools(), charge_id=charge_id, objection=tried.values["objection"])
    notice = _(
        "Written down. Somebody else than who proposed the charge decides, and you are told."
    )
    return pages.go("brand.charge", charge_id=charge_id, notice=notice)


def _content(found: Opened, ending: str) -> bytes:
    top = [str(name) for name in settling.COLUMNS]
    spreadsheets = identity.tools().spreadsheets
    if ending == "json":
        return canonical(found.kept)
    rows = settling.table(found.figures)
    if ending == "csv":
        return spreadsheets.csv_bytes(top, rows)
    lines = [[line.label, settling.amount(line)] for line in settling.reckoning(found.figures)]
    return spreadsheets.xlsx_bytes(
        [Sheet(_("What is paid"), [_("What"), _("Amount")], lines), Sheet(_("Lines"), top, rows)]
    )


def _page(found: Charged, given: dict[str, str], wrong: dict[str, list[str]]) -> Response:
    return pages.render(
        "brand/charge.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        charge=found,
        states=settling.CHARGES,
        faults=dealing.CHARGES,
        may_contest=found.may_contest and frame.may_give(),
        given=given,
        errors=wrong,
        action=url_for("brand.contest_charge", charge_id=found.charge_id),
    )
