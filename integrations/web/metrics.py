"""Where Prometheus knocks. Shut until TOWER_METRICS_TOKEN is set: figures tell of the business."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from integrations import metrics


@login_not_required
@never_cache
@require_safe
def scrape(request: HttpRequest) -> HttpResponse:
    """404 without a token in the settings, 401 without that one in `Authorization: Bearer …`."""
    token: str = settings.METRICS_TOKEN
    if not token:
        return HttpResponse(status=404)
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(metrics.text(at=timezone.now()), content_type=CONTENT_TYPE_LATEST)
