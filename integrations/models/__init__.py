"""The adapters' own tables: how to reach a source, what came from it, how each call went.

One file a noun; fields, constraints and indexes, no verbs.
"""

from integrations.models.access import OdooAccess
from integrations.models.call import OdooCall
from integrations.models.canary import Canary, CanaryRun, Hop
from integrations.models.carrier_scan import CarrierScan, ScanState
from integrations.models.command_secret import CommandSecret
from integrations.models.cursor import SyncCursor
from integrations.models.delivery import DeliveryState, InboxDelivery
from integrations.models.discovery import Discovery
from integrations.models.event_source import CarrierWord, EventSource, Refusal, TurnedAway
from integrations.models.gap import Expected, Gap, GapKind, Repair
from integrations.models.mirrored_file import MirroredFile
from integrations.models.reconcile_request import ReconcileRequest
from integrations.models.reconcile_run import ReconcileRun
from integrations.models.rules import OdooRules
from integrations.models.scheduled_action import TROUBLED, ActionState, ScheduledAction
from integrations.models.seen_fault import SeenFault
from integrations.models.sent_check import Found, SentCheck

__all__ = [
    "TROUBLED",
    "ActionState",
    "Canary",
    "CanaryRun",
    "CarrierScan",
    "CarrierWord",
    "CommandSecret",
    "DeliveryState",
    "Discovery",
    "EventSource",
    "Expected",
    "Found",
    "Gap",
    "GapKind",
    "Hop",
    "InboxDelivery",
    "MirroredFile",
    "OdooAccess",
    "OdooCall",
    "OdooRules",
    "ReconcileRequest",
    "ReconcileRun",
    "Refusal",
    "Repair",
    "ScanState",
    "ScheduledAction",
    "SeenFault",
    "SentCheck",
    "SyncCursor",
    "TurnedAway",
]
