"""The front gate: fills the toolbox and hangs the doors. Served by granian; imported by no room.

``front`` is what granian serves (RSGI); ``app`` is the same house for any WSGI server.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import supplier_portal
from jobs import registry
from marketplace import admin, api, bootstrap, config, storefront
from marketplace.web import metrics, rsgi
from marketplace.web.app import FRONT, behind_proxies, create_app
from marketplace.web.closed import closed_app
from marketplace.web.crowded import turning_away
from marketplace.web.leaving import Leaving

if TYPE_CHECKING:
    from flask import Flask

    from marketplace.config import Settings

POOL_SIZE = 8
"""Connections of one process: three that carry the questions of all (who knocks, what is held, what a bag holds), and
five for everything else. Its threads are more, and mostly wait: for their journey, or for one of the five."""
SETTINGS = config.from_environment(os.environ)


def front_gate(settings: Settings) -> Flask:
    """The application of this process; one page alone while the house is closed for work."""
    bootstrap.configure_logs(settings, process="web")
    if settings.closed_until is not None:
        return closed_app(settings, settings.closed_until)
    tools = bootstrap.toolbox(settings, pool_size=POOL_SIZE, process="web", together=True)
    doors = (storefront.door, supplier_portal.door, admin.door, api.door)
    hung = create_app(settings, tools, doors, front=storefront.rush.Rush)
    admin.jobs.post(hung, registry.listed())
    metrics.serve(settings.metrics_port)
    return hung


def before(hung: Flask, settings: Settings, app: Leaving) -> rsgi.Front:
    """The event loop before ``app``, which answers for ``hung``."""
    quick = hung.extensions.get(FRONT)
    seen = behind_proxies(settings, rsgi.nobody)
    return rsgi.Front(app, quick=quick, seen=seen, full=turning_away(settings))


_hung = front_gate(SETTINGS)
app = Leaving(_hung)
app.heed()
front = before(_hung, SETTINGS, app)
