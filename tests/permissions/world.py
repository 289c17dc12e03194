"""One person a role, and one of everything that an address can name, here and elsewhere.

Everybody works in Rotterdam. Elsewhere is a site of another connection, whose names must appear
on no page.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from exceptions import (
    approvals,
    calendars,
    intake,
    tokens,
    vote_links,
)
from exceptions.actors import person
from exceptions.business_time import Opening
from exceptions.calendars import CalendarSettings
from exceptions.evidence import keeping
from exceptions.facts import Partner
from exceptions.importing import jobs
from exceptions.models import (
    Absence,
    ApprovalRequest,
    Blackout,
    Calendar,
    Case,
    Comment,
    Connection,
    Decision,
    Delegation,
    Evidence,
    Handover,
    ImportJob,
    Invitation,
    KillSwitch,
    Membership,
    Notification,
    OutboxMessage,
    Promise,
    ServiceToken,
    Shift,
    Site,
    Team,
    UploadLink,
    User,
)
from exceptions.vocabulary import (
    AbsenceReason,
    DecisionKind,
    DecisionState,
    EvidenceSource,
    Notice,
    OutboxState,
    Role,
    TeamCode,
    Verb,
)
from integrations.models import DeliveryState, InboxDelivery
from tests.exceptions.evidence import pictures
from tests.making import Tower

PASSWORD = "correct horse battery"
ROLES = {
    "E": Role.EXECUTIVE,
    "O": Role.OPERATOR,
    "S": Role.SUPERVISOR,
    "P": Role.APPROVER,
    "D": Role.POLICY_ADMIN,
    "I": Role.INTEGRATION_ADMIN,
    "A": Role.AUDITOR,
    "N": None,
}
# Names of elsewhere; each would give away something.
FOREIGN = ("Acquisition", "Gdansk", "Secretive Forge")
# Policies and calendars are the company's: who reads them reads which sites they are in force at,
# and who drafts them chooses among all partners.
COMPANY_WIDE = frozenset(
    {
        "policy",
        "policy-draft",
        "policy-publish",
        "routing",
        "routing-draft",
        "routing-publish",
        "matrix",
        "matrix-draft",
        "matrix-publish",
        "calendars",
        "calendar",
        "calendar-rebase",
    }
)
OFFICE_HOURS = CalendarSettings(
    zone="Europe/Amsterdam", weekly=((Opening(480, 1080),),) * 5 + ((),) * 2
)
CSV = b"id,kind,site,title,detected\n1,late_inbound,RTM,late,2024-01-10\n"


@dataclass
class Place:
    """A site with one of everything."""

    site: Site
    case: Case
    parent: Case
    blackout: Blackout
    job: ImportJob
    delivery: InboxDelivery
    message: OutboxMessage
    calendar: Calendar
    person: User
    token: ServiceToken
    invitation: Invitation
    comment: Comment
    promise: Promise
    notice: Notification
    evidence: Evidence
    shift: Shift
    absence: Absence
    note: Handover
    switch: KillSwitch
    link: UploadLink
    approval: ApprovalRequest
    delegation: Delegation
    ticket: str


@dataclass
class World:
    tower: Tower
    people: dict[str, User]
    here: Place
    elsewhere: Place
    passkey_id: int = 0
    proposal_id: int = 0
    vote_id: int = 0
    sessions: dict[str, str] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A browser in which the person is signed in; ` ` is nobody."""
        client = Client(raise_request_exception=False)
        if who in self.sessions:
            client.cookies["sessionid"] = self.sessions[who]
        return client


def build(tower: Tower) -> World:
    people = {letter: _person(tower, letter, role) for letter, role in ROLES.items()}
    acquired = Connection.objects.create(name="Acquisition")
    foreign = Site.objects.create(
        connection=acquired, external_id=77, code="GDN", name="Gdansk", lead=_lead()
    )
    world = World(
        tower,
        people,
        _place(tower, tower.site, 1, "Kempten Bearings"),
        _place(tower, foreign, 100, "Secretive Forge"),
    )
    world.sessions = {letter: _signed_in(user) for letter, user in people.items()}
    return world


def _lead() -> User:
    return User.objects.create_user("lead.gdn")


