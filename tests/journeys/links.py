"""Where pages lead: links, sources, forms and places within a page, each of which must be there."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from werkzeug.exceptions import HTTPException

HOMES = {"/", "/brand/", "/admin/"}

GATHERED = """
() => ({
  links: [...document.querySelectorAll("a[href], link[href]")].map((each) => each.href),
  sources: [...document.querySelectorAll("[src]")].map((each) => each.src).concat(
    [...document.querySelectorAll("[srcset]")].flatMap((each) =>
      each.srcset.split(", ").map((one) => new URL(one.trim().split(" ")[0], location).href))),
  polled: [...document.querySelectorAll("[hx-get], [data-poll]")].map((each) =>
    new URL(each.getAttribute("hx-get") || each.dataset.poll, location).href),
  forms: [...document.forms].map((form) => [form.method, form.action]),
  missing: [...document.querySelectorAll("a[href^='#']")].map((each) => each.getAttribute("href").slice(1))
    .filter((id) => id && !document.getElementById(id)),
})
"""


class Links:
    """Everything that the pages of a walk lead to."""

    def __init__(self):
        self._asked: dict[str, str] = {}
        self._forms: set[tuple[str, str]] = set()
        self._missing: list[str] = []

    def gather(self, person):
        """Take up what this page leads to; the addresses of its links."""
        found = person.page.evaluate(GATHERED)
        for address in (*found["links"], *found["sources"], *found["polled"]):
            if urlsplit(address).hostname == "localhost":
                self._asked.setdefault(address, person.path)
        self._forms |= {
            (method.upper(), urlsplit(action).path)
            for method, action in found["forms"]
            if not urlsplit(action).fragment  # on the page of components forms lead nowhere
        }
        self._missing += [f"{person.path}: there is no #{each}" for each in found["missing"]]
        return found["links"]

    def broken(self, person, routes, kind_of):
        """What leads nowhere: one address of each kind is asked for, each form's act must be declared."""
        found, known = list(self._missing), set()
        for address, where in self._asked.items():
            kind = (kind_of(address), urlsplit(address).fragment)
            if kind in known:
                continue
            known.add(kind)
            found += self._asked_for(person, address, where)
        return found + [
            f"no page takes {method} {path}"
            for method, path in sorted(self._forms)
            if not _declared(routes, method, path)
        ]

    @staticmethod
    def _asked_for(person, address, where):
        answer = person.context.request.get(urljoin(person.home, address))
        place = urlsplit(address).fragment
        if urlsplit(address).path in HOMES and answer.status == 404:
            return []  # another door's front step, which lets whoever stands before it sign in
        if answer.status >= 400:
            return [f"{where} leads to {address}, which answers {answer.status}"]
        if place and f'id="{place}"' not in answer.text():
            return [f"{where} leads to {address}, which has no such place"]
        return []


def _declared(routes, method, path):
    try:
        routes.bind("localhost").match(path, method=method)
    except HTTPException:
        return False
    return True
