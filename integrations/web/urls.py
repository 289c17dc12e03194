"""Addresses of the adapters: where webhooks knock, and the pages about integrations."""

from django.urls import path

from integrations.web import (
    automation,
    canary,
    case_scans,
    command_secrets,
    commands,
    connecting,
    connection,
    deliveries,
    discovery,
    dry_run,
    event_sources,
    hooks,
    ledger,
    metrics,
    pages,
    parcels,
    sent,
)

urlpatterns = [
    path("api/v1/commands/", commands.Commands.as_view(), name="api-commands"),
    path("api/v1/commands/batch/", commands.Batch.as_view(), name="api-commands-batch"),
    path("hooks/odoo/<str:secret>/", hooks.odoo, name="hook-odoo"),
    # Entered without its last slash: Odoo would follow a redirect with a GET, and lose the news.
    path("hooks/odoo/<str:secret>", hooks.odoo),
    path("hooks/<str:path>/", hooks.events, name="hook-events"),
    path("hooks/<str:path>", hooks.events, name="hook-events-unclosed"),
    path("cases/<int:case_id>/scans/", case_scans.scans, name="case-scans"),
    path("cases/<int:case_id>/dry-run/", dry_run.proposal, name="dry-run"),
    path("decisions/<int:decision_id>/dry-run/", dry_run.decision, name="decision-dry-run"),
    path("metrics", metrics.scrape, name="metrics"),
    path("integrations/", pages.integrations, name="integrations"),
    path("integrations/ledger/", ledger.page, name="ledger"),
    path("integrations/ledger/compared/", ledger.compared, name="ledger-compared"),
    path("integrations/ledger/gaps.csv", ledger.export, name="ledger-export"),
    path("integrations/ledger/<int:connection_id>/compare/", ledger.ask, name="ledger-compare"),
    path("integrations/ledger/gaps/<int:gap_id>/", sent.settle, name="ledger-gap"),
    path("integrations/sent/", sent.page, name="sent"),
    path("integrations/sent/sent.csv", sent.export, name="sent-export"),
    path("integrations/parcels/", parcels.unmatched, name="parcels"),
    path("integrations/parcels/<int:parcel_id>/match/", parcels.match, name="parcel-match"),
    path("integrations/words/<int:word_id>/", parcels.mean, name="carrier-word"),
    path("integrations/commands/", command_secrets.page, name="command-secrets"),
    path("integrations/commands/<int:token_id>/", command_secrets.change, name="command-secret"),
    path("integrations/sources/", event_sources.sources, name="event-sources"),
    path("integrations/sources/<int:source_id>/", event_sources.source, name="event-source"),
    path(
        "integrations/sources/<int:source_id>/secret/",
        event_sources.secret,
        name="event-source-secret",
    ),
    path(
        "integrations/sources/<int:source_id>/switch/",
        event_sources.switch,
        name="event-source-switch",
    ),
    path(
        "integrations/sources/<int:source_id>/try/", event_sources.attempt, name="event-source-try"
    ),
    path("integrations/connections/new/", connecting.connect, name="connect-odoo"),
    path("integrations/connections/<int:connection_id>/", connection.connection, name="connection"),
    path(
        "integrations/connections/<int:connection_id>/probe/",
        connection.probe,
        name="connection-probe",
    ),
    path(
        "integrations/connections/<int:connection_id>/sites/",
        connection.sites,
        name="connection-sites",
    ),
    path(
        "integrations/connections/<int:connection_id>/rules/",
        connection.rules,
        name="connection-rules",
    ),
    path(
        "integrations/connections/<int:connection_id>/trial/",
        connection.trial,
        name="connection-trial",
    ),
    path(
        "integrations/connections/<int:connection_id>/secret/",
        connection.secret,
        name="connection-secret",
    ),
    path(
        "integrations/connections/<int:connection_id>/sending/",
        connection.sending,
        name="connection-sending",
    ),
    path(
        "integrations/connections/<int:connection_id>/canary/",
        canary.switch,
        name="connection-canary",
    ),
    path(
        "integrations/connections/<int:connection_id>/automation/",
        automation.automation,
        name="connection-automation",
    ),
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
    path("integrations/deliveries/", deliveries.listed, name="deliveries"),
    path("integrations/deliveries/replay/", deliveries.put_back, name="deliveries-replay"),
    path("integrations/deliveries/<int:delivery_id>/", deliveries.one, name="delivery"),
    path(
        "integrations/deliveries/<int:delivery_id>/replay/",
        pages.replay_delivery,
        name="replay-delivery",
    ),
    path(
        "integrations/messages/<int:message_id>/retry/", pages.retry_message, name="retry-message"
    ),
]
