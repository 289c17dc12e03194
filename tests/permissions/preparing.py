"""What must be there before an address is asked, made for that one request only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from exceptions import (
    drafting,
    granting,
    grouping,
    lifecycle,
    matrices,
    pausing,
    policies,
    snoozing,
)
from exceptions.actors import person
from exceptions.matrix import STANDARD
from exceptions.matrix_drafting import MATRIX
from exceptions.models import (
    AccessProposal,
    Membership,
    OutsideVote,
    RoutingSet,
    User,
    Vote,
)
from exceptions.pausing import Wait
from exceptions.policy_drafting import policy_of
from exceptions.route_drafting import ROUTING
from exceptions.routes import Routes, Rule
from exceptions.snoozing import Sleep
from exceptions.vocabulary import (
    Ballot,
    ClockKind,
    LevelState,
    Move,
    Role,
    Until,
    Via,
    Waiting,
)
from tests.permissions.world import Place, World

Prepare = Callable[[World, Place], None]


def _draft(world: World, place: Place) -> None:
    """A draft by another policy admin, with one more hour of grace."""
    other = User.objects.create_user("other.admin")
    Membership.objects.create(user=other, role=Role.POLICY_ADMIN)
    at, actor = timezone.now(), person(other)
    draft = drafting.start(policy_of("late_inbound"), actor, at=at)
    settings = policies.from_json(draft.settings)
    later = settings.thresholds | {"grace_minutes": settings.thresholds["grace_minutes"] + 60}
    changed = replace(settings, thresholds=later)
    drafting.change(
        policy_of("late_inbound"), draft.pk, changed, actor, revision=draft.revision, at=at
    )


def _second(world: World, place: Place) -> None:
    """A second version, published by another policy admin than its author."""
    _draft(world, place)
    draft = drafting.open_draft(policy_of("late_inbound"))
    assert draft is not None
    third = User.objects.create_user("third.admin")
    Membership.objects.create(user=third, role=Role.POLICY_ADMIN)
    drafting.publish(
        policy_of("late_inbound"),
        draft.pk,
        person(third),
        revision=draft.revision,
        at=timezone.now(),
    )


def _routing_draft(world: World, place: Place) -> None:
    """Rules by another policy admin."""
    other = User.objects.create_user("other.admin")
    Membership.objects.create(user=other, role=Role.POLICY_ADMIN)
    at, actor = timezone.now(), person(other)
    draft = drafting.start(ROUTING, actor, at=at)
    rules = Routes(rules=(Rule(name="Customs", kinds=("customs_hold",), team="logistics"),))
    drafting.change(ROUTING, draft.pk, rules, actor, revision=draft.revision, at=at)


def _routing_published(world: World, place: Place) -> None:
    _routing_draft(world, place)
    third = User.objects.create_user("third.admin")
    Membership.objects.create(user=third, role=Role.POLICY_ADMIN)
    draft, at = drafting.open_draft(ROUTING), timezone.now()
    assert draft is not None
    drafting.publish(ROUTING, draft.pk, person(third), revision=draft.revision, at=at)


def _routing_second(world: World, place: Place) -> None:
    """A second version, so that there is one to go back to."""
    _routing_published(world, place)
    RoutingSet.objects.create(version=2, settings={"rules": []}, published_at=timezone.now())


def _part(world: World, place: Place) -> None:
    lead = User.objects.create_user("other.lead")
    Membership.objects.create(user=lead, role=Role.SUPERVISOR)
    actor = person(lead)
    grouping.attach(place.case.pk, place.parent.pk, actor, at=timezone.now(), reason="one truck")


def _paused(world: World, place: Place) -> None:
    lead = User.objects.create_user("other.lead")
    Membership.objects.create(user=lead, role=Role.SUPERVISOR)
    wait = Wait(
        waiting_for=Waiting.SUPPLIER,
        counterparty="Kempten Bearings",
        reason="They look for the truck.",
    )
    pausing.pause(place.case.pk, wait, person(lead), at=timezone.now())


def _ended(world: World, place: Place) -> None:
    """Dismissed as an accepted risk."""
    lead = User.objects.create_user("other.lead")
    Membership.objects.create(user=lead, role=Role.SUPERVISOR)
    data = {"outcome": "accepted", "reason": "It costs less than its cure."}
    lifecycle.move(place.case.pk, Move.DISMISS, person(lead), at=timezone.now(), data=data)


def _claimable(world: World, place: Place) -> None:
    """As if the case were of a kind with something to claim."""
    clock = place.case.clocks.get(kind=ClockKind.RESOLVE)
    clock.pk, clock.kind = None, ClockKind.CLAIM
    clock.save(force_insert=True)


def _snoozed(world: World, place: Place) -> None:
    lead = User.objects.create_user("other.lead")
    Membership.objects.create(user=lead, role=Role.SUPERVISOR)
    sleep = Sleep(until=Until.ETA, reason="They have promised a new date.")
    snoozing.snooze(place.case.pk, sleep, person(lead), at=timezone.now())


def _app(world: World, place: Place) -> None:
    TOTP.activate(world.people["S"], "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(world.people["S"])


def _apps(world: World, place: Place) -> None:
    for user in world.people.values():
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")


def _passkey(world: World, place: Place) -> None:
    """The supervisor's; elsewhere is somebody else's."""
    owner = world.people["S"] if place is world.here else User.objects.get(username="lead.rtm")
    kind, data = Authenticator.Type.WEBAUTHN, {"name": "K", "credential": {}}
    world.passkey_id = Authenticator.objects.create(user=owner, type=kind, data=data).pk


def _matrix_draft(world: World, place: Place) -> None:
    """A draft by another policy admin: requests are valid for longer."""
    other = User.objects.create_user("other.admin")
    Membership.objects.create(user=other, role=Role.POLICY_ADMIN)
    at, actor = timezone.now(), person(other)
    draft = drafting.start(MATRIX, actor, at=at)
    changed = replace(matrices.of(draft), valid_hours=96)
    drafting.change(MATRIX, draft.pk, changed, actor, revision=draft.revision, at=at)


def _matrix_published(world: World, place: Place) -> None:
    """Published by one who neither drafted it nor is asked here."""
    _matrix_draft(world, place)
    draft = drafting.open_draft(MATRIX)
    assert draft is not None
    third = User.objects.create_user("third.admin")
    Membership.objects.create(user=third, role=Role.POLICY_ADMIN)
    at = timezone.now()
    drafting.publish(MATRIX, draft.pk, person(third), revision=draft.revision, at=at)


def _matrix_second(world: World, place: Place) -> None:
    """Two versions; the second is the standard one again."""
    _matrix_published(world, place)
    at, actor = timezone.now(), person(User.objects.get(username="third.admin"))
    draft = drafting.start(MATRIX, actor, at=at)
    drafting.change(MATRIX, draft.pk, STANDARD, actor, revision=draft.revision, at=at)
    other = person(User.objects.get(username="other.admin"))
    drafting.publish(MATRIX, draft.pk, other, revision=draft.revision + 1, at=at)


def _proposal(world: World, place: Place) -> None:
    """A role that another admin would give the person of the place."""
    other = User.objects.create_user("other.admin")
    Membership.objects.create(user=other, role=Role.INTEGRATION_ADMIN)
    at = timezone.now()
    world.proposal_id = AccessProposal.objects.create(
        user=place.person,
        role=Role.AUDITOR,
        site=place.site,
        digest=granting.digest_of(place.person),
        proposed_by=other,
        proposed_at=at,
        expires_at=at + timedelta(days=1),
    ).pk


def _outside(world: World, place: Place) -> None:
    """A yes of the approver, recorded by another supervisor."""
    lead = User.objects.create_user("other.lead")
    level = place.approval.levels.get(state=LevelState.OPEN)
    vote = Vote.objects.create(
        request=place.approval,
        level=level,
        voter=world.people["P"],
        cast_by=lead,
        ballot=Ballot.YES,
        digest=place.approval.digest,
        via=Via.WEB,
        at=timezone.now(),
    )
    until = timezone.now() + timedelta(days=1)
    OutsideVote.objects.create(
        vote=vote, evidence=place.evidence, given_at=timezone.now(), until=until
    )
    world.vote_id = vote.pk


PREPARED: dict[str, Prepare] = {
    "matrix-draft": _matrix_draft,
    "matrix-replay": _matrix_draft,
    "matrix-discard": _matrix_draft,
    "matrix-publish": _matrix_draft,
    "case-object": _outside,
    "access-confirm": _proposal,
    "access-take-back": _proposal,
    "matrix-version": _matrix_published,
    "matrix-roll-back": _matrix_second,
    "api-case-detach": _part,
    "api-case-resume": _paused,
    "case-resume": _paused,
    "api-case-amounts": _ended,
    "case-amounts": _ended,
    "api-case-claim": _claimable,
    "case-claim": _claimable,
    "api-case-wake": _snoozed,
    "case-wake": _snoozed,
    "case-detach": _part,
    "policy-draft": _draft,
    "policy-preview": _draft,
    "policy-discard": _draft,
    "policy-up-to-date": _draft,
    "policy-publish": _draft,
    "policy-roll-back": _second,
    "routing-draft": _routing_draft,
    "routing-discard": _routing_draft,
    "routing-publish": _routing_draft,
    "routing-version": _routing_published,
    "routing-roll-back": _routing_second,
    "mfa_deactivate_totp": _app,
    "mfa_view_recovery_codes": _app,
    "mfa_download_recovery_codes": _app,
    "mfa_reauthenticate": _apps,
    "mfa_reauthenticate_webauthn": _apps,
    "mfa_edit_webauthn": _passkey,
    "mfa_remove_webauthn": _passkey,
}
