"""The Celery application. Tasks are found in the apps' `tasks` modules."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# Celery takes CELERY_BROKER_URL from the environment too, so the scheme is what has to lead to our transport.
TRANSPORT_ALIASES["filesystem"] = "portal.broker:Transport"

app = Celery("mailway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_configure.connect
def read_the_settings(**_signal: Any) -> None:
    """Celery is about to, and would show where in its own code it stood when one was wrong."""
    from portal.starting import in_one_sentence  # noqa: PLC0415  # what it asks needs this module

    with in_one_sentence():
        _ = settings.SECRET_KEY


@worker_init.connect
def let_pages_go_first(**_signal: Any) -> None:
    """Where all runs on one machine, a crowd's tests would take the processor from the crowd's presses."""
    # A worker that begins anew keeps what it was.
    os.nice(max(0, settings.PORTAL.worker_nice_steps - os.nice(0)))


@worker_init.connect
def refuse_to_start_in_vain(**_signal: Any) -> None:
    from portal import starting  # noqa: PLC0415  # Django is set up by now, and what it asks needs this module

    # Celery logs an exception of a receiver and goes on; the end of the process it lets through.
    with starting.in_one_sentence():
        starting.refuse_to_start_in_vain()
