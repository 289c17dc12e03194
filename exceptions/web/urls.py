"""The addresses of the pages."""

from django.urls import path

from exceptions.web import (
    case,
    dashboards,
    held_back,
    imports,
    moves,
    palette,
    policies,
    policy_preview,
    queue,
    raising,
    together,
)
from exceptions.web.account_urls import urlpatterns as account_urls

urlpatterns = [
    *account_urls,
    path("", queue.queue, name="queue"),
    path("queue/pulse/", queue.pulse, name="queue-pulse"),
    path("queue/rows/", queue.rows, name="queue-rows"),
    path("cases/raise/", raising.raise_case, name="raise"),
    path("cases/moves/", moves.bulk_moves, name="bulk-moves"),
    path("cases/<int:case_id>/", case.case, name="case"),
    path("cases/<int:case_id>/pulse/", case.case_pulse, name="case-pulse"),
    path("cases/<int:case_id>/moves/<slug:which>/", moves.case_move, name="case-move"),
    path("cases/<int:case_id>/attach/", together.attach, name="case-attach"),
    path("cases/<int:case_id>/detach/", together.detach, name="case-detach"),
    path("cases/<int:case_id>/notes/", together.note, name="case-note"),
    path("dashboards/", dashboards.dashboards, name="dashboards"),
    path("dashboards/clocks/", dashboards.clocks, name="dashboard-clocks"),
    path("held-back/", held_back.held_back, name="held-back"),
    path("held-back/blackouts/", held_back.make_blackout, name="blackout-make"),
    path(
        "held-back/blackouts/<int:blackout_id>/take-back/",
        held_back.take_back_blackout,
        name="blackout-take-back",
    ),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:job_id>/", imports.one_import, name="import"),
    path("imports/<int:job_id>/columns/", imports.map_columns, name="import-columns"),
    path("imports/<int:job_id>/start/", imports.start, name="import-start"),
    path("imports/<int:job_id>/discard/", imports.discard, name="import-discard"),
    path("imports/<int:job_id>/issues.csv", imports.issues, name="import-issues"),
    path("policies/", policies.policy_list, name="policies"),
    path("policies/<slug:kind>/", policies.policy, name="policy"),
    path("policies/<slug:kind>/blind/<slug:name>/", policies.blind_spot, name="blind-spot"),
    path("policies/<slug:kind>/start/", policies.start_draft, name="policy-start"),
    path("policies/<slug:kind>/draft/", policies.draft, name="policy-draft"),
    path(
        "policies/<slug:kind>/draft/preview/",
        policy_preview.draft_preview,
        name="policy-preview",
    ),
    path("policies/<slug:kind>/discard/", policies.discard_draft, name="policy-discard"),
    path(
        "policies/<slug:kind>/up-to-date/",
        policies.bring_draft_up_to_date,
        name="policy-up-to-date",
    ),
    path("policies/<slug:kind>/publish/", policies.publish_draft, name="policy-publish"),
    path("policies/<slug:kind>/roll-back/", policies.roll_back, name="policy-roll-back"),
    path(
        "policies/<slug:kind>/versions/<int:version>/",
        policies.policy_version,
        name="policy-version",
    ),
    path("palette/", palette.palette, name="palette"),
]
