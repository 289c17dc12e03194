"""The addresses of the pages."""

from django.urls import path

from exceptions.web import case, dashboards, moves, palette, queue, sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("", queue.queue, name="queue"),
    path("queue/pulse/", queue.pulse, name="queue-pulse"),
    path("queue/rows/", queue.rows, name="queue-rows"),
    path("cases/moves/", moves.bulk_moves, name="bulk-moves"),
    path("cases/<int:case_id>/", case.case, name="case"),
    path("cases/<int:case_id>/pulse/", case.case_pulse, name="case-pulse"),
    path("cases/<int:case_id>/moves/<slug:which>/", moves.case_move, name="case-move"),
    path("dashboards/", dashboards.dashboards, name="dashboards"),
    path("dashboards/clocks/", dashboards.clocks, name="dashboard-clocks"),
    path("palette/", palette.palette, name="palette"),
]
