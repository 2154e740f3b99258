"""The payment service's own pages, to which members are sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from marketplace.web import places


def ours(url: str) -> str:
    """The address of the pay page, which must stand where the settings say."""
    place = urlsplit(url)
    origins = places.premises().settings.checkout_origins
    assert f"{place.scheme}://{place.netloc}" in origins, "the pay page stands elsewhere"
    return url
