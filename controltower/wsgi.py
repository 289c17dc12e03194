"""WSGI entry point, served by granian: `granian --interface wsgi controltower.wsgi:application`."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from controltower.slow_senders import Patience

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controltower.settings")

application = Patience(get_wsgi_application(), threads=settings.TOWER_WEB_THREADS)
