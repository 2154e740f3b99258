"""The pages a buyer sees: the pay page, the bank's question, and the closed page. No JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from marketplace.local.stripe import words
from marketplace.local.stripe.checkout import Entry, Result
from marketplace.local.stripe.errors import ApiError, Record
from marketplace.local.stripe.wire import Answer, Request

if TYPE_CHECKING:
    from marketplace.local.stripe.till import Sale, Till

_HERE = Path(__file__).parent
_STYLE = (_HERE / "pay.css").read_bytes()
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PATH = re.compile(
    r"/(?:c/pay/(cs_[a-z0-9_]+)(/authenticate)?|authenticate/((?:pi|seti)_[a-z0-9]+))"
)
_EXPIRY = re.compile(r"\s*([0-9]{1,2})\s*[/ -]\s*([0-9]{2}|[0-9]{4})\s*")

FILLED_IN = {
    "number": "4242 4242 4242 4242",
    "expiry": "12/34",
    "cvc": "123",
    "name": "Camille Martin",
    "email": "",
    "shipping": "",
}


class Pages:
    """Answers buyers' browsers."""

    def __init__(self, till: Till) -> None:
        self._till = till

    def answer(self, request: Request) -> Answer:
        """The page for this address; what is none of ours is said to be missing."""
        if request.path == "/assets/pay.css":
            return Answer(
                200,
                _STYLE,
                {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "no-cache"},
            )
        match = _PATH.fullmatch(request.path)
        spoken = words.language(None, request.headers.get("accept-language", ""))
        if match is None or request.method not in {"GET", "HEAD", "POST"}:
            return _missing(spoken)
        try:
            return self._page(request, match, spoken)
        except ApiError as error:
            if error.status >= 500:  # noqa: PLR2004  # a fault that was asked for
                return Answer(error.status, b"", {"Content-Type": "text/plain; charset=utf-8"})
            return _missing(spoken)

    def _page(self, request: Request, match: re.Match[str], spoken: str) -> Answer:
        session, asked, intent = match.groups()
        if intent:
            return self._intent(request, intent, spoken)
        if asked:
            return self._authenticate(request, session)
        return self._pay(request, session)

    def _pay(self, request: Request, name: str) -> Answer:
        sale = self._till.shown(name)
        if request.method != "POST" or sale.session["status"] != "open":
            return _session_page(request, sale, FILLED_IN, "")
        typed = _typed(request)
        spoken = _spoken(request, sale.session)
        if _asks_email(sale) and "@" not in typed["email"]:
            return _session_page(request, sale, typed, words.WORDS[spoken]["fault_email"])
        sale = self._till.pay(name, _entry(typed))
        return _after(request, sale, typed)

    def _authenticate(self, request: Request, name: str) -> Answer:
        if request.method == "POST":
            approve = _fields(request).get("answer") == "approve"
            sale = self._till.authenticate(name, approve=approve)
            return _after(request, sale, FILLED_IN)
        sale = self._till.shown(name)
        if sale.result != Result.NEEDS_AUTHENTICATION:
            return _after(request, sale, FILLED_IN)
        spoken = _spoken(request, sale.session)
        return _bank_page(spoken, sale.intent or {}, request.path, _origins(sale.session))

    def _intent(self, request: Request, name: str, spoken: str) -> Answer:
        """The bank's question about an intent made through the API; then back to its shop."""
        approve = _fields(request).get("answer") == "approve"
        kind = "setup_intent" if name.startswith("seti_") else "payment_intent"
        with self._till.store.transaction() as books:
            intent = books.get(kind, name)
        open_question = intent["status"] == "requires_action"
        if request.method != "POST" and open_question:
            return _bank_page(spoken, intent, request.path, _origin(intent["_return_url"]))
        intent = (open_question and self._till.answer(name, approve=approve)) or intent
        if not intent["_return_url"]:
            return _closed(spoken, Result.ALREADY_COMPLETE, "")
        status = "failed" if intent["status"] == "requires_payment_method" else "succeeded"
        told = {kind: name, f"{kind}_client_secret": intent["client_secret"]}
        mark = "&" if "?" in intent["_return_url"] else "?"
        query = urlencode({**told, "redirect_status": status})
        return _redirect(f"{intent['_return_url']}{mark}{query}")


def _after(request: Request, sale: Sale, typed: dict[str, str]) -> Answer:
    """Where a buyer stands after an attempt."""
    session = sale.session
    pay_path = f"/c/pay/{session['id']}"
    if sale.result == Result.PAID:
        answer = _redirect(success_url(session))
    elif sale.result == Result.NEEDS_AUTHENTICATION:
        answer = _redirect(f"{pay_path}/authenticate")
    elif sale.result == Result.NOTHING_TO_AUTHENTICATE:
        answer = _redirect(pay_path)
    else:
        fault = words.reason(_spoken(request, session), sale.error) if sale.error else ""
        answer = _session_page(request, sale, typed, fault)
    answer.drop = sale.drop
    return answer


