"""Messages of carriers and suppliers: pasted or handed in, what advice says of each and why, and
what people do with them.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import actors, raising
from exceptions.actors import Actor
from exceptions.evidence import mails
from exceptions.kinds import KINDS
from exceptions.lifecycle import Refused
from exceptions.models import Case, InboundMessage, Site, Suggestion
from exceptions.triage import governing, scorecard
from exceptions.triage.messages import about, advising, reading, seeds
from exceptions.triage.messages.advising import Incoming
from exceptions.vocabulary import Advice, AdviceUse, KindCode
from exceptions.web.reader import ids, reader_of

MOST = 200  # rows on the page
LARGEST_MAIL = 5 * 1024 * 1024  # bytes


class MessageForm(forms.Form):
    """Either pasted text or the file of an e-mail."""

    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose which site it was written to."),
            "invalid_choice": gettext_lazy("Choose a site where you work."),
        },
    )
    sender = forms.CharField(required=False, max_length=300)
    subject = forms.CharField(required=False, max_length=300)
    text = forms.CharField(required=False, max_length=advising.LONGEST)
    file = forms.FileField(required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = self.fields["site"]
        assert isinstance(sites, forms.ModelChoiceField)
        sites.queryset = raising.sites_of(actor).order_by("name")
        only = list(sites.queryset[:2])
        if len(only) == 1:
            sites.initial = only[0].pk

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        file = said.get("file")
        if not file and not said.get("text"):
            self.add_error("text", _("Paste what was written, or choose the file of an e-mail."))
        if file and file.size > LARGEST_MAIL:
            self.add_error("file", _("That file is too large. Paste what was written instead."))
        return said


@require_http_methods(["GET", "HEAD", "POST"])
def inbound_messages(request: HttpRequest) -> HttpResponse:
    """What waits, or what is done; sent, the message that was taken in, or 422 with why not."""
    actor = actors.person(reader_of(request))
    if not actor.has_role(*actors.MESSAGE_READERS):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, actor, MessageForm(actor))
    if not raising.sites_of(actor).exists():
        raise PermissionDenied
    form = MessageForm(actor, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, actor, form, status=422)
    try:
        incoming = _incoming(form.cleaned_data)
        message, new = advising.take_in(incoming, actor, at=timezone.now())
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, actor, form, status=409)
    if not new:
        messages.info(request, _("This message was here before."))
    return redirect("inbound-message", message.pk)


def _incoming(said: dict[str, Any]) -> Incoming:
    """As the file says, where there is one. Raises Refused."""
    if not said["file"]:
        return Incoming(**{name: said[name] for name in ("site", "sender", "subject", "text")})
    letter = _letter(said["file"])
    return Incoming(
        site=said["site"], sender=letter["from"], subject=letter["subject"], text=letter["text"]
    )


def _letter(file: "UploadedFile[bytes]") -> dict[str, str]:
    with tempfile.NamedTemporaryFile() as kept:
        for part in file.chunks():
            kept.write(part)
        kept.flush()
        return mails.read(Path(kept.name), file.name or "").said


@require_safe
def inbound_message(request: HttpRequest, inbound_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    return _one(request, actor, _found(actor, inbound_id))


@require_POST
def answer(request: HttpRequest, inbound_id: int) -> HttpResponse:
    """A person raises a case of it, files it with one, or sets it aside."""
    actor, at = actors.person(reader_of(request)), timezone.now()
    message = _found(actor, inbound_id)
    if not raising.sites_of(actor).filter(pk=message.site_id).exists():
        raise PermissionDenied
    form, what = request.POST, request.POST.get("do", "")
    try:
        if what == "aside":
            advising.set_aside(inbound_id, actor, at=at)
            messages.success(request, _("It is set aside: no exception."))
            return redirect("inbound-messages")
        if what == "file":
            case = advising.file_with(inbound_id, _case_id(form.get("case", "")), actor, at=at)
            messages.success(request, _("The message is on %s now.") % case.reference)
        else:
            case = _raise(message, form, actor, at)
            messages.success(request, _("%s is raised.") % case.reference)
    except Refused as refused:
        return _one(request, actor, message, problem=str(refused), status=409)
    except Case.DoesNotExist:
        return _one(request, actor, message, problem=_("Choose one of the cases."), status=422)
    return redirect("case", case.pk)


def _case_id(said: str) -> int:
    return next(iter(ids([said])), 0)


def _raise(message: InboundMessage, form: Any, actor: Actor, at: Any) -> Case:
    """Raises Refused where something is missing."""
    kind, summary, subject = (_said(form, name) for name in ("kind", "summary", "subject"))
    if kind not in {str(code) for code in KINDS}:
        raise Refused(_("Choose what kind of exception it is."))
    if not summary or not subject:
        raise Refused(_("Say in a sentence what has happened, and who or what it is about."))
    return advising.raise_case(message.pk, kind, summary, subject, actor, at=at)


def _said(form: Any, name: str) -> str:
    return " ".join(str(form.get(name, "")).replace("\x00", "").split())


def _found(actor: Actor, inbound_id: int) -> InboundMessage:
    seen = actors.visible_messages(actor).select_related("site", "case", "done_by", "added_by")
    return get_object_or_404(seen, pk=inbound_id)


@dataclass(frozen=True, slots=True)
class Near:
    """A message of before that is alike: a case that the reader sees, or words of the tower's."""

    label: str
    percent: int
    case: Case | None
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion in the reader's words. `n` of its label were answered, `right` of them stood."""

    suggestion: Suggestion
    label: str
    certainty: int
    threshold: int | None
    reasons: list[str]
    likely: list[tuple[str, int]]
    nearest: list[Near]
    right: int
    n: int


