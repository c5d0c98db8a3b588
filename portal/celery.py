"""The Celery application. Tasks are found in the apps' `tasks` modules."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("mailway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
