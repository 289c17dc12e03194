"""Every address of the tower, most specific first."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # What the outer layers bring: webhooks, commands, pages about integrations.
    path("", include("integrations.web.urls")),
    # Machines: API, probes.
    path("", include("exceptions.api.urls")),
    # Pages of the domain; the queue is the root.
    path("", include("exceptions.web.urls")),
]

handler500 = "exceptions.web.errors.failed"
