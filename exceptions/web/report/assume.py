"""Setting the assumptions of the report's estimates."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from exceptions.report import assumptions
from exceptions.report.assumptions import NotSet
from exceptions.web.report import assumption_form, page


@require_POST
def assume(request: HttpRequest) -> HttpResponse:
    """What was typed stays in the form where it is refused."""
    actor = page.reads(request)
    if not assumptions.may_set(actor):
        raise PermissionDenied
    typed = {
        name: request.POST.get(name, "").replace("\x00", "") for name in assumption_form.LABELS
    }
    try:
        assumptions.set_(assumption_form.read(typed), actor, timezone.now())
    except NotSet as refused:
        return page.shown(request, actor, form=typed, problem=str(refused), status=409)
    messages.success(request, _("The report is estimated with these assumptions from now on."))
    return redirect(f"{reverse('report')}?{request.GET.urlencode()}#estimate")
