"""Celery only ticks: every task takes no argument and does what is due in the tables.

Losing a message, the broker or all of Redis therefore loses nothing; the next tick does the work.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controltower.settings")

app = Celery("controltower")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
