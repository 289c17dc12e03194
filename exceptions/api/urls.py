"""Addresses for machines."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from exceptions.api import (
    amounts,
    approvals,
    by_hand,
    cases,
    claiming,
    delegations,
    evidence,
    handover,
    health,
    kpis,
    matrix,
    moves,
    offers,
    raising,
    shipments,
    snoozing,
    talk,
    together,
    waiting,
)
from exceptions.api.nowhere import Nowhere

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/cases/", raising.Cases.as_view(), name="api-cases"),
    path("api/v1/cases/<int:pk>/", cases.CaseDetail.as_view(), name="api-case"),
    path("api/v1/cases/<int:pk>/moves/", moves.CaseMoves.as_view(), name="api-case-moves"),
    path("api/v1/cases/<int:pk>/offers/", offers.Offers.as_view(), name="api-case-offers"),
    path("api/v1/cases/<int:pk>/attach/", together.Attach.as_view(), name="api-case-attach"),
    path("api/v1/cases/<int:pk>/detach/", together.Detach.as_view(), name="api-case-detach"),
    path("api/v1/cases/<int:pk>/pause/", waiting.Pause.as_view(), name="api-case-pause"),
    path("api/v1/cases/<int:pk>/resume/", waiting.Resume.as_view(), name="api-case-resume"),
    path("api/v1/cases/<int:pk>/snooze/", snoozing.Snooze.as_view(), name="api-case-snooze"),
    path("api/v1/cases/<int:pk>/wake/", snoozing.Wake.as_view(), name="api-case-wake"),
    path("api/v1/cases/<int:pk>/amounts/", amounts.Amounts.as_view(), name="api-case-amounts"),
    path("api/v1/cases/<int:pk>/claim/", claiming.Claim.as_view(), name="api-case-claim"),
    path("api/v1/cases/<int:pk>/by-hand/", by_hand.ByHand.as_view(), name="api-case-by-hand"),
    path("api/v1/cases/<int:pk>/comments/", talk.Comments.as_view(), name="api-case-comments"),
    path("api/v1/cases/<int:pk>/promises/", talk.Promises.as_view(), name="api-case-promises"),
    path(
        "api/v1/cases/<int:pk>/evidence/",
        evidence.CaseEvidence.as_view(),
        name="api-case-evidence",
    ),
    path("api/v1/evidence/<int:pk>/", evidence.OneEvidence.as_view(), name="api-evidence"),
    path("api/v1/comments/<int:pk>/", talk.OneComment.as_view(), name="api-comment"),
    path("api/v1/promises/<int:pk>/", talk.OnePromise.as_view(), name="api-promise"),
    path("api/v1/approvals/", approvals.Approvals.as_view(), name="api-approvals"),
    path("api/v1/approvals/<int:pk>/vote/", approvals.ApprovalVote.as_view(), name="api-vote"),
    path(
        "api/v1/approvals/<int:pk>/outside/",
        approvals.ApprovalOutside.as_view(),
        name="api-outside",
    ),
    path("api/v1/approval-matrix/", matrix.ApprovalMatrix.as_view(), name="api-matrix"),
    path(
        "api/v1/cases/<int:pk>/approval/", matrix.CaseApproval.as_view(), name="api-case-approval"
    ),
    path("api/v1/delegations/", delegations.Delegations.as_view(), name="api-delegations"),
    path(
        "api/v1/delegations/<int:pk>/", delegations.OneDelegation.as_view(), name="api-delegation"
    ),
    path("api/v1/handover/", handover.HandoverSheet.as_view(), name="api-handover"),
    path("api/v1/kpis/", kpis.Kpis.as_view(), name="api-kpis"),
    path("api/v1/shipments/", shipments.Shipments.as_view(), name="api-shipments"),
    # Whatever else, with line feeds in it, too: `<path:rest>` would leave those to the pages.
    re_path(r"^api/(?P<rest>[\s\S]+)\Z", Nowhere.as_view(), name="api-nowhere"),
]
