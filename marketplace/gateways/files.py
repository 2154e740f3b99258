"""Where files are kept: a local folder or an S3 bucket, through one library (obstore)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store, from_url

from marketplace.db.session import assert_outside_transaction
from marketplace.toolbox import GatewayRefusal, GatewayTrouble

if TYPE_CHECKING:
    from pathlib import Path

    from obstore.store import ObjectStore

    from marketplace.config import Settings


class StoredFiles:
    """Files by key. Keys are random; a key says nothing about what it holds."""

    def __init__(self, store: ObjectStore) -> None:
        """``store`` is obstore's, local or remote."""
        self._store = store

    def put(self, key: str, content: bytes | Path) -> None:
        """Keep ``content``; what was there under the same key is replaced."""
        assert_outside_transaction("a file was stored")
        try:
            self._store.put(key, content)
        except BaseError as trouble:
            raise GatewayTrouble(str(trouble)) from trouble

    def get(self, key: str) -> bytes:
        """The content of ``key``; GatewayRefusal ``missing`` where there is none."""
        assert_outside_transaction("a file was read")
        try:
            return bytes(self._store.get(key).bytes())
        except FileNotFoundError as missing:
            raise GatewayRefusal("missing", key) from missing
        except BaseError as trouble:
            raise GatewayTrouble(str(trouble)) from trouble

    def fetch_to(self, key: str, path: Path) -> None:
        """Write the content of ``key`` to ``path`` piece by piece."""
        assert_outside_transaction("a file was read")
        try:
            with path.open("wb") as target:
                for piece in self._store.get(key).stream():
                    target.write(piece)
        except FileNotFoundError as missing:
            raise GatewayRefusal("missing", key) from missing
        except BaseError as trouble:
            raise GatewayTrouble(str(trouble)) from trouble


def chosen(settings: Settings) -> StoredFiles:
    """The store that ``STORAGE_URL`` names."""
    address = urlsplit(settings.storage_url)
    if address.scheme == "file":
        return StoredFiles(LocalStore(prefix=unquote(address.path), mkdir=True))
    store = from_url(settings.storage_url)
    assert isinstance(store, S3Store), "only folders and S3 buckets are offered"
    return StoredFiles(store)
