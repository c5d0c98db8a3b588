"""Settings, URLs, Celery, health, error pages: wiring only, no mail knowledge."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
