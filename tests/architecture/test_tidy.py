"""Style is tested, not preached."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("marketplace", "supplier_portal", "jobs")
FUNCTION_LINES_MAX = 50
FILE_LINES_MAX = 400
FUNCTION_LINES_MEDIAN_MAX = 12
FORBIDDEN_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "managers",
    "base_service",
}
BASE = {"marketplace/db/base.py"}

FLOATS_ALLOWED = ("marketplace/local/", "marketplace/gateways/", "marketplace/live/")
"""Seconds to wait are no money: processes on one machine, strangers on the telephone, listeners."""
FLOATS_ALLOWED_FILES = {"marketplace/web/metrics.py", "jobs/clock.py", "jobs/queue.py"}
"""The scraper counts seconds as fractions; clocks that sleep and clients that wait are handed them."""

NOUNS = {
    *("accounts", "members", "brands", "imports", "catalogue", "deals", "stock", "sales", "holds"),
    *("orders", "payments", "ledger", "settlements", "conversations", "salons", "demand"),
    *(
        "campaigns",
        "promises",
        "purchases",
        "reports",
        "rights",
        "audit",
        "contacts",
        "letters",
        "outbox",
        "inbox",
        "runs",
    ),
    "exits",
    "admissions",
    *("legal_pages", "evidence", "rrp_evidence", "__init__"),
    "soundness",
    *("keys", "replies", "deliveries", "endpoints"),
    *("touches", "looks", "closures", "photographs", "reminders", "waits"),
}


def sources(*rooms: str):
    for room in rooms or ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def functions(file: Path):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, node.end_lineno - node.lineno + 1


def test_a_function_fits_a_screen():
    long = [
        f"{name(file)}:{node.lineno} {node.name} has {lines} lines"
        for file in sources()
        for node, lines in functions(file)
        if lines > FUNCTION_LINES_MAX
    ]

    assert long == []


def test_half_of_all_functions_are_short():
    lengths = [lines for file in sources() for _node, lines in functions(file)]

    assert median(lengths) < FUNCTION_LINES_MEDIAN_MAX


def test_a_file_that_outgrows_four_hundred_lines_becomes_a_package():
    long = [
        f"{name(file)} has {lines} lines"
        for file in sources()
        if (lines := len(file.read_text().splitlines())) > FILE_LINES_MAX
    ]

    assert long == []


def test_no_file_is_a_drawer_for_everything():
    drawers = [
        name(file)
        for file in sources()
        if {part.removesuffix(".py") for part in file.relative_to(ROOT).parts} & FORBIDDEN_NAMES
    ]

    assert drawers == []


def test_services_are_the_nouns_of_the_trade():
    found = {
        file.stem if file.is_file() else file.name
        for file in (ROOT / "marketplace/services").iterdir()
    }

    assert found - NOUNS - {"__pycache__"} == set()


def floats(file: Path):
    """Where a fraction could slip in: a literal, a call of float(), a division that is not whole."""
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Constant(value=float()):
                yield node.lineno, "a literal"
            case ast.Call(func=ast.Name(id="float")):
                yield node.lineno, "float()"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                if not is_a_path(node):
                    yield node.lineno, "/"


def is_a_path(node: ast.BinOp | ast.AugAssign) -> bool:
    """``folder / "name"`` puts paths together: one of its sides is text."""
    sides = (
        (node.value, node.target) if isinstance(node, ast.AugAssign) else (node.left, node.right)
    )
    return any(says_path(side) for side in sides)


def says_path(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.Call(func=ast.Name(id="Path")):
            return True
        case ast.BinOp(op=ast.Div()):
            return is_a_path(node)
        case ast.Name(id=said) | ast.Attribute(attr=said):
            return bool(re.search(r"folder|file|path|parent|root|room|_dir", said, re.IGNORECASE))
        case ast.Subscript(value=ast.Attribute(attr="parents")):
            return True
    return False


def test_nothing_is_counted_in_fractions():
    found = [
        f"{name(file)}:{line} {what}"
        for file in sources()
        if not name(file).startswith(FLOATS_ALLOWED) and name(file) not in FLOATS_ALLOWED_FILES
        for line, what in floats(file)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("price = 1.5", "a literal"),
        ("price = float(text)", "float()"),
        ("share = price / 3", "/"),
        ("price /= 3", "/"),
    ],
)
def test_a_fraction_would_be_found(tmp_path, source, what):
    file = tmp_path / "planted.py"
    file.write_text(source)

    assert list(floats(file)) == [(1, what)]


def test_modules_say_what_they_are_for():
    silent = [
        name(file) for file in sources() if not ast.get_docstring(ast.parse(file.read_text()))
    ]

    assert silent == []


def test_there_is_exactly_one_commit():
    commits = [
        f"{name(file)}:{node.lineno}"
        for file in sources("marketplace", "supplier_portal", "jobs")
        if not name(file).startswith("marketplace/local/")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]

    assert [each.split(":")[0] for each in commits] == ["marketplace/db/session.py"]


def test_nothing_is_said_of_how_the_house_was_written():
    words = re.compile(
        r"\b(chatgpt|claude|copilot|language model|prompt engineer|TODO|FIXME|XXX)\b", re.IGNORECASE
    )
    found = [
        f"{name(file)}:{number}"
        for file in sources()
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if words.search(line)
    ]

    assert found == []


def test_no_page_carries_a_style_or_a_handler_of_its_own():
    inline = re.compile(r"""\sstyle=["']|\son[a-z]+=["']|<style|<script(?![^>]*\b(src|nonce)=)""")
    found = [
        f"{name(file)}:{number}"
        for room in ROOMS
        for file in sorted((ROOT / room).rglob("templates/**/*.html"))
        if "local" not in file.parts
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if inline.search(line)
    ]

    assert found == []
