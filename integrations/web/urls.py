"""Addresses of the adapters: where webhooks knock, and the pages about integrations."""

from django.urls import path

from integrations.web import discovery, dry_run, hooks, ledger, pages

urlpatterns = [
    path("hooks/odoo/<str:secret>/", hooks.odoo, name="hook-odoo"),
    # Entered without its last slash: Odoo would follow a redirect with a GET, and lose the news.
    path("hooks/odoo/<str:secret>", hooks.odoo),
    path("cases/<int:case_id>/dry-run/", dry_run.proposal, name="dry-run"),
    path("decisions/<int:decision_id>/dry-run/", dry_run.decision, name="decision-dry-run"),
    path("integrations/", pages.integrations, name="integrations"),
    path("integrations/ledger/", ledger.page, name="ledger"),
    path("integrations/ledger/compared/", ledger.compared, name="ledger-compared"),
    path("integrations/ledger/gaps.csv", ledger.export, name="ledger-export"),
    path("integrations/ledger/<int:connection_id>/compare/", ledger.ask, name="ledger-compare"),
    path(
        "integrations/connections/<int:connection_id>/discovery/",
        discovery.discovery,
        name="discovery",
    ),
    path(
        "integrations/connections/<int:connection_id>/discovery/look/",
        discovery.discover,
        name="discover",
    ),
    path(
        "integrations/deliveries/<int:delivery_id>/replay/",
        pages.replay_delivery,
        name="replay-delivery",
    ),
    path(
        "integrations/messages/<int:message_id>/retry/", pages.retry_message, name="retry-message"
    ),
]
