"""What carriers said of the parcels of a case, scan by scan: a part of its page.

One that came late changed nothing, and so has no line in the history; here it stands with the
others, with both its times.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from exceptions import actors, shipments
from exceptions.web.reader import reader_of
from integrations.models import CarrierScan, ScanState

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A scan, and how long after its own time it was told, in seconds."""

    scan: CarrierScan
    after: float

    @property
    def is_late(self) -> bool:
        return self.scan.became == ScanState.LATE

    @property
    def is_unknown(self) -> bool:
        return self.scan.became == ScanState.UNKNOWN


@require_safe
def scans(request: HttpRequest, case_id: int) -> HttpResponse:
    """The latest of them, in the order in which they happened."""
    visible = actors.visible_cases(actors.person(reader_of(request)))
    case = get_object_or_404(visible.select_related("document"), pk=case_id)
    told = CarrierScan.objects.filter(parcel__in=shipments.parcels_with(case.document))
    newest = told.select_related("parcel__carrier", "source").order_by("-at", "-pk")
    context = {"lines": list(_lines(newest[:SHOWN])), "count": told.count()}
    return render(request, "_case_scans.html", context)


def _lines(scans: Iterable[CarrierScan]) -> Iterable[Line]:
    for scan in scans:
        after = max(scan.received_at - scan.at, timedelta(0))
        yield Line(scan, after.total_seconds())
