"""One person a role, and one of everything that an address can name, here and elsewhere.

Everybody works in Rotterdam. Elsewhere is a site of another connection, whose names must appear
on no page.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from exceptions import (
    intake,
)
from exceptions.facts import Partner
from exceptions.models import (
    Absence,
    ApprovalRequest,
    Blackout,
    Calendar,
    Case,
    Comment,
    Connection,
    Delegation,
    Evidence,
    Handover,
    ImportJob,
    InboundMessage,
    Invitation,
    KillSwitch,
    KpiAlert,
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
    OutboxState,
    Role,
    TeamCode,
)
from integrations.models import CarrierScan, EventSource, Gap, InboxDelivery
from tests.making import Tower
from tests.permissions import things

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


@dataclass
class Place:
    """A site with one of everything."""

    site: Site
    case: Case
    parent: Case
    blackout: Blackout
    alert: KpiAlert
    job: ImportJob
    delivery: InboxDelivery
    source: EventSource
    scan: CarrierScan
    message: OutboxMessage
    letter: InboundMessage
    gap: Gap
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
    approval = things.approval(case, owner or things.lead_of(case), at)
    things.access(site.connection)
    return Place(
        site=site,
        case=case,
        parent=parent,
        blackout=things.blackout(site, at),
        alert=things.alert(site, at),
        job=things.job(site, at),
        delivery=things.delivery(site.connection, at),
        **things.event_source(site, at),
        message=message,
        letter=things.letter(site, at),
        gap=things.gap(message, at),
        calendar=things.calendar(site, at),
        **things.duty(things.worker(site, at), site, at),
        invitation=things.invitation(site, at),
        comment=things.comment(case, at),
        promise=things.promise(case, at),
        notice=things.notice(case, at),
        evidence=things.evidence(case, at),
        note=things.note(site, at),
        switch=things.switch(site, at),
        link=things.link(case, at),
        approval=approval,
        delegation=things.delegation(site, at),
        ticket=things.ticket(approval, at),
    )
