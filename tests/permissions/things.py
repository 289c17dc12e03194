"""One of everything that an address can name, of a case and of a site."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from exceptions import (
    approvals,
    calendars,
    tokens,
    vote_links,
)
from exceptions.actors import person
from exceptions.business_time import Opening
from exceptions.calendars import CalendarSettings
from exceptions.evidence import keeping
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
    InboundMessage,
    Invitation,
    KillSwitch,
    KpiAlert,
    Membership,
    Notification,
    OutboxMessage,
    Promise,
    Shift,
    Site,
    UploadLink,
    User,
)
from exceptions.report import subscribing
from exceptions.report.subscribing import Said
from exceptions.vocabulary import (
    AbsenceReason,
    Cadence,
    DecisionKind,
    DecisionState,
    EvidenceSource,
    Notice,
    Role,
    Verb,
    Via,
)
from integrations import event_sources, scans, vault
from integrations.carriers.scan import Scan
from integrations.models import (
    CarrierScan,
    DeliveryState,
    Expected,
    Gap,
    GapKind,
    InboxDelivery,
    OdooAccess,
)
from integrations.odoo import sent
from integrations.scans import Arrived
from tests.exceptions.evidence import pictures

OFFICE_HOURS = CalendarSettings(
    zone="Europe/Amsterdam", weekly=((Opening(480, 1080),),) * 5 + ((),) * 2
)
CSV = b"id,kind,site,title,detected\n1,late_inbound,RTM,late,2024-01-10\n"


def lead_of(case: Case) -> User:
    """The supervisor here; elsewhere somebody else."""
    return User.objects.get(username="lead.gdn" if case.site.code == "GDN" else "person.s")


def comment(case: Case, at: Any) -> Comment:
    return Comment.objects.create(
        case=case, author=lead_of(case), text="They were called.", written_at=at
    )


def promise(case: Case, at: Any) -> Promise:
    return Promise.objects.create(
        case=case,
        promised_by="Kempten",
        what="It ships",
        due_at=at + timedelta(days=1),
        recorded_by=lead_of(case),
        recorded_at=at,
    )


def notice(case: Case, at: Any) -> Notification:
    return Notification.objects.create(
        person=lead_of(case), case=case, what=Notice.MENTIONED, key="told", at=at
    )


def letter(site: Site, at: Any) -> InboundMessage:
    return InboundMessage.objects.create(
        site=site,
        subject=f"About {site.name}",
        text="The truck broke down.",
        sha256=f"{site.pk:064d}",
        via=Via.WEB,
        received_at=at,
    )


def link(case: Case, at: Any) -> UploadLink:
    """For the driver of the place."""
    return UploadLink.objects.create(
        case=case,
        given_to=f"Driver at {case.site.name}",
        made_by=lead_of(case),
        made_at=at,
        expires_at=at + timedelta(days=3),
    )


def evidence(case: Case, at: Any) -> Evidence:
    """A photo that the supervisor added."""
    user = lead_of(case)
    if case.site.code == "GDN":
        Membership.objects.create(user=user, role=Role.SUPERVISOR, site=case.site)
    lead = person(user)
    photo, source = pictures.jpeg(case.pk), EvidenceSource.WEB
    return keeping.add(case, [photo], "photo.jpg", lead, source=source, at=at).evidence


def note(site: Site, at: Any) -> Handover:
    """By somebody who has left since: whoever works here may take over."""
    by = User.objects.get(username="person.n")
    return Handover.objects.create(
        site=site, since=at, text="Dock 3 is shut.", by=by, by_name=str(by), at=at
    )


def switch(site: Site, at: Any) -> KillSwitch:
    return KillSwitch.objects.create(
        verb=Verb.CHAT,
        site=site,
        reason=f"The chat of {site.name} is being moved",
        engaged_at=at,
        engaged_by=User.objects.get(username="person.i"),
    )


def approval(case: Case, proposer: User, at: Any) -> ApprovalRequest:
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


def delegation(site: Site, at: Any) -> Delegation:
    """Of the approver here, to somebody who has no page to see it on."""
    return Delegation.objects.create(
        from_person=User.objects.get(username="lead.gdn" if site.code == "GDN" else "person.p"),
        to_person=User.objects.get(username="lead.chi"),
        starts_at=at,
        ends_at=at + timedelta(days=1),
        made_at=at,
    )


def ticket(approval: ApprovalRequest, at: Any) -> str:
    """What stands in an e-mail to the approver here; elsewhere to somebody else."""
    name = "lead.gdn" if approval.case.site.code == "GDN" else "person.p"
    level, whose = approval.levels.get(), User.objects.get(username=name)
    return vote_links.made(level, whose, at).split("/")[-2]


def alert(site: Site, at: Any) -> KpiAlert:
    return KpiAlert.objects.create(
        name=f"Old cases in {site.name}",
        kpi="old",
        site=site,
        raise_at=5,
        clear_at=3,
        made_by=User.objects.get(username="person.s"),
        made_at=at,
    )


def blackout(site: Site, at: Any) -> Blackout:
    return Blackout.objects.create(
        site=site,
        starts_at=at,
        ends_at=at + timedelta(days=3),
        reason=f"Stock-taking in {site.name}",
        made_by=User.objects.get(username="person.d"),
        made_at=at,
    )


def calendar(site: Site, at: Any) -> Calendar:
    calendar = calendars.create(f"Hours of {site.code}", OFFICE_HOURS, by=None, at=at)
    Site.objects.filter(pk=site.pk).update(calendar=calendar)
    return calendar


def job(site: Site, at: Any) -> ImportJob:
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


def worker(site: Site, at: Any) -> dict[str, Any]:
    """Somebody who works at the site, and a program that acts as them."""
    worker = User.objects.create_user(f"worker.{site.code.lower()}", last_name=site.name)
    Membership.objects.create(user=worker, role=Role.OPERATOR, site=site)
    weekly = Said(every=Cadence.WEEKLY, day=1, hour=time(7))
    subscribing.subscribe(worker, weekly, by=person(worker), at=at)
    tokens.issue(worker, name=f"Portal of {site.name}", scopes=[tokens.READ], at=at)
    return {"person": worker, "token": worker.service_tokens.get()}


def duty(worked: dict[str, Any], site: Site, at: Any) -> dict[str, Any]:
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


def invitation(site: Site, at: Any) -> Invitation:
    """Sent by the admin here; elsewhere by somebody else."""
    sender = User.objects.get(username="lead.gdn" if site.code == "GDN" else "person.i")
    new = User.objects.create_user(f"new.{site.code.lower()}", last_name=site.name, is_active=False)
    Membership.objects.create(user=new, role=Role.OPERATOR, site=site)
    return Invitation.objects.create(
        person=new, name=str(new), email="new@example.com", about="operator", by=sender, sent_at=at
    )


def access(connection: Connection) -> OdooAccess:
    """An Odoo that does not answer: port 1 belongs to nobody."""
    return OdooAccess.objects.get_or_create(
        connection=connection,
        defaults={
            "url": "http://127.0.0.1:1",
            "database": connection.name,
            "login": "tower",
            "sealed_key": vault.seal("key"),
            "sealed_hook_secret": vault.seal(connection.name),
            "hook_digest": vault.digest(connection.name),
            "version": "19.0",
            "user_id": 5,
        },
    )[0]


def delivery(connection: Connection, at: Any) -> InboxDelivery:
    return InboxDelivery.objects.create(
        connection=connection,
        key=f"{connection.name}:1",
        received_at=at,
        body=b"{}",
        state=DeliveryState.SET_ASIDE,
        next_attempt_at=at,
    )


def gap(message: OutboxMessage, at: Any) -> Gap:
    """Something that was sent, and is gone."""
    return Gap.objects.create(
        connection=message.connection,
        source=sent.SOURCE,
        model=message.model,
        record_id=message.record_id,
        message=message,
        what=GapKind.LOST,
        expected_by=Expected.COMPARING,
        since=at,
        found_at=at,
        seen_at=at,
    )


def event_source(site: Site, at: Any) -> dict[str, Any]:
    """A source, and a scan of a parcel that nobody knows, with a word that nobody knows."""
    said = event_sources.Settings(name=f"Parcels of {site.name}", site=site, per_minute=60)
    source, _secret = event_sources.add(said, "dhl", "", None, at=at)
    odd = Scan(tracking=f"1Z{site.code}", carrier="DHL", at=at, status=None, known=False)
    scans.take_in([Arrived(source, odd, at)], at=at)
    return {"source": source, "scan": CarrierScan.objects.get(source=source)}