def label_of(label: str) -> str:
    return _("no exception") if label == seeds.OTHER else str(KindCode(label).label)


def _shown(suggestion: Suggestion, actor: Actor) -> Shown:
    right, n = scorecard.of_label(suggestion.content["label"], actor)
    threshold = suggestion.threshold
    return Shown(
        suggestion,
        label_of(suggestion.content["label"]),
        _percent(suggestion.confidence or 0),
        None if threshold is None else _percent(threshold),
        [reason["word"] for reason in suggestion.reasons],
        [(label_of(label), _percent(told)) for label, told in suggestion.content["likely"]],
        _nearest(suggestion, actor),
        right,
        n,
    )


def _percent(share: float) -> int:
    """Rounded, but never all: a model is never wholly sure."""
    return min(round(share * 100), 99)


def _nearest(suggestion: Suggestion, actor: Actor) -> list[Near]:
    """Cases only where the reader sees them; of others no more than what they were."""
    named = [near["case"] for near in suggestion.sources if near["case"]]
    cases = actors.visible_cases(actor).in_bulk(named)
    return [
        Near(
            label_of(near["label"]),
            _percent(near["alike"]),
            cases.get(near["case"]),
            near.get("text", ""),
        )
        for near in suggestion.sources
    ]


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    marked: bool


def pieces(text: str, spans: list[tuple[int, int]]) -> list[Piece]:
    """The text, parted where words that drove the label begin and end."""
    found, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            found += [Piece(text[at:start], False), Piece(text[start:end], True)]
            at = end
    return [piece for piece in (*found, Piece(text[at:], False)) if piece.text]


def _one(
    request: HttpRequest,
    actor: Actor,
    message: InboundMessage,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    use = governing.use_of(Advice.MESSAGE_LABEL)
    suggestion = message.suggestions.first() if use != AdviceUse.OFF else None
    text = reading.plain(message.subject, message.text)
    spans = [
        (start, end)
        for reason in (suggestion.reasons if suggestion else [])
        for start, end in reason["spans"]
    ]
    context = {
        "section": "messages",
        "message": message,
        "kind": label_of(message.kind) if message.kind else "",
        "shown": _shown(suggestion, actor) if suggestion else None,
        "use": use,
        "pieces": pieces(text, spans),
        "about": about.of(message, actor),
        "kinds": KINDS.values(),
        "form": _filled(request, message, suggestion, use),
        "may": raising.sites_of(actor).filter(pk=message.site_id).exists(),
        "problem": problem,
    }
    return render(request, "inbound_message.html", context, status=status)


def _filled(
    request: HttpRequest, message: InboundMessage, suggestion: Suggestion | None, use: AdviceUse
) -> dict[str, str]:
    """What was typed; else what the message says, and the kind where advice may fill it in."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in ("kind", "summary", "subject")}
    first = message.subject or reading.plain("", message.text).split("\n")[0]
    fills = suggestion is not None and suggestion.proposed and use == AdviceUse.PREFILLED
    return {
        "kind": suggestion.content["label"] if suggestion is not None and fills else "",
        "summary": first[:200],
        "subject": message.sender[:100],
    }


def _page(request: HttpRequest, actor: Actor, form: MessageForm, status: int = 200) -> HttpResponse:
    done = request.GET.get("show") == "done"
    seen = actors.visible_messages(actor)
    rows = seen.exclude(done_at=None) if done else seen.filter(done_at=None)
    listed = list(rows.select_related("site", "case").prefetch_related("suggestions")[:MOST])
    off = governing.use_of(Advice.MESSAGE_LABEL) == AdviceUse.OFF
    context = {
        "section": "messages",
        "rows": [(message, "" if off else _in_short(message)) for message in listed],
        "done": done,
        "waiting": seen.filter(done_at=None).count(),
        "dealt_with": seen.exclude(done_at=None).count(),
        "most": MOST,
        "off": off,
        "learned": advising.in_use() is not None,
        "form": form,
        "may": raising.sites_of(actor).exists(),
        "sees_sites": actors.visible_sites(actor).exists(),
    }
    return render(request, "inbound_messages.html", context, status=status)


def _in_short(message: InboundMessage) -> str:
    """What stands in the row of the list."""
    if message.kind:
        return label_of(message.kind)
    suggestion = next(iter(message.suggestions.all()), None)
    if suggestion is None:
        return ""
    if suggestion.content["label"] == seeds.OTHER:
        return _("rather no exception")
    if not suggestion.proposed:
        return _("not sure enough")
    told = {
        "kind": label_of(suggestion.content["label"]),
        "n": _percent(suggestion.confidence or 0),
    }
    return _("%(kind)s, %(n)s %%") % told
