"""Judging all rows of an import against the rules and against what the collection holds already."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from marketplace.db import catalogue, deals, imports, locks
from marketplace.db.catalogue import Collection
from marketplace.db.imports import Import
from marketplace.domain import catalogue as rules
from marketplace.domain.events import Event, Fact
from marketplace.domain.imports import judging, keeping, readings, surveys
from marketplace.domain.imports.codes import KINDS
from marketplace.domain.imports.lines import Judged, RowKind, VariantLine
from marketplace.domain.imports.photographs import Album
from marketplace.domain.imports.problems import Problem, found, of_sheet
from marketplace.domain.imports.steps import IMPORT_LIFECYCLE, ImportState, RowVerdict
from marketplace.domain.imports.unreadable import FileUnreadable
from marketplace.services.imports import working
from marketplace.services.imports.working import (
    ROWS_PER_TRANSACTION_MAX,
    KeptRows,
    Overtaken,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from marketplace.db.catalogue import Known
    from marketplace.domain.imports.readings import Reading
    from marketplace.domain.imports.surveys import Survey
    from marketplace.toolbox import Toolbox

FILE_PROBLEMS_KEPT_MAX = 2_000
MENDED_BY_PHOTOGRAPHS = frozenset({"images_missing", "photographs_by_address"})
"""What need not be told once photographs came with the file.

