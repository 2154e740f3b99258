"""A small process tree with real servers, run as a process of its own so that tests can kill it.

``python tests/local/tree.py FOLDER [--loose]``: PostgreSQL, Valkey, granian with two workers, an RQ
worker. It writes FOLDER/ready.json when all of it answers. ``--loose`` leaves the tether out.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

from marketplace.local import ports, postgres, tether, valkey
from marketplace.local.processes import Child, Supervisor

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def run(folder: Path, *, loose: bool) -> None:
    numbers = ports.remembered(folder / "ports.json", {"postgres": 0, "valkey": 0, "web": 0})
    cluster = postgres.prepare(folder / "postgres", durable=True)
    store = valkey.prepare(folder / "valkey", durable=True)
    carrier = store.server(numbers["valkey"])
    path = os.pathsep.join((*(() if loose else (str(tether.FOLDER),)), str(ROOT), str(HERE)))
    environment = {"PATH": os.defpath, "PYTHONPATH": path, "REDIS_URL": carrier.url()}
    web = (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--no-ws"),
        *("--respawn-failed-workers", "--host", "127.0.0.1", "--port", str(numbers["web"])),
        "stand_ins:app",
    )
    worker = (sys.executable, "-m", "rq.cli", "worker", "--url", carrier.url(), "default")
    with Supervisor(folder) as supervisor:
        supervisor.start(cluster.child(numbers["postgres"], stage=0))
        supervisor.start(store.child(numbers["valkey"], stage=0))
        database = cluster.server(numbers["postgres"])
        supervisor.until(database.answers, of="postgres", seconds_max=20)
        supervisor.until(carrier.answers, of="valkey", seconds_max=20)
        supervisor.start(Child("worker", "", worker, environment, stage=1))
        supervisor.start(Child("web", "", web, environment, stage=2))
        supervisor.until(lambda: ports.answers(numbers["web"]), of="web", seconds_max=20)
        told = {"database": database.url(), "redis": carrier.url(), "web": numbers["web"]}
        (folder / "ready.json.new").write_text(json.dumps(told))
        (folder / "ready.json.new").rename(folder / "ready.json")
        supervisor.watch()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, filename=Path(sys.argv[1]) / "supervisor.log")
    run(Path(sys.argv[1]), loose="--loose" in sys.argv)
