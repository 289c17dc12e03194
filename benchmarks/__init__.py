"""Scripts that print ratios: `make bench`, or one with `python -m benchmarks.sync`."""

import os

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controltower.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
if not apps.ready:
    django.setup()
