"""The guide page: what goes over the wire on a first view, and how long the server works."""

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

PAGE = "/setup/anna@guide.test/windows-live-mail/imap/"
ROUNDS = 50


def measure(folder: Path) -> list[Promise]:
    from accounts.models import User  # noqa: PLC0415  # once Django is set up
    from mailsetup.hosting.provisioning import provision  # noqa: PLC0415

    provision(json.dumps(_provider_file()).encode())
    browser = Client(headers={"host": "localhost"})
    browser.force_login(User.objects.get(email="anna@guide.test"))
    body = browser.get(PAGE).content
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        browser.get(PAGE)
        times.append(time.perf_counter() - started)
    return [
        Promise("guide page, first view over the wire", _weight(body) / 1000, 60, "kB"),
        Promise("guide page, server time", statistics.median(times) * 1000, 30, "ms"),
    ]


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
                "services": [
                    {"type": "imap", "hostname": "mail.guide.test", "port": 993, "socket_type": "SSL"},
                    {"type": "pop3", "hostname": "mail.guide.test", "port": 995, "socket_type": "SSL"},
                    {"type": "smtp", "hostname": "mail.guide.test", "port": 587, "socket_type": "STARTTLS"},
                ],
            }
        ],
        "domains": [{"name": "guide.test", "server": "guide", "customer": "g:1"}],
    }
