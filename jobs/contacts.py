"""Sends letters: put into words in the reader's language, with a report's workbook attached."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from jobs.job import Job
from marketplace.queries import letters
from marketplace.services import contacts
from marketplace.toolbox import Attachment, Mail
from marketplace.words import figures, speaking
from marketplace.words.letters import rendered

if TYPE_CHECKING:
    from marketplace.queries.letters import Composed
    from marketplace.toolbox import Toolbox

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _send(tools: Toolbox, _arguments: dict[str, Any]) -> None:
    for letter_id in contacts.claim(tools):
        found = letters.composed(tools, letter_id=letter_id)
        contacts.deliver(tools, letter_id=letter_id, mail=_mail(tools, found))


def _mail(tools: Toolbox, found: Composed) -> Mail:
    """The mail as it leaves. Its id comes from the letter's key, so that a letter sent again is the same one."""
    facts = dict(found.facts)
    attachments: tuple[Attachment, ...] = ()
    if found.report is not None:
        with speaking(found.locale):
            facts["summary"] = figures.summary(found.report)
            attachments = (_workbook(tools, found),)
    said = rendered(found.kind, locale=found.locale, facts=facts)
    return Mail(
        to_address=found.to_address,
        to_name=found.to_name,
        subject=said.subject,
        text=said.text,
        html=said.html,
        letter_id=found.letter_id,
        key=hashlib.sha256(found.key.encode()).hexdigest(),
        headers=_headers(facts.get("stop")),
        attachments=attachments,
    )


def _headers(stop: str | None) -> tuple[tuple[str, str], ...]:
    """One press in the reader's own program ends what a letter belongs to (RFC 8058)."""
    if stop is None:
        return ()
    pressed = ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    return (("List-Unsubscribe", f"<{stop}>"), pressed)


def _workbook(tools: Toolbox, found: Composed) -> Attachment:
    assert found.report is not None, "only a report's letter has a workbook"
    sheets = figures.sheets(found.report, found.facts["zone"])
    name = f"{figures.filename(found.report)}.xlsx"
    return Attachment(name, XLSX, tools.spreadsheets.xlsx_bytes(sheets))


SEND_LETTERS = Job("contacts.send", _send, "Sends the e-mails that are waiting.")
