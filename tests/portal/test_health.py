"""What an administrator's monitor asks."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from mailsetup.connection_tests.models import WorkerHeartbeat

pytestmark = pytest.mark.django_db


def test_ready_with_a_worker_that_was_just_seen(client: Client) -> None:
    WorkerHeartbeat.objects.create(name="host:1", seen_at=timezone.now())
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content


def test_not_ready_without_a_worker(client: Client) -> None:
    WorkerHeartbeat.objects.create(name="host:1", seen_at=timezone.now() - timedelta(minutes=1))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"worker: No worker was seen lately" in answer.content
    assert b"database: ok" in answer.content


def test_a_cache_that_is_down_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_call: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "set", down)
    assert b"cache: The cache does not answer (ConnectionError)." in client.get("/readyz").content