def _person(tower: Tower, letter: str, role: Role | None) -> User:
    """With a password, as accounts are made; the operator owns the case."""
    user = User.objects.create_user(f"person.{letter.lower()}", password=PASSWORD)
    if role:
        team = Team.objects.get(code=TeamCode.PROCUREMENT) if role == Role.OPERATOR else None
        Membership.objects.create(user=user, role=role, site=tower.site, team=team)
    return user


def _signed_in(user: User) -> str:
    """Signed in and confirmed through the pages; returns the key of the session."""
    client = Client()
    client.post("/sign-in/", {"login": user.username, "password": PASSWORD})
    client.post("/account/confirm/", {"password": PASSWORD})
    return client.cookies["sessionid"].value


def _place(tower: Tower, site: Site, first: int, supplier: str) -> Place:
    at = timezone.now() - timedelta(hours=1)
    about = {"connection_id": site.connection_id, "site_id": site.pk}
    partner = Partner(id=first, name=supplier)
    said = [tower.receipt(n, at=at, supplier=partner, **about) for n in (first, first + 1)]
    intake.take_in(said, at=at)
    case, parent = Case.objects.filter(site=site).order_by("document__record_id")
    owner = User.objects.filter(username="person.o").first() if site == tower.site else None
    if owner:
        Case.objects.filter(pk=case.pk).update(owner=owner)
    message = OutboxMessage.objects.filter(case=case).first()
    assert message is not None
    message.state = OutboxState.FAILED
    message.save()
    approval = _approval(case, owner or _lead_of(case), at)
    return Place(
        site=site,
        case=case,
        parent=parent,
        blackout=_blackout(site, at),
        job=_job(site, at),
        delivery=_delivery(site.connection, at),
        message=message,
        calendar=_calendar(site, at),
        **_duty(_worker(site, at), site, at),
        invitation=_invitation(site, at),
        comment=_comment(case, at),
        promise=_promise(case, at),
        notice=_notice(case, at),
        evidence=_evidence(case, at),
        note=_note(site, at),
        switch=_switch(site, at),
        link=_link(case, at),
        approval=approval,
        delegation=_delegation(site, at),
        ticket=_ticket(approval, at),
    )


def _lead_of(case: Case) -> User:
    """The supervisor here; elsewhere somebody else."""
    return User.objects.get(username="lead.gdn" if case.site.code == "GDN" else "person.s")


def _comment(case: Case, at: Any) -> Comment:
    return Comment.objects.create(
        case=case, author=_lead_of(case), text="They were called.", written_at=at
    )


def _promise(case: Case, at: Any) -> Promise:
    return Promise.objects.create(
        case=case,
        promised_by="Kempten",
        what="It ships",
        due_at=at + timedelta(days=1),
        recorded_by=_lead_of(case),
        recorded_at=at,
    )


def _notice(case: Case, at: Any) -> Notification:
    return Notification.objects.create(
        person=_lead_of(case), case=case, what=Notice.MENTIONED, key="told", at=at
    )


def _link(case: Case, at: Any) -> UploadLink:
    """For the driver of the place."""
    return UploadLink.objects.create(
        case=case,
        given_to=f"Driver at {case.site.name}",
        made_by=_lead_of(case),
        made_at=at,
        expires_at=at + timedelta(days=3),
    )


def _evidence(case: Case, at: Any) -> Evidence:
    """A photo that the supervisor added."""
    user = _lead_of(case)
    if case.site.code == "GDN":
        Membership.objects.create(user=user, role=Role.SUPERVISOR, site=case.site)
    lead = person(user)
    photo, source = pictures.jpeg(case.pk), EvidenceSource.WEB
    return keeping.add(case, [photo], "photo.jpg", lead, source=source, at=at).evidence


def _note(site: Site, at: Any) -> Handover:
    """By somebody who has left since: whoever works here may take over."""
    by = User.objects.get(username="person.n")
    return Handover.objects.create(
        site=site, since=at, text="Dock 3 is shut.", by=by, by_name=str(by), at=at
    )


def _switch(site: Site, at: Any) -> KillSwitch:
    return KillSwitch.objects.create(
        verb=Verb.CHAT,
        site=site,
        reason=f"The chat of {site.name} is being moved",
        engaged_at=at,
        engaged_by=User.objects.get(username="person.i"),
    )


