"""The front gate of the live process: fills the toolbox; served by granian (ASGI), imported by no room."""

from __future__ import annotations

import os
from functools import partial

from marketplace import bootstrap, config
from marketplace.live.channel import THREADS, Channel


def front_gate() -> Channel:
    """The live channel of this process, from its environment."""
    settings = config.from_environment(os.environ)
    bootstrap.configure_logs(settings, process="live")
    tools = bootstrap.toolbox(settings, pool_size=THREADS, process="live")
    return Channel(settings, tools, partial(bootstrap.heard, settings))


app = front_gate()
