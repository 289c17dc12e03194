"""The tables of the domain, one file a noun."""

from exceptions.models.access_proposal import AccessProposal
from exceptions.models.answer import GivenAnswer
from exceptions.models.approval import (
    ApprovalLevel,
    ApprovalRequest,
    CoverageHole,
    Delegation,
    HeardAnswer,
    MatrixVersion,
    Vote,
)
from exceptions.models.auditing import Anchor, SettingChange, Verification
from exceptions.models.calendar import Calendar, CalendarVersion, PartnerCalendar
from exceptions.models.carrier import Carrier, Parcel
from exceptions.models.case import Case, CaseEvent
from exceptions.models.clock import Clock
from exceptions.models.collaboration import Comment, Promise, Watch
from exceptions.models.decision import Decision
from exceptions.models.document import Document
from exceptions.models.evidence import Evidence, EvidenceAccess, LegalHold
from exceptions.models.exchange_rate import ExchangeRate
from exceptions.models.facts_source import FactsSource
from exceptions.models.handover import Handover, HandoverTaken
from exceptions.models.importing import ImportedNumber, ImportIssue, ImportJob, ImportPart
from exceptions.models.invitation import Invitation
from exceptions.models.kpi_alert import KpiAlert
from exceptions.models.notification import NoticeMail, NoticeSettings, Notification
from exceptions.models.outbox import OutboxMessage
from exceptions.models.outside import OutsideVote
from exceptions.models.pause import Pause
from exceptions.models.people import Access, AccessChange, Membership, ServiceToken, Team, User
from exceptions.models.policy import Policy
from exceptions.models.report import RaisedReport
from exceptions.models.reporting import ReportAssumptions, ReportSubscription
from exceptions.models.rollup import CaseShare, Rollup, RollupState, StaleCase
from exceptions.models.roster import Absence, RosterChange, Shift
from exceptions.models.routing import RoutingSet
from exceptions.models.sighting import Blackout, Sighting
from exceptions.models.site import Connection, Site
from exceptions.models.snooze import Snooze
from exceptions.models.suggestion import AdviceModel, AdviceSwitch, InboundMessage, Suggestion
from exceptions.models.switch import KillSwitch
from exceptions.models.throughput import Throughput
from exceptions.models.transit import KeptTransit
from exceptions.models.upload_link import UploadLink
from exceptions.models.versioned import Versioned
from exceptions.models.vote_link import VoteLink

__all__ = [
    "Absence",
    "Access",
    "AccessChange",
    "AccessProposal",
    "AdviceModel",
    "AdviceSwitch",
    "Anchor",
    "ApprovalLevel",
    "ApprovalRequest",
    "Blackout",
    "Calendar",
    "CalendarVersion",
    "Carrier",
    "Case",
    "CaseEvent",
    "CaseShare",
    "Clock",
    "Comment",
    "Connection",
    "CoverageHole",
    "Decision",
    "Delegation",
    "Document",
    "Evidence",
    "EvidenceAccess",
    "ExchangeRate",
    "FactsSource",
    "GivenAnswer",
    "Handover",
    "HandoverTaken",
    "HeardAnswer",
    "ImportIssue",
    "ImportJob",
    "ImportPart",
    "ImportedNumber",
    "InboundMessage",
    "Invitation",
    "KeptTransit",
    "KillSwitch",
    "KpiAlert",
    "LegalHold",
    "MatrixVersion",
    "Membership",
    "NoticeMail",
    "NoticeSettings",
    "Notification",
    "OutboxMessage",
    "OutsideVote",
    "Parcel",
    "PartnerCalendar",
    "Pause",
    "Policy",
    "Promise",
    "RaisedReport",
    "ReportAssumptions",
    "ReportSubscription",
    "Rollup",
    "RollupState",
    "RosterChange",
    "RoutingSet",
    "ServiceToken",
    "SettingChange",
    "Shift",
    "Sighting",
    "Site",
    "Snooze",
    "StaleCase",
    "Suggestion",
    "Team",
    "Throughput",
    "UploadLink",
    "User",
    "Verification",
    "Versioned",
    "Vote",
    "VoteLink",
    "Watch",
]
