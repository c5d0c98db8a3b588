"""The Celery application. Tasks are found in the apps' `tasks` modules."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# Celery takes CELERY_BROKER_URL from the environment too, so the scheme is what has to lead to our transport.
TRANSPORT_ALIASES["filesystem"] = "portal.broker:Transport"

app = Celery("mailway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_an_old_database(**_signal: Any) -> None:
    from portal.database import refuse_one_of_before  # noqa: PLC0415  # Django is set up by now

    try:
        refuse_one_of_before()
    except ImproperlyConfigured as error:
        # Celery logs an exception of a receiver and goes on; this one it lets through.
        raise SystemExit(str(error)) from None
