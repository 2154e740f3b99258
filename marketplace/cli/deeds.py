"""Commands that change something: an operator's tools from the environment, and a no in words."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from functools import wraps
from typing import TYPE_CHECKING

from marketplace import bootstrap, config
from marketplace.cli import UNDERSTOOD_NOT
from marketplace.domain.doors import Door
from marketplace.domain.refusals import Refusal
from marketplace.toolbox import StoreDown
from marketplace.web.errors import answers
from marketplace.words import _

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from marketplace.toolbox import Toolbox

REFUSED = 1
POOL_SIZE = 1


def deed(carry_out: Callable[[Toolbox, Namespace], str]) -> Callable[[Namespace], int]:
    """A command that prints what ``carry_out`` says. 0 when done, 1 when a rule says no, 2 when it cannot begin."""

    @wraps(carry_out)
    def run(said: Namespace) -> int:
        try:
            settings = config.from_environment(os.environ)
            tools = bootstrap.toolbox(settings, pool_size=POOL_SIZE, process="command")
            with ExitStack() as leaving:
                leaving.callback(tools.vault.engine.dispose)
                sys.stdout.write(f"{carry_out(tools.at_door(Door.OPERATOR), said)}\n")
        except config.SettingsError as wrong:
            return _no(str(wrong), UNDERSTOOD_NOT)
        except StoreDown as trouble:
            return _no(_("The database cannot be reached: %(why)s", why=trouble), UNDERSTOOD_NOT)
        except Refusal as no:
            return _no(answers.said(no), REFUSED)
        return 0

    return run


def _no(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
