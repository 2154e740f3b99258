"""The night staff at work: every job in words, what waits, what failed and can be run again, who is awake."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app

from marketplace.admin import door
from marketplace.admin.frame import PageQuery, ReasonForm
from marketplace.queries import job_console
from marketplace.services import runs
from marketplace.services.runs import RunNotFailed
from marketplace.web import errors, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import _, deeds, formats, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flask import Flask, Response

    from marketplace.queries.job_console import Listed

POSTED = "aubaine.jobs"
SECOND = timedelta(seconds=1)
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def post(app: Flask, jobs: Sequence[Listed]) -> None:
    """Hang up the list of the program's jobs; the front gate does, which knows both doors and night staff."""
    app.extensions[POSTED] = tuple(jobs)


@door.get("/jobs")
@operator
def jobs() -> Response:
    """The list, as it stands now."""
    listed = current_app.extensions.get(POSTED, ())
    page = inputs.query(PageQuery())["page"]
    found = job_console.look(identity.tools(), jobs=listed, page=page)
    return pages.render(
        "admin/jobs.html", found=found, schedule=schedule, age=age, named=_named(listed)
    )


@door.post("/jobs/<int:run_id>/again")
@operator
def run_again(run_id: int) -> Response:
    """Make a failed run due now. A second press finds it under way: that is told, and nothing happens."""
    reason = inputs.form(ReasonForm())["reason"]
    try:
        runs.again(identity.tools(), run_id=run_id, reason=reason)
    except RunNotFailed as no:
        return pages.go("admin.jobs", notice=errors.sentence(no), kind="info")
    return pages.go("admin.jobs", notice=_("It is due now and will be run in a moment."))


def schedule(job: Listed) -> str:
    """What sets the job going, in words."""
    if job.seconds is not None:
        return _every(job.seconds)
    events = ", ".join(deeds.said(name) for name in job.after)
    return _("After: %(events)s", events=events)


def _every(seconds: int) -> str:
    if seconds % DAY == 0:
        return ngettext("Every day", "Every %(num)s days", seconds // DAY)
    if seconds % HOUR == 0:
        return ngettext("Every hour", "Every %(num)s hours", seconds // HOUR)
    if seconds % MINUTE == 0:
        return ngettext("Every minute", "Every %(num)s minutes", seconds // MINUTE)
    return ngettext("Every second", "Every %(num)s seconds", seconds)


def age(then: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: enough to see whether somebody is asleep."""
    if then is None:
        return _("none")
    seconds = max(0, (now - then) // SECOND)
    if seconds < 2 * MINUTE:
        return _("%(count)s s", count=formats.count(seconds))
    if seconds < 2 * HOUR:
        return _("%(count)s min", count=formats.count(seconds // MINUTE))
    return _("%(count)s h", count=formats.count(seconds // HOUR))


def _named(listed: Sequence[Listed]) -> dict[str, str]:
    return {job.name: _(job.words) for job in listed}