def _approval(case: Case, proposer: User, at: Any) -> ApprovalRequest:
    """Air freight for 1,200, which an approver has to allow; the operator here proposed it."""
    decision = Decision.objects.create(
        case=case,
        kind=DecisionKind.EXPEDITE,
        state=DecisionState.PROPOSED,
        reason="The line stands still.",
        cost=Decimal(1200),
        currency=case.currency,
        proposed_by=proposer,
        proposed_at=at,
        substance=case.document.substance,
        written_at=at,
    )
    cell = approvals.cell_for(case, decision.kind, decision.cost)
    return approvals.ask(case, decision, cell, at=at)


def _delegation(site: Site, at: Any) -> Delegation:
    """Of the approver here, to somebody who has no page to see it on."""
    return Delegation.objects.create(
        from_person=User.objects.get(username="lead.gdn" if site.code == "GDN" else "person.p"),
        to_person=User.objects.get(username="lead.chi"),
        starts_at=at,
        ends_at=at + timedelta(days=1),
        made_at=at,
    )


def _ticket(approval: ApprovalRequest, at: Any) -> str:
    """What stands in an e-mail to the approver here; elsewhere to somebody else."""
    name = "lead.gdn" if approval.case.site.code == "GDN" else "person.p"
    level, whose = approval.levels.get(), User.objects.get(username=name)
    return vote_links.made(level, whose, at).split("/")[-2]


def _blackout(site: Site, at: Any) -> Blackout:
    return Blackout.objects.create(
        site=site,
        starts_at=at,
        ends_at=at + timedelta(days=3),
        reason=f"Stock-taking in {site.name}",
        made_by=User.objects.get(username="person.d"),
        made_at=at,
    )


def _calendar(site: Site, at: Any) -> Calendar:
    calendar = calendars.create(f"Hours of {site.code}", OFFICE_HOURS, by=None, at=at)
    Site.objects.filter(pk=site.pk).update(calendar=calendar)
    return calendar


def _job(site: Site, at: Any) -> ImportJob:
    """An upload by somebody who may import to this site only."""
    admin = User.objects.create_user(f"admin.{site.code.lower()}")
    Membership.objects.create(user=admin, role=Role.INTEGRATION_ADMIN, site=site)
    return jobs.receive(
        [CSV],
        source=f"Ledger {site.name}",
        file_name="past.csv",
        actor=person(admin),
        sites=[site.pk],
        at=at,
    )


def _worker(site: Site, at: Any) -> dict[str, Any]:
    """Somebody who works at the site, and a program that acts as them."""
    worker = User.objects.create_user(f"worker.{site.code.lower()}", last_name=site.name)
    Membership.objects.create(user=worker, role=Role.OPERATOR, site=site)
    tokens.issue(worker, name=f"Portal of {site.name}", scopes=[tokens.READ], at=at)
    return {"person": worker, "token": worker.service_tokens.get()}


def _duty(worked: dict[str, Any], site: Site, at: Any) -> dict[str, Any]:
    """A shift and an absence of whoever works there."""
    person, today = worked["person"], at.date()
    shift = Shift.objects.create(
        person=person,
        site=site,
        weekdays=[1, 2, 3],
        starts="08:00",
        ends="16:00",
        first_day=today,
    )
    absence = Absence.objects.create(
        person=person, starts_at=at, ends_at=at + timedelta(days=3), reason=AbsenceReason.LEAVE
    )
    return worked | {"shift": shift, "absence": absence}


def _invitation(site: Site, at: Any) -> Invitation:
    """Sent by the admin here; elsewhere by somebody else."""
    sender = User.objects.get(username="lead.gdn" if site.code == "GDN" else "person.i")
    new = User.objects.create_user(f"new.{site.code.lower()}", last_name=site.name, is_active=False)
    Membership.objects.create(user=new, role=Role.OPERATOR, site=site)
    return Invitation.objects.create(
        person=new, name=str(new), email="new@example.com", about="operator", by=sender, sent_at=at
    )


def _delivery(connection: Connection, at: Any) -> InboxDelivery:
    return InboxDelivery.objects.create(
        connection=connection,
        key=f"{connection.name}:1",
        received_at=at,
        body=b"{}",
        state=DeliveryState.SET_ASIDE,
        next_attempt_at=at,
    )
