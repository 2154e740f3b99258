"""What can be wrong with a photograph."""

from __future__ import annotations

from marketplace.domain.imports.codes.kinds import warn

PHOTOGRAPHS = (
    warn(
        "photograph_absent",
        "The photograph %(value)s is named, but it is not in the ZIP file.",
        "Add it to the ZIP file, or correct its name.",
    ),
    warn(
        "photograph_unmatched",
        "The photograph %(value)s belongs to no style in the file.",
        "Name it in a row, or begin its name with the style code or SKU.",
    ),
    warn(
        "photograph_kind",
        "%(value)s is no JPEG, PNG, WebP or AVIF picture, or its ending says something else.",
        "Save it as JPEG, PNG, WebP or AVIF with the matching ending.",
    ),
    warn(
        "photograph_damaged",
        "%(value)s is damaged or incomplete.",
        "Export it again.",
    ),
    warn(
        "photograph_too_large",
        "%(value)s is larger than %(most)s.",
        "Make it smaller.",
    ),
    warn(
        "photograph_frames",
        "%(value)s holds more than one picture.",
        "Send one still picture in each file.",
    ),
    warn(
        "photograph_disguised",
        "%(value)s holds something else besides a picture and was refused.",
        "Export it again as a plain picture.",
    ),
    warn(
        "photograph_too_costly",
        "%(value)s needs more memory or time than a photograph may.",
        "Export it again as a plain JPEG of at most 40 megapixels.",
    ),
    warn(
        "photograph_address",
        "%(value)s is not called: it leads into a private network, or is no address over https.",
        "Name an address on the open internet that begins with https, or send the photograph in a ZIP file.",
    ),
    warn(
        "photograph_unreachable",
        "%(value)s was not there: its server answered %(status)s.",
        "See to it that the address opens without signing in, or send the photograph in a ZIP file.",
    ),
    warn(
        "photograph_silent",
        "%(value)s: nobody answered at this address in time.",
        "Open it in a browser; if it opens there, send the file again, else send a ZIP file.",
    ),
)
