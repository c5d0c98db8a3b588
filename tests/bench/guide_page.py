"""The guide pages: what goes over the wire on a first view, and how long the server works for the slowest."""

import gzip
import json
import re
import statistics
import time
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from tests.bench.report import Promise

# Short looks find the slowest page, long ones measure it.
LOOKS, ROUNDS = 5, 50


def measure(folder: Path) -> list[Promise]:
    from accounts.models import User  # noqa: PLC0415  # once Django is set up
    from mailsetup.guides.clients import GUIDES  # noqa: PLC0415
    from mailsetup.hosting.provisioning import provision  # noqa: PLC0415

    provision(json.dumps(_provider_file()).encode())
    browser = Client(headers={"host": "localhost"})
    browser.force_login(User.objects.get(email="anna@guide.test"))
    pages = {
        f"{guide.slug} {protocol}": f"/setup/anna@guide.test/{guide.slug}/{protocol}/"
        for guide in GUIDES.values()
        for protocol in guide.protocols
    }
    bodies = {name: browser.get(page).content for name, page in pages.items()}
    largest = max(bodies, key=lambda name: len(bodies[name]))
    slowest = max(pages, key=lambda name: _milliseconds(browser, pages[name], LOOKS))
    return [
        Promise(f"first view of {largest} over the wire", _weight(bodies[largest]) / 1000, 60, "kB"),
        Promise(f"largest guide, {largest}", len(bodies[largest]) / 1000, 40, "kB"),
        Promise(f"slowest guide, {slowest}", _milliseconds(browser, pages[slowest], ROUNDS), 25, "ms"),
    ]


def _milliseconds(browser: Client, page: str, rounds: int) -> float:
    """The median."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        browser.get(page)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def _weight(body: bytes) -> int:
    """The page and what it links to, each as gzip makes it; whitenoise serves these or smaller."""
    found = re.findall(r'(?:src|href)="(/static/[^"#]+)', body.decode())
    weight = len(gzip.compress(body))
    for link in sorted(set(found)):
        path = Path(settings.STATIC_ROOT) / urlsplit(link).path.removeprefix("/static/")
        weight += len(gzip.compress(path.read_bytes()))
    return weight


def _provider_file() -> dict[str, object]:
    return {
        "customers": [{"id": "g:1", "name": "Guide", "users": ["anna@guide.test"]}],
        "servers": [
            {
                "name": "guide",
                "webmail_url": "https://mail.guide.test/",
                "services": [
                    {"type": "imap", "hostname": "mail.guide.test", "port": 993, "socket_type": "SSL"},
                    {"type": "pop3", "hostname": "mail.guide.test", "port": 995, "socket_type": "SSL"},
                    {"type": "smtp", "hostname": "mail.guide.test", "port": 587, "socket_type": "STARTTLS"},
                ],
            }
        ],
        "domains": [{"name": "guide.test", "server": "guide", "customer": "g:1"}],
    }
