"""``/health``: one word for whoever asks, the whole of it for the machine itself and for people of the house."""

from __future__ import annotations

from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, request

from marketplace.domain.doors import Realm
from marketplace.queries import health
from marketplace.web import access, identity, places

if TYPE_CHECKING:
    from flask import Response

OUTBOX_LATE_S = 60
"""An event that has waited longer shows that nobody relays."""
CLOCK_LAG_MS_MAX = 1_000

door = Blueprint("health", __name__)


@door.get("/health")
@access.anyone
def show() -> Response:
    """200 while people can be served, 503 when not; a part that fails without hurting them is named ``impaired``."""
    found = health.now(places.premises().tools)
    answer = jsonify({"status": _word(found), **(_detail(found) if _may_see(found) else {})})
    answer.status_code = HTTPStatus.OK if found.postgres else HTTPStatus.SERVICE_UNAVAILABLE
    return answer


def _word(found: health.Health) -> str:
    if not found.postgres:
        return "down"
    late = (found.outbox_oldest_s or 0) > OUTBOX_LATE_S
    apart = abs(found.clock_lag_ms or 0) > CLOCK_LAG_MS_MAX
    return "ok" if found.valkey and not late and not apart else "impaired"


def _detail(found: health.Health) -> dict[str, object]:
    return {
        "stores": {"postgres": found.postgres, "valkey": found.valkey},
        "clock_lag_ms": found.clock_lag_ms,
        "outbox_oldest_s": found.outbox_oldest_s,
        "jobs_oldest_s": found.jobs_oldest_s,
        "pulses_s": dict(found.pulses),
    }


def _may_see(found: health.Health) -> bool:
    """From the machine itself and through nobody, or an operator."""
    try:
        loopback = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        loopback = False
    if loopback and "X-Forwarded-For" not in request.headers:
        return True
    if not found.postgres:
        return False
    operator = identity.at_door(places.of_realm(Realm.OPERATOR))
    return operator is not None and operator.complete
