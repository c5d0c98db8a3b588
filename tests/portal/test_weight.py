"""What a browser fetches once, before it shows the first page."""

import gzip
from pathlib import Path

from django.contrib.staticfiles import finders

FILES = ("portal/portal.css", "portal/portal.js", "portal/favicon.svg", "django_htmx/htmx-2.min.js")
# 60 kB is what the first guide may weigh in all; a guide itself is at most half of that.
LIMIT = 30_000


def test_stylesheet_and_scripts_stay_small() -> None:
    weights = {}
    for name in FILES:
        found = finders.find(name)
        assert found, name
        weights[name] = len(gzip.compress(Path(found).read_bytes(), 9))
    assert sum(weights.values()) < LIMIT, weights
