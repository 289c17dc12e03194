"""Scripts that print ratios: `make bench`, or one with `python -m benchmarks.sync`."""

import os

import django
from django.apps import apps

if not apps.ready:  # run as a script; whoever has set Django up keeps their environment
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controltower.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
