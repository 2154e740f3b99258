"""The addresses that everybody comes to at seven, answered in front of Flask: a hold, the page of a sale, its shelves.

Only what is plain is answered here: a whole session, a form as our pages send it, a page that is written already. All
else goes on to Flask untouched, which decides every case of doubt; and what is decided here is decided by the functions
that Flask's views call. So there is one rule, and this is only the shorter way to it: a test asks both and compares.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property, lru_cache
from http import HTTPStatus
from io import BytesIO
from json import JSONEncoder
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from markupsafe import escape
from werkzeug.sansio.utils import host_is_trusted

from marketplace import words
from marketplace.domain.doors import Realm
from marketplace.domain.holds import Glance
from marketplace.domain.refusals import Busy, NotFound
from marketplace.queries.sale_page import BUYABLE
from marketplace.services import accounts, holds
from marketplace.storefront import asking, frame, showcase
from marketplace.toolbox import StoreDown
from marketplace.web import csrf, errors, headers, identity, places, record, shells
from marketplace.web.rsgi import Answer
from marketplace.words import shelves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask

    from marketplace.config import Settings
    from marketplace.domain.refusals import Refusal
    from marketplace.services.accounts import Knocked
    from marketplace.services.holds import Served
    from marketplace.toolbox import Asking, Toolbox
    from marketplace.web.record import Begun

    Environ = dict[str, Any]
    Application = Callable[[Environ, Any], Iterable[bytes]]

BEFORE, AFTER, STOCK = "/sales/", "/holds", "/stock"
HOLD_ROUTE, PAGE_ROUTE, STOCK_ROUTE = "/sales/<ref>/holds", "/sales/<ref>", "/sales/<ref>/stock"
FORM, JSON, HTML = (
    "application/x-www-form-urlencoded",
    "application/json",
    "text/html; charset=utf-8",
)
FIELDS = frozenset({"item", "units", "style", "key", csrf.FIELD})
BODY_BYTES_MAX = 4_096
MINE = "private, no-cache"
NOTHING = Glance(0, None, datetime.min.replace(tzinfo=UTC), extra_time=False)
PLAIN = JSONEncoder(separators=(",", ":"), sort_keys=True)
"""Writes what is text and numbers as Flask does; made once, where Flask makes one for each answer."""
OFF = "RUSH_OFF"
"""A setting of the application under which everything goes to Flask: for comparing."""


class Told(NamedTuple):
    """An answer: the route it is of, its status, and what it says."""

    route: str
    status: int
    kind: str
    body: bytes
    nonce: str
    vary: str = ""
    keep: str = headers.NOT_KEPT
    mark: str = ""


class Manner(NamedTuple):
    """What ``settings`` alone decide, found once: which cookies members show, and what stands on every answer."""

    settings: Settings
    cookie: str
    page_cookie: str
    standing: tuple[tuple[str, str], ...]
    policy: tuple[str, str]
    """Before and after the word that marks the scripts of an answer."""


class Rush:
    """Stands in front of an application, whose premises and showcase it shares.

    A WSGI callable; and what it asks and answers for a server with an event loop (:mod:`marketplace.web.rsgi`).
    """

    def __init__(self, app: Flask, behind: Application) -> None:
        """``behind`` is asked for all that is not answered here."""
        self._app = app
        self._behind = behind
        self._member = places.of_realm(Realm.MEMBER)
        self._is_host = lru_cache(maxsize=64)(self._is_trusted)
        self._said: dict[str, bytes] = {}
        self._manner: Manner | None = None
        self._empty_bag = lru_cache(maxsize=8)(self._bag_without_anything)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's own
        """The answer as WSGI has it: from here, or from behind."""
        answer = None
        if self.covers(environ["PATH_INFO"]):
            answer = self.tools.waited_for(self.asking(environ))
        if answer is None:
            return self.behind(environ, start_response)
        phrase = HTTPStatus(answer.status).phrase
        start_response(f"{answer.status} {phrase}", answer.headers)
        return [answer.body]

    @property
    def tools(self) -> Toolbox:
        """Those of the premises."""
        return self._premises.tools

    def covers(self, path: str) -> bool:
        """Whether there may be an answer here for something at ``path``."""
        return path.startswith(BEFORE) and not self._app.config.get(OFF)

    def behind(self, environ: Environ, start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 - WSGI's own
        """The answer of the application."""
        return self._behind(environ, start_response)

    def asking(self, environ: Environ) -> Asking[Answer | None]:
        """The answer to a request at an address that is covered; None where it is to be asked for behind."""
        begun = record.number()
        try:
            told = yield from self._told(environ, begun)
        except (Busy, StoreDown):  # asked again behind, under the same key, and told there in words
            return None
        if told is None:
            return None
        record.note(begun, route=told.route, method=environ["REQUEST_METHOD"], status=told.status)
        return Answer(told.status, self._headers(told, begun), told.body)

    def _headers(self, told: Told, begun: Begun) -> list[tuple[str, str]]:
        manner, (before, after) = self._mannered, self._mannered.policy
        said = []
        if told.kind:
            said += [("Content-Type", told.kind), ("Content-Length", str(len(told.body)))]
        if told.mark:
            said.append(("ETag", f'"{told.mark}"'))
        if told.vary:
            said.append(("Vary", told.vary))
        said.append(("Content-Security-Policy", f"{before}{told.nonce}{after}"))
        said += manner.standing
        said += [("Cache-Control", told.keep), ("X-Request-ID", begun.request_id)]
        return said

    @property
    def _mannered(self) -> Manner:
        """By the settings of the premises."""
        settings, known = self._premises.settings, self._manner
        if known is None or known.settings is not settings:
            before, after = headers.policy(settings, headers.NONCE_SLOT).split(headers.NONCE_SLOT)
            known = self._manner = Manner(
                settings,
                places.cookie_of(self._member, settings),
                places.cookie_of(self._member, settings, "page"),
                headers.standing(settings),
                (before, after),
            )
        return known

    def _told(self, environ: Environ, begun: Begun) -> Asking[Told | None]:
        """What there is to say to this request, if it is plain."""
        method, rest = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(BEFORE)
        if method == "GET" and rest and "/" not in rest and not environ.get("QUERY_STRING"):
            return (yield from self._page(environ, rest))
        if method == "GET" and rest.count("/") == 1 and rest.endswith(STOCK):
            return (yield from self._stock(environ, rest.removesuffix(STOCK)))
        if method == "POST" and rest.count("/") == 1 and rest.endswith(AFTER):
            return (yield from self._hold(environ, begun))
        return None

    @property
    def _premises(self) -> places.Premises:
        found: places.Premises = self._app.extensions["aubaine"]
        return found

    # Who asks

    def _cookies(self, environ: Environ) -> dict[str, str] | None:
        """The cookies of one of our hosts' visitors; None where the host is not ours or a cookie came twice."""
        if not self._is_host(environ.get("HTTP_HOST", "")):
            return None
        pairs = [each.strip().partition("=") for each in environ.get("HTTP_COOKIE", "").split(";")]
        cookies = {name: value for name, _, value in pairs}
        return cookies if len(cookies) == len(pairs) else None

    def _is_trusted(self, host: str) -> bool:
        return host_is_trusted(host, self._app.config["TRUSTED_HOSTS"])

    def _reference(self, cookies: dict[str, str]) -> str | None:
        """What the browser shows at the members' door, if it can be a session's."""
        reference = cookies.get(self._mannered.cookie, "")
        plain = reference.isascii() and '"' not in reference
        return reference if plain and 0 < len(reference) <= identity.REFERENCE_LENGTH_MAX else None

    # A hold

    def _hold(self, environ: Environ, begun: Begun) -> Asking[Told | None]:
        cookies, form = self._cookies(environ), _form(environ)
        reference = self._reference(cookies) if cookies is not None else None
        asked = asking.plain(form) if form is not None else None
        if reference is None or form is None or asked is None:
            return None
        settings = self._premises.settings
        if environ.get("HTTP_SEC_FETCH_SITE") != "same-origin" or not csrf.is_of_session(
            form.get(csrf.FIELD, ""), reference, settings
        ):
            return None
        try:
            served = yield from holds.take_for(self.tools, reference=reference, ask=asked)
        except Busy as busy:
            environ[asking.ANSWERED] = busy
            return None
        if served is None:
            return None
        no = served.answer.refusal()
        # A person's answer is a page with a notice on it: written where all pages are, and not asked for again.
        if environ.get("HTTP_ACCEPT") != JSON or isinstance(no, NotFound):
            environ[asking.ANSWERED] = served.answer
            return None
        return self._refused(no, served, begun) if no is not None else self._held(served)

    def _held(self, served: Served) -> Told:
        said = PLAIN.encode(asking.held(served.answer))
        return Told(HOLD_ROUTE, HTTPStatus.CREATED, JSON, f"{said}\n".encode(), headers.new_nonce())

    def _refused(self, no: Refusal, served: Served, begun: Begun) -> Told:
        with words.speaking(served.locale):
            status, body = errors.problem_of(no, served.zone, begun.request_id)
        said = self._app.json.dumps(body)
        return Told(HOLD_ROUTE, status, errors.PROBLEM, said.encode(), headers.new_nonce())

    # The page of a sale

    def _page(self, environ: Environ, ref: str) -> Asking[Told | None]:
        cookies = self._cookies(environ)
        reference = self._reference(cookies) if cookies is not None else None
        settings = self._premises.settings
        if cookies is None or reference is None or self._mannered.page_cookie in cookies:
            return None
        come = yield from accounts.coming(reference=reference)
        if come is None:
            return None
        knocked, held = come
        shell = self._shell(ref, knocked)
        if shell is None:
            return None
        nonce = headers.new_nonce()
        body = shell.filled(
            nonce=escape(nonce),
            token=escape(csrf.of_session(reference, settings)),
            bag=self._bag(knocked, held) if held.units else self._empty_bag(knocked.locale),
            instant=knocked.at.isoformat(),
        )
        return Told(PAGE_ROUTE, HTTPStatus.OK, HTML, body, nonce, vary="Cookie")

    def _stock(self, environ: Environ, ref: str) -> Asking[Told | None]:
        """The words of its shelves, for pages that ask again."""
        cookies = self._cookies(environ)
        reference = self._reference(cookies) if cookies is not None else None
        if reference is None:
            return None
        knocked = yield from accounts.knocking(reference=reference, realm=Realm.MEMBER)
        if knocked is None or not knocked.complete or knocked.member_id is None:
            return None
        told = showcase.of(self._app).words_ready(ref, knocked.at)
        if told is None or _is_kept_out(knocked, told.words.brand_id, told.words.territory):
            return None
        status, kind, said = HTTPStatus.OK, JSON, b""
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known == f'"{told.mark}"':
            status, kind = HTTPStatus.NOT_MODIFIED, ""
        elif known is None or _is_one_mark(known):
            said = self._codes(told)
        else:
            return None
        nonce = headers.new_nonce()
        return Told(STOCK_ROUTE, status, kind, said, nonce, "Cookie", MINE, told.mark)

    def _codes(self, told: showcase.Told) -> bytes:
        """The words as the page's script reads them, written once for all who ask."""
        known = self._said.get(told.mark)
        if known is None:
            codes = shelves.codes(told.words.phase, told.words.words)
            known = f"{self._app.json.dumps(codes, separators=(',', ':'))}\n".encode()
            if len(self._said) >= showcase.SHOWN_MAX:
                self._said.clear()
            self._said[told.mark] = known
        return known

    def _shell(self, ref: str, knocked: Knocked) -> shells.Shell | None:
        """The page as this member reads it, if it is written and fresh and not kept from them."""
        shown = showcase.of(self._app).ready((ref, (), 1, knocked.locale), knocked.at)
        if shown is None or shown.page.header.phase not in BUYABLE or shown.page.header.has_room:
            return None
        if _is_kept_out(knocked, shown.page.header.brand_id, shown.page.header.territory):
            return None
        return shown.shell_ready((knocked.zone, ""), knocked.at, showcase.of(self._app).kept_ms)

    def _bag_without_anything(self, locale: str) -> str:
        with words.speaking(locale), self._app.app_context():
            return str(frame.link_to_bag(self._bag_url, NOTHING, ""))

    def _bag(self, knocked: Knocked, held: Glance) -> str:
        """The link to a bag as its member reads it."""
        with words.speaking(knocked.locale), self._app.app_context():
            return str(frame.link_to_bag(self._bag_url, held, knocked.zone))

    @cached_property
    def _bag_url(self) -> str:
        return self._app.url_map.bind("").build("storefront.bag")


def _form(environ: Environ) -> dict[str, str] | None:
    """The fields of a small form that has each of them once; what was read is there to be read again."""
    if environ.get("CONTENT_TYPE") != FORM:
        return None
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)
    try:
        pairs = parse_qsl(body.decode("ascii"), strict_parsing=True, keep_blank_values=True)
    except ValueError:
        return None
    form = dict(pairs)
    return form if len(form) == len(pairs) and form.keys() <= FIELDS else None


def _is_kept_out(knocked: Knocked, brand_id: int, territory: str) -> bool:
    """Whether a sale is none to this member: the long way says so."""
    return brand_id in knocked.kept_from or territory != knocked.territory


def _is_one_mark(known: str) -> bool:
    """Whether ``known`` is a single strong ETag."""
    return known.startswith('"') and known.find('"', 1) == len(known) - 1
