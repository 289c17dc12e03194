"""Drafting the approval matrix: written by one policy admin, published by another, like policies.

Raises Refused, with a sentence, where somebody may not or comes too late.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import matrices, matrix_soundness, settings_history
from exceptions.actors import Actor
from exceptions.drafting import drafter, must_be_a_second_person, must_be_seen
from exceptions.effects import Refused
from exceptions.matrix import Matrix
from exceptions.models import MatrixVersion
from exceptions.policies import NotPublished
from exceptions.vocabulary import Governed


def open_draft() -> MatrixVersion | None:
    drafts = MatrixVersion.objects.filter(version=None, discarded_at=None)
    return drafts.select_related("author", "based_on").first()


@transaction.atomic
def start(actor: Actor, *, at: datetime) -> MatrixVersion:
    """The open draft, or a new one that says what is in force."""
    person = drafter(actor)
    matrices.hold_for_publishing()
    if draft := open_draft():
        return draft
    newest = matrices.newest()
    return MatrixVersion.objects.create(
        settings=matrices.to_json(matrices.of(newest)),
        based_on=newest,
        author=person,
        drafted_at=at,
        changed_at=at,
    )


@transaction.atomic
def change(
    draft_id: int, matrix: Matrix, actor: Actor, *, revision: int, at: datetime, note: str = ""
) -> MatrixVersion:
    """Keep `matrix` in the draft, whether or not it holds together already. `revision` is the one
    that was changed: what a colleague has saved meanwhile is not overwritten.
    """
    person = drafter(actor)
    draft = _locked(draft_id)
    must_be_seen(draft, revision)
    draft.settings, draft.note = matrices.to_json(matrix), note.strip()[:200]
    draft.hands = sorted({*draft.hands, person.pk})
    draft.author, draft.changed_at = person, at
    draft.revision += 1
    draft.save()
    return draft


@transaction.atomic
def discard(draft_id: int, actor: Actor, *, at: datetime) -> MatrixVersion:
    person = drafter(actor)
    draft = _locked(draft_id)
    draft.discarded_at = at
    draft.save(update_fields=["discarded_at"])
    says, data = _("Approval matrix: draft discarded"), {"drafted by": str(draft.author)}
    settings_history.add(Governed.MATRIX, says, by=person, via=actor.via, at=at, data=data)
    return draft


@transaction.atomic
def publish(draft_id: int, actor: Actor, *, revision: int, at: datetime) -> MatrixVersion:
    """Put the draft in force. `revision` is the one that was read and found good. What waits for
    approval keeps the levels that it was asked with.

    Raises policies.NotPublished too, when the matrix does not hold together.
    """
    person = drafter(actor)
    matrices.hold_for_publishing()
    draft, newest = _locked(draft_id), matrices.newest()
    must_be_seen(draft, revision)
    must_be_a_second_person(draft, person)
    matrix = matrices.of(draft)
    if matrix == matrices.of(newest):
        raise Refused(_("The draft says the same as what is in force."))
    if found := matrix_soundness.problems(matrix, matrices.known()):
        raise NotPublished(found)
    draft.published_by, draft.published_at = person, at
    draft.version = newest.version + 1 if newest and newest.version else 1
    draft.save()
    _tell(draft, newest, actor, at)
    return draft


def _tell(draft: MatrixVersion, newest: MatrixVersion | None, actor: Actor, at: datetime) -> None:
    before = matrices.to_json(matrices.of(newest))
    settings_history.add(
        Governed.MATRIX,
        _("Approval matrix: version %s in force") % draft.version,
        by=draft.published_by,
        via=actor.via,
        at=at,
        because=draft.note,
        data={"drafted by": str(draft.author), "before": before, "after": draft.settings},
    )


def _locked(draft_id: int) -> MatrixVersion:
    draft = MatrixVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=draft_id)
    if not draft.is_open_draft:
        raise Refused(_("This draft is no longer open: it was published or discarded."))
    return draft
