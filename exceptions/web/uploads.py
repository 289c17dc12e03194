"""Files that come with a request: bare, one by one, or several in a form."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from exceptions.evidence import bodies, keeping, names, store
from exceptions.evidence.keeping import Added
from exceptions.lifecycle import Refused

FORM = "multipart/form-data"
SEVERAL = 4  # files of the largest size that one form may carry
ASIDE = 64 * 1024  # bytes of a form that are no file

Take = Callable[[Iterator[bytes], str], Added]


def too_long(request: HttpRequest) -> HttpResponse | None:
    """The refusal of what says that it is too long, before a byte of it is read."""
    form = request.content_type == FORM
    most = settings.TOWER_EVIDENCE_LARGEST * (SEVERAL if form else 1) + (ASIDE if form else 0)
    if bodies.length(request.META) <= most:
        return None
    return _told(False, keeping.too_large(_name(request)), 413)


def received(request: HttpRequest, take: Take) -> HttpResponse | None:
    """Take what came. Of a form each file has its own message, and None is returned."""
    if request.content_type == FORM:
        _of_form(request, take)
        return None
    try:
        added = take(bodies.parts(request), _name(request))
    except Refused as refused:
        return _told(False, str(refused), 409)
    return _told(True, added.says, 200)


def _of_form(request: HttpRequest, take: Take) -> None:
    sent = request.FILES.getlist("file")
    if not sent:
        messages.error(request, _("Choose a file first."))
    for file in sent:
        try:
            messages.success(request, take(file.chunks(store.PART), file.name or "").says)
        except Refused as refused:
            messages.error(request, str(refused))


def _name(request: HttpRequest) -> str:
    return names.cleaned(request.GET.get("name", ""))


def _told(ok: bool, says: str, status: int) -> JsonResponse:
    return JsonResponse({"ok": ok, "says": says}, status=status)


def slot_of(request: HttpRequest) -> str:
    """What the file is said to be: beside a bare body in the address, else in the form."""
    said = request.POST if request.content_type == FORM else request.GET
    return said.get("slot", "")
