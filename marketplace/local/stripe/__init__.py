"""The Stripe simulator: a server of its own that speaks Stripe's HTTP API to Stripe's own library.

It stands in for Stripe on one machine, for `dev.py up`, the tests and the benchmarks. Production
never loads it, and nothing outside ``marketplace.local`` imports it. What it simulates, where it
differs and how it is told to misbehave is written in ``docs/stripe-simulator.md``.

Start it with ``python -m marketplace.local.stripe``; drive it with :mod:`.driver`.
"""

API_VERSION = "2026-10-28.endive"
