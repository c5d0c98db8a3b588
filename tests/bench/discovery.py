"""Autoconfig for one domain, a thousand and a hundred thousand, beside a bare view and beside automx2.

All in one run on one machine: what counts are the ratios. At a hundred thousand domains automx2 lists all
of them in each answer, so it is asked for one and for a thousand.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.bench.automx2 import automx2
from tests.bench.load import Server, Target, ask, autoconfig, autodiscover, cpu_beside, load, one_of
from tests.bench.provisioning import MX, provision
from tests.bench.report import Promise
from tests.bench.serving import granian
from tests.faults.nameserver import FaultyNameServer

MANY = 100_000
# A domain that only its MX record leads to our server, and one that nobody has here.
_BY_MX, _NOBODYS = "led-here.example", "nobodys.example"


def measure(folder: Path) -> list[Promise]:
    folder.mkdir(parents=True, exist_ok=True)
    provision(folder / "1.sqlite3", 1)
    promises = provision(folder / "many.sqlite3", MANY)
    with ExitStack() as stack:
        resolver = stack.enter_context(FaultyNameServer({(_BY_MX, "MX"): (f"10 {MX}.",)})).address
        bare = stack.enter_context(granian("tests.bench.bare:application", "wsgi", {}))
        one = stack.enter_context(_portal(folder / "1.sqlite3"))
        many = stack.enter_context(_portal(folder / "many.sqlite3", resolver))
        yardstick = load(Target(bare, partial(autoconfig, "d0.example", with_address=False)))
        for with_address, kind in ((False, "a domain"), (True, "an address")):
            asked = partial(autoconfig, with_address=with_address)
            any_of_many = Target(many, lambda asked=asked: asked(one_of(MANY)))
            used = load(any_of_many)
            at_many = cpu_beside(any_of_many, Target(one, lambda asked=asked: asked(one_of(1))))
            kind = f"autoconfig of {kind}"
            promises += [
                Promise(f"{kind}, CPU beside a bare view", used.cpu_ms / yardstick.cpu_ms, 2.5, "x"),
                Promise(f"{kind}, slowest of 100 beside a bare view", used.p99_ms / yardstick.p99_ms, 3, "x"),
                Promise(f"{kind}, CPU at {MANY:,} domains beside one", at_many, 1 / 0.9, "x"),
            ]
        promises += _strangers(many)
    return promises + _beside_automx2(folder)


def _strangers(server: Server) -> list[Promise]:
    """What a domain that DNS leads here costs beside a known one, and one that is nobody's."""
    promises = []
    known = Target(server, partial(autoconfig, "d0.example", with_address=True))
    for name, status, kind in ((_BY_MX, 200, "DNS leads here"), (_NOBODYS, 404, "is nobody's")):
        assert ask(server.port, name) == status
        stranger = Target(server, partial(autoconfig, name, with_address=True), status)
        cost = cpu_beside(stranger, known)
        promises.append(Promise(f"CPU for a domain that {kind} beside a known one", cost, 1, "x"))
    return promises


def _beside_automx2(folder: Path) -> list[Promise]:
    promises = []
    for size, least in ((1, 8), (1000, 55)):
        database = folder / f"{size}.sqlite3"
        if not database.exists():
            provision(database, size)
        asked = {
            f"{least} x automx2's rate at {size} domains": (
                least,
                lambda size=size: autoconfig(one_of(size), with_address=True),
            )
        }
        if size == 1:
            asked["10 x automx2's Autodiscover"] = (10, lambda: autodiscover("d0.example"))
        with automx2(folder, size) as server:
            theirs = {name: load(Target(server, request)).rate for name, (_, request) in asked.items()}
        with _portal(database) as server:
            ours = {name: load(Target(server, request)).rate for name, (_, request) in asked.items()}
        promises += [
            Promise(f"{name}, beside ours", times * theirs[name] / ours[name], 1, "x")
            for name, (times, _request) in asked.items()
        ]
    return promises


@contextmanager
def _portal(database: Path, resolver: tuple[str, int] | None = None) -> Iterator[Server]:
    """The portal with all domains of a database in its index."""
    environment = {
        "DATABASE_URL": f"sqlite:///{database}",
        "DEBUG": "true",
        "PORTAL_HOSTS": "portal.test",
    }
    if resolver is not None:
        environment["PROBE_RESOLVER"] = "{}:{}".format(*resolver)
    with granian("portal.asgi:application", "asgi", environment) as server:
        _wait_for_index(server.port)
        yield server


def _wait_for_index(port: int) -> None:
    """The first answers come from the database; the index is there when one is quick."""
    for _ in range(100):
        started = time.perf_counter()
        assert ask(port, "d0.example") == 200
        if time.perf_counter() - started < 0.005:
            time.sleep(3)
            return
        time.sleep(0.1)