def success_url(session: Record) -> str:
    """Where a buyer goes after paying."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _session_page(request: Request, sale: Sale, typed: dict[str, str], fault: str) -> Answer:
    session = sale.session
    spoken = _spoken(request, session)
    if session["status"] != "open":
        setup = session["mode"] == "setup"
        url = session["cancel_url"] or ""
        if session["status"] == "complete":
            url = success_url(session)
        return _closed(spoken, sale.result, url, setup=setup)
    html = _render("pay.html", spoken, **_scene(sale, spoken), entry=typed, fault=fault)
    return _page(402 if fault else 200, html, _origins(session))


def _scene(sale: Sale, spoken: str) -> Record:
    """What the pay page shows of a session."""
    session = sale.session
    currency = session["currency"] or "eur"
    subtotal = session["amount_subtotal"] or 0
    return {
        "action": f"/c/pay/{session['id']}",
        "asks_email": _asks_email(sale),
        "cancel_url": session["cancel_url"],
        "cards": [
            (" ".join(re.findall("....", number)), words.WORDS[spoken][number])
            for number in words.SHOWN_CARDS
        ],
        "chosen": (session["shipping_cost"] or {}).get("shipping_rate"),
        "email": sale.email,
        "items": [
            {
                **item["_product"],
                "quantity": item["quantity"],
                "amount": words.money(item["amount_total"], currency, spoken),
            }
            for item in session["_line_items"]
        ],
        "merchant": (session["branding_settings"] or {}).get("display_name"),
        "open_until": words.moment(session["expires_at"], spoken),
        "setup": session["mode"] == "setup",
        "shipping": [
            {
                "id": rate["id"],
                "name": rate["display_name"],
                "amount": words.money(rate["fixed_amount"]["amount"], currency, spoken),
                "total": words.money(subtotal + rate["fixed_amount"]["amount"], currency, spoken),
            }
            for rate in session["_shipping_rates"]
        ],
        "total": words.money(session["amount_total"] or 0, currency, spoken),
    }


def _bank_page(spoken: str, intent: Record, action: str, origins: str) -> Answer:
    said = words.WORDS[spoken]
    if intent["object"] == "setup_intent":
        text = said["bank_setup_text"]
    else:
        amount = words.money(intent["amount"], intent["currency"], spoken)
        text = said["bank_text"].format(amount=amount)
    html = _render("authenticate.html", spoken, action=action, text=text)
    return _page(200, html, origins)


def _closed(spoken: str, result: Result, url: str, *, setup: bool = False) -> Answer:
    said = words.WORDS[spoken]
    expired = result == Result.EXPIRED
    done = said["complete_setup_title"] if setup else said["complete_title"]
    heading = said["expired_title"] if expired else done
    text = said["expired_text"] if expired else said["complete_text"]
    html = _render("closed.html", spoken, heading=heading, text=text, url=url)
    return _page(200, html, "")


def _missing(spoken: str) -> Answer:
    said = words.WORDS[spoken]
    heading, text = said["missing_title"], said["missing_text"]
    return _page(404, _render("closed.html", spoken, heading=heading, text=text, url=""), "")


def _render(template: str, spoken: str, **scene: object) -> str:
    said = words.WORDS[spoken]
    return _TEMPLATES.get_template(template).render(language=spoken, words=said, **scene)


def _page(status: int, html: str, origins: str) -> Answer:
    """A page nobody may frame or store; its form may lead on to the shop's own addresses."""
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self'{origins}"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Answer(status, html.encode(), headers)


def _redirect(url: str) -> Answer:
    return Answer(303, b"", {"Location": quote(url, safe="%/:=&?~#+!$,;'@()*[]")})


def _origins(session: Record) -> str:
    """Browsers hold a form's redirects to its page's form-action: name the shop's origins."""
    return _origin(session["success_url"])


def _origin(url: str | None) -> str:
    if not url:
        return ""
    parts = urlsplit(url)
    return f" {parts.scheme}://{parts.netloc}"


def _spoken(request: Request, session: Record) -> str:
    return words.language(session["locale"], request.headers.get("accept-language", ""))


def _asks_email(sale: Sale) -> bool:
    return not sale.email


def _fields(request: Request) -> dict[str, str]:
    try:
        found = parse_qs(request.body.decode(), max_num_fields=20, errors="replace")
    except ValueError:
        return {}
    return {name: values[-1].strip() for name, values in found.items()}


def _typed(request: Request) -> dict[str, str]:
    return {**dict.fromkeys(FILLED_IN, ""), **_fields(request)}


def _entry(typed: dict[str, str]) -> Entry:
    match = _EXPIRY.fullmatch(typed["expiry"])
    month, year = (int(match[1]), int(match[2])) if match else (0, 0)
    return Entry(
        number=typed["number"],
        exp_month=month,
        exp_year=year,
        cvc=typed["cvc"],
        name=typed["name"],
        email=typed["email"],
        shipping=typed["shipping"],
    )
