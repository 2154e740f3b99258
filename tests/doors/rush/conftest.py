"""The same request, asked by the short way and by the long one, by threads and on a loop."""

from __future__ import annotations

import pytest

from marketplace.storefront import rush
from marketplace.web.app import FRONT
from tests import factories
from tests.doors import hand
from tests.doors.rush.worlds import told


@pytest.fixture
def hung():
    """The members' door alone."""
    return ("marketplace.storefront",)


@pytest.fixture(autouse=True, params=["by threads", "on a loop"])
def door(request, app, monkeypatch):
    """Both ways in which a server can bring requests to the house."""
    if request.param == "on a loop":
        whole = app.wsgi_app
        with hand.served(whole, quick=app.extensions[FRONT]) as served:
            monkeypatch.setattr(app, "wsgi_app", served)
            yield
    else:
        yield


@pytest.fixture
def behind(app, monkeypatch):
    """Counts what goes on to Flask."""
    asked = []
    front = app.extensions[FRONT]
    flask = front._behind

    def counted(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return flask(environ, start_response)

    monkeypatch.setattr(front, "_behind", counted)
    return asked


@pytest.fixture
def both(app, database, member_client):
    """Arrange twice, ask once each way; what was answered by the short way and by the long one."""

    def asking(arrange, ask):
        answers = []
        for off in (False, True):
            app.config[rush.OFF] = off
            with database.session() as session:
                sale, (item,) = factories.open_sale(session, units=2)
                member = factories.member(session)
                item.style = session.get_one(factories.Variant, item.variant_id).style_id
                arrange(session, sale, item, member)
            answers.append(told(ask(member_client(member), sale, item), sale.ref))
            app.config[rush.OFF] = False
        return answers

    return asking
