"""The front gate: fills the toolbox and hangs the doors. Served by granian; imported by no room."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import supplier_portal
from jobs import registry
from marketplace import admin, api, bootstrap, config, storefront
from marketplace.web import metrics
from marketplace.web.app import create_app
from marketplace.web.closed import closed_app
from marketplace.web.leaving import Leaving

if TYPE_CHECKING:
    from flask import Flask

POOL_SIZE = 8
"""Connections of one process: three that carry the questions of all (who knocks, what is held, what a bag holds), and
five for everything else. Its threads are more, and mostly wait: for their journey, or for one of the five."""


def front_gate() -> Flask:
    """The application of this process, from its environment; one page alone while the house is closed for work."""
    settings = config.from_environment(os.environ)
    bootstrap.configure_logs(settings, process="web")
    if settings.closed_until is not None:
        return closed_app(settings, settings.closed_until)
    tools = bootstrap.toolbox(settings, pool_size=POOL_SIZE, process="web", together=True)
    doors = (storefront.door, supplier_portal.door, admin.door, api.door)
    hung = create_app(settings, tools, doors, front=storefront.rush.Rush)
    admin.jobs.post(hung, registry.listed())
    metrics.serve(settings.metrics_port)
    return hung


app = Leaving(front_gate())
app.heed()
