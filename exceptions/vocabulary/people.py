"""Who works in the tower: roles and teams."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    EXECUTIVE = "executive", _("executive")
    OPERATOR = "operator", _("operator")
    SUPERVISOR = "supervisor", _("supervisor")
    APPROVER = "approver", _("approver")
    POLICY_ADMIN = "policy_admin", _("policy admin")
    INTEGRATION_ADMIN = "integration_admin", _("integration admin")
    AUDITOR = "auditor", _("auditor")


class ProposalEnd(models.TextChoices):
    """How a proposal of access ended."""

    CONFIRMED = "confirmed", _("confirmed")
    TAKEN_BACK = "taken_back", _("taken back")
    VOID = "void", _("void: their rights had changed meanwhile")
    EXPIRED = "expired", _("expired")


# Roles that work on cases, and so may own them.
WORKING_ROLES = (Role.OPERATOR, Role.SUPERVISOR)


class TeamCode(models.TextChoices):
    PROCUREMENT = "procurement", _("Procurement")
    WAREHOUSE = "warehouse", _("Warehouse operations")
    CUSTOMER_SERVICE = "customer_service", _("Customer service")
    QUALITY = "quality", _("Quality management")
    PLANNING = "planning", _("Supply chain planning")
    ACCOUNTING = "accounting", _("Accounting")
    LOGISTICS = "logistics", _("Logistics")
    TRADE_COMPLIANCE = "trade_compliance", _("Trade compliance")
    INTEGRATIONS = "integrations", _("Integrations")
