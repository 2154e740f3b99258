"""Brands: what is written down about one, what it owes before it begins, where its money goes, and its states."""

from marketplace.services.brands.answers import (
    accept,
    attest,
    send_back,
    upload,
    waive,
    waive_missing,
)
from marketplace.services.brands.bank import cancel_bank, change_bank
from marketplace.services.brands.files import change_file
from marketplace.services.brands.guard_rails import set_guard_rails
from marketplace.services.brands.lists import add_item, change_item
from marketplace.services.brands.moves import resume, suspend, terminate
from marketplace.services.brands.profiles import Profile, change
from marketplace.services.brands.suppression import keep_nobody_out, keep_out

__all__ = (
    "Profile",
    "accept",
    "add_item",
    "attest",
    "cancel_bank",
    "change",
    "change_bank",
    "change_file",
    "change_item",
    "keep_nobody_out",
    "keep_out",
    "resume",
    "send_back",
    "set_guard_rails",
    "suspend",
    "terminate",
    "upload",
    "waive",
    "waive_missing",
)