The collection tells what still lacks one.
"""


@dataclass(slots=True)
class _Tally:
    """What adds up over all rows, and which styles were carried by a row before.

    ``claimed`` are the keys of all variants in the file.
    """

    claimed: frozenset[tuple[str, str, str]]
    verdicts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    carried: dict[str, bool] = field(default_factory=dict)
    rows: int = 0
    variants: int = 0
    units: int = 0
    unknown: int = 0
    spare: int = 0

    def as_plain(self) -> dict[str, Any]:
        """The counts as the preview shows them; ``codes`` by how grave and how often."""
        codes = sorted(self.codes.items(), key=lambda pair: (KINDS[pair[0]].severity, -pair[1]))
        return {
            "rows": self.rows,
            **{str(verdict): self.verdicts[verdict] for verdict in RowVerdict},
            "styles": len(self.carried),
            "styles_new": sum(self.carried.values()),
            "variants": self.variants,
            "units": self.units,
            "unknown": self.unknown,
            "spare": self.spare,
            "codes": [
                {"code": code, "severity": str(KINDS[code].severity), "count": count}
                for code, count in codes
            ],
        }


@dataclass(frozen=True, slots=True)
class _Work:
    """What to judge by, as noted when the work was taken up.

    ``comes_again``: the collection holds variants already, some of which the file may have renamed.
    ``frozen``: its deal is agreed.
    """

    task: Task
    collection_id: int
    currency: str
    reading: Reading
    uneven_quotes: bool
    hidden: tuple[int, ...]
    photographs: tuple[dict[str, Any], ...]
    rows_total: int
    comes_again: bool
    frozen: bool


def judge(tools: Toolbox, *, import_id: int) -> None:
    """Write a verdict on every row and what it would change, then show the preview.

    A row is new, changed, the same, refused, or only adds. Nothing of the collection changes. A
    run that was killed goes on behind the rows it wrote.
    """
    try:
        work = _take_up(tools, import_id)
    except Overtaken:
        return
    rows = KeptRows(tools, import_id, work.rows_total)
    try:
        survey = surveys.survey(work.reading, rows)
        claimed = _claimed(survey, rows) if work.comes_again else frozenset()
        tally, album = _Tally(claimed), Album()
        for batch in _whole_rows(judging.judged(survey, rows)):
            _judge_batch(tools, work, batch, tally, album)
        _finish(tools, work, survey, tally, album)
    except FileUnreadable as no:
        working.fail(tools, work.task, no)
    except Overtaken:
        return


def _take_up(tools: Toolbox, import_id: int) -> _Work:
    with tools.transaction() as session:
        row = locks.one(session, Import, import_id)
        if row.state is not ImportState.JUDGING:
            raise Overtaken
        guess = keeping.guess_from(row.guess).corrected(row.mapping)
        collection = session.get_one(Collection, row.collection_id)
        return _Work(
            task=Task(row.id, row.state, working.mark_of(row)),
            collection_id=row.collection_id,
            currency=collection.currency,
            reading=readings.reading(
                guess, currency=collection.currency, point=row.guess.get("point")
            ),
            uneven_quotes=bool(row.guess.get("uneven_quotes")),
            hidden=tuple(row.guess.get("hidden", ())),
            photographs=tuple(each for each in row.photographs if not each.get("address")),
            rows_total=row.rows_total,
            comes_again=catalogue.holds_anything(session, row.collection_id),
            frozen=deals.is_agreed(session, row.collection_id),
        )


def _whole_rows(judged: Iterable[Judged]) -> Iterator[list[Judged]]:
    """Batches that never end between two sizes of one row, the same on every run."""
    batch: list[Judged] = []
    for each in judged:
        if len(batch) >= ROWS_PER_TRANSACTION_MAX and each.part <= 1:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _claimed(survey: Survey, rows: KeptRows) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        each.variant.key for each in judging.judged(survey, rows) if each.variant is not None
    )


def _judge_batch(
    tools: Toolbox, work: _Work, batch: list[Judged], tally: _Tally, album: Album
) -> None:
    """Judge one batch; it is written unless an earlier run did."""
    with tools.transaction() as session:
        row = working.still(session, work.task)
        lines = [line for each in batch if (line := each.variant or each.spare) is not None]
        known = catalogue.known(session, work.collection_id, lines, claimed=tally.claimed)
        verdicts = [_verdict(each, known, work, tally) for each in batch]
        verdicts += [_spread(each.number) for each in batch if each.part == 1]
        for each in batch:
            album.hear(each)
        if tally.rows > row.rows_done:
            imports.write_verdicts(session, row, verdicts)
            row.rows_done = tally.rows


def _spread(number: int) -> dict[str, Any]:
    """The row whose sizes are judged one by one."""
    nothing: dict[str, Any] = {"judged": {}, "changes": {}, "problems": []}
    return {"number": number, "part": 0, "verdict": str(RowVerdict.SPREAD), **nothing}


def _verdict(judged: Judged, known: Known, work: _Work, tally: _Tally) -> dict[str, Any]:
    """The verdict on one row as it is stored, counted on the way."""
    against = [
        *_against_collection(judged, known, work.currency),
        *_against_deal(judged, known, work),
    ]
    problems = tuple(
        each
        for each in (*judged.problems, *against)
        if not (work.photographs and each.code in MENDED_BY_PHOTOGRAPHS)
    )
    kept: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    if judged.is_refused or against:
        verdict = RowVerdict.REFUSED
        kept = {} if against or work.frozen else _spare(judged, known)
        tally.spare += bool(kept)
    elif judged.kind is not RowKind.VARIANT or judged.variant is None:
        verdict = RowVerdict.EXTRA
    else:
        kept, changes = _line(judged, judged.variant, known, tally)
        verdict = _of_changes(judged.variant, known, changes)
    tally.rows += judged.part <= 1
    tally.verdicts[verdict] += 1
    tally.codes.update(problem.code for problem in problems)
    return {
        "number": judged.number,
        "part": judged.part,
        "verdict": str(verdict),
        "judged": kept,
        "changes": changes,
        "problems": [problem.as_kept() for problem in problems],
    }


def _against_collection(judged: Judged, known: Known, currency: str) -> Iterable[Problem]:
    """What is wrong with a sound row only because of what the collection is or holds."""
    line = judged.variant
    if line is None:
        return
    if line.currency != currency:
        facts = {"currency": line.currency, "wanted": currency}
        yield found(judged.number, None, line.currency, "currency_of_collection", **facts)
    holder = known.holder(line)
    if holder is not None:
        other = " / ".join(filter(None, (holder.colour, holder.size))) or holder.sku
        yield found(judged.number, None, line.sku, "sku_taken", other=other)


def _against_deal(judged: Judged, known: Known, work: _Work) -> Iterable[Problem]:
    """What a file may no longer say once the deal is agreed."""
    line, style = judged.variant, judged.style
    if not work.frozen or line is None or style is None:
        return
    stored, stored_style = known.variant(line), known.style(line.style_code)
    if stored is None or stored_style is None or stored.withdrawn_at is not None:
        yield found(judged.number, None, line.sku, "variant_frozen")
        return
    changes = _changes(stored, rules.variant_columns(line), "variant")
    changes |= _changes(stored_style, rules.style_columns(style), "style")
    for name in rules.OF_THE_DEAL.keys() & changes.keys():
        column = work.reading.column_of(rules.OF_THE_DEAL[name])
        yield found(judged.number, column, str(changes[name][1]), "field_frozen")


def _line(
    judged: Judged, line: VariantLine, known: Known, tally: _Tally
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What to keep of an accepted row, and what it changes.

    Its style goes with the style's first row.
    """
    tally.variants += 1
    tally.units += line.units_offered or 0
    tally.unknown += line.units_offered is None
    kept: dict[str, Any] = {"variant": asdict(line)}
    changes: dict[str, Any] = {}
    style = known.style(line.style_code)
    key = catalogue.folded(line.style_code)
    if key not in tally.carried and judged.style is not None:
        tally.carried[key] = style is None
        kept["style"] = asdict(judged.style)
        if style is not None:
            changes |= _changes(style, rules.style_columns(judged.style), "style")
    variant = known.variant(line)
    if variant is not None:
        kept["variant_id"] = variant.id
        changes |= _changes(variant, rules.variant_columns(line), "variant")
    return kept, changes


