"""The program's own shape, for tests about it."""

from __future__ import annotations

import importlib
import pkgutil

import jobs
import marketplace
import supplier_portal
from marketplace import cli

STARTED_BY_IMPORT = ("__main__", "marketplace.live.app", "marketplace.local.tether.sitecustomize")


def import_everything() -> list[str]:
    """Import every module of the application, so that every class is known; their names."""
    names = []
    for package in (marketplace, supplier_portal, jobs):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith(STARTED_BY_IMPORT):
                importlib.import_module(found.name)
                names.append(found.name)
    return names


def commands() -> set[str]:
    """Every command of ``aubaine``, as typed."""
    return {
        f"{group} {command.name}".strip()
        for group in cli.GROUPS
        for command in importlib.import_module(f"marketplace.cli.{group}").COMMANDS
    }
