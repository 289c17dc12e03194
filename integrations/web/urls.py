"""Addresses of the adapters: where webhooks knock, and the pages about integrations."""

from django.urls import path

from integrations.web import hooks

urlpatterns = [
    path("hooks/odoo/<str:secret>/", hooks.odoo, name="hook-odoo"),
]