def _spare(judged: Judged, known: Known) -> dict[str, Any]:
    """What a refused row would enter as, should the brand let it in without the cells that are wrong."""
    if judged.spare is None or judged.style is None:
        return {}
    spare: dict[str, Any] = {"variant": asdict(judged.spare), "style": asdict(judged.style)}
    variant = known.variant(judged.spare)
    if variant is not None:
        spare["variant_id"] = variant.id
    return {"spare": spare, "would": str(RowVerdict.CHANGED if variant else RowVerdict.NEW)}


def _changes(stored: object, columns: dict[str, Any], of: str) -> dict[str, Any]:
    """Column by column what was and what would be."""
    before = {name: getattr(stored, name) for name in columns}
    found_changes = rules.changes(before, columns)
    return {f"{of}.{name}": [before[name], new] for name, new in found_changes.items()}


def _of_changes(line: VariantLine, known: Known, changes: dict[str, Any]) -> RowVerdict:
    variant = known.variant(line)
    if variant is None:
        return RowVerdict.NEW
    comes_back = variant.withdrawn_at is not None
    return RowVerdict.CHANGED if changes or comes_back else RowVerdict.SAME


def _finish(tools: Toolbox, work: _Work, survey: Survey, tally: _Tally, album: Album) -> None:
    matches = album.matched(each["name"] for each in work.photographs)
    refused = {
        each["name"]: (each["code"], each["facts"]) for each in work.photographs if each["code"]
    }
    problems = judging.file_problems(survey)
    problems += of_sheet(
        work.reading.header.number, uneven_quotes=work.uneven_quotes, hidden=work.hidden
    )
    if work.photographs:
        reading = work.reading
        problems = [each for each in problems if each.code not in MENDED_BY_PHOTOGRAPHS]
        problems += album.problems(
            matches,
            refused,
            header_row=reading.header.number,
            column=reading.column_of("images") or reading.column_of("style_images"),
        )
    tally.codes.update(problem.code for problem in problems)
    with tools.transaction() as session:
        row = working.still(session, work.task)
        IMPORT_LIFECYCLE.check(row.state, ImportState.PREVIEWED)
        row.state = ImportState.PREVIEWED
        row.photographs = [
            *(keeping.placed(*pair) for pair in zip(work.photographs, matches, strict=True)),
            *(keeping.to_fetch(each) for each in album.to_fetch(m.name for m in matches)),
        ]
        row.problems = [each.as_kept() for each in problems[:FILE_PROBLEMS_KEPT_MAX]]
        absent, _first = imports.absent(session, row, most=1)
        row.counts = {**tally.as_plain(), "absent": absent, "frozen": work.frozen}
        _record(tools, session, row)


def _record(tools: Toolbox, session: Session, row: Import) -> None:
    counts = {name: row.counts[name] for name in ("new", "changed", "same", "refused")}
    fact = Fact(Event.IMPORT_PREVIEWED, "import", row.id, brand_id=row.brand_id, data=counts)
    tools.record(session, fact)
