"""``python -m marketplace.local.stripe``: put the parts together, listen, answer until told to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from marketplace.local.stripe.api import Api
from marketplace.local.stripe.control import Control
from marketplace.local.stripe.deliveries import Courier
from marketplace.local.stripe.dressing import Dresser
from marketplace.local.stripe.events import Announcer
from marketplace.local.stripe.faults import ApiFaults, WebhookFaults
from marketplace.local.stripe.idempotency import Underway
from marketplace.local.stripe.limits import Limiter
from marketplace.local.stripe.pages import Pages
from marketplace.local.stripe.settings import Settings, SettingsError, from_environment
from marketplace.local.stripe.store import Store
from marketplace.local.stripe.till import Till
from marketplace.local.stripe.wire import Answer, Request, Server

if TYPE_CHECKING:
    from collections.abc import Callable

ENDING = {signal.SIGINT, signal.SIGTERM}


def assembled(
    settings: Settings, store: Store, base_url: str
) -> tuple[Callable[[Request], Answer], Courier]:
    """The whole simulator as one function from request to answer, and its courier."""
    webhook_faults = WebhookFaults(store)
    dresser = Dresser(base_url)
    announcer = Announcer(dresser, webhook_faults, environment=bool(settings.webhook_url))
    courier = Courier(store, announcer, settings)
    announcer.wake = courier.wake
    faults = ApiFaults(store)
    limiter = Limiter(on=settings.limits)
    api = Api(store, announcer, limiter, faults, Underway(), settings.api_key, base_url)
    till = Till(store, announcer, faults, base_url)
    pages = Pages(till)
    control = Control(api, till, webhook_faults, courier)

    def respond(request: Request) -> Answer:
        if request.path.startswith("/v1/"):
            return api.answer(request)
        if settings.control and request.path.startswith("/_simulator/"):
            return control.answer(request)
        return pages.answer(request)

    return respond, courier


def main() -> int:
    """Run the simulator; the exit status is 0 when it was told to stop, 2 when it cannot start."""
    try:
        settings = from_environment(os.environ)
        server = Server(settings.port)
    except (SettingsError, OSError) as error:
        print(f"The Stripe simulator cannot start: {error}", file=sys.stderr)
        return 2
    store = Store(settings.folder)
    respond, courier = assembled(settings, store, server.url)
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    threading.Thread(target=_obey, args=(server,), daemon=True).start()
    if settings.leash:
        threading.Thread(target=_follow, args=(server,), daemon=True).start()
    courier.start()
    print(f"listening on {server.url}", flush=True)
    server.serve(respond)
    courier.stop()
    store.close()
    return 0


def _obey(server: Server) -> None:
    """End when told to: a handler would be put off for as long as the main thread waits for a connection."""
    signal.sigwait(ENDING)
    server.close()


def _follow(server: Server) -> None:
    """End with the process that started this one: its end of our standard input closes."""
    while os.read(0, 1_024):
        pass
    server.close()


if __name__ == "__main__":
    sys.exit(main())
