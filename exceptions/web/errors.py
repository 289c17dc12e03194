"""What a reader sees when something failed. No stack trace, and nothing that needs the database."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

RETRY_AFTER = "10"  # seconds


def failed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature for handler500
    """503 while the database is away (it comes back by itself), 500 for everything else."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        page = loader.render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER})
    return HttpResponse(loader.render_to_string("500.html"), status=500)
