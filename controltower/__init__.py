"""The composition root: settings, addresses, processes."""

from controltower.celery import app as celery_app

__all__ = ["celery_app"]
