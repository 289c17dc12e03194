"""Every address of the tower, most specific first."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # Machines: API, webhooks, probes.
    path("", include("exceptions.api.urls")),
    # Pages of the outer layers.
    path("", include("integrations.web.urls")),
    # Pages of the domain; the queue is the root.
    path("", include("exceptions.web.urls")),
]

handler500 = "exceptions.web.errors.failed"
