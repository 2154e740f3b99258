"""Spreadsheets in and out: strangers' files are read in a shut room, ours are written so that nothing runs."""

from __future__ import annotations

from marketplace.gateways.spreadsheets.opening import opened
from marketplace.gateways.spreadsheets.writing import csv_bytes, safe, xlsx_bytes

__all__ = ["csv_bytes", "opened", "safe", "xlsx_bytes"]
