"""The report as files: PDF and workbook, of what the page shows."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from exceptions.queries import scope
from exceptions.report import contents
from exceptions.report.contents import Report
from exceptions.report.pdf import pdf
from exceptions.report.workbook import workbook
from exceptions.web.report import asked as report_asked
from exceptions.web.report.page import reads

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def as_pdf(request: HttpRequest) -> HttpResponse:
    return _file(request, pdf, "application/pdf", "pdf")


@require_safe
def as_workbook(request: HttpRequest) -> HttpResponse:
    return _file(request, workbook, XLSX, "xlsx")


def _file(
    request: HttpRequest, write: Callable[[Report, ZoneInfo], bytes], mime: str, ending: str
) -> HttpResponse:
    actor = reads(request)
    at = timezone.now().replace(microsecond=0)
    asked = report_asked.read(request.GET, scope.today(actor, at))
    found = contents.read(asked.wanted(), actor, at)
    zone = ZoneInfo(actor.user.time_zone or "UTC") if actor.user else ZoneInfo("UTC")
    answer = HttpResponse(write(found, zone), content_type=mime)
    name = contents.file_name(found, ending)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
