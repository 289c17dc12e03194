"""The files of a case: what they may be, how they came, who opened them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EvidenceType(models.TextChoices):
    """What a file is, as its content says. What is none of these is not taken."""

    JPEG = "image/jpeg", _("JPEG picture")
    PNG = "image/png", _("PNG picture")
    WEBP = "image/webp", _("WebP picture")
    HEIC = "image/heic", _("HEIC picture")
    MP4 = "video/mp4", _("video")
    MOV = "video/quicktime", _("QuickTime video")
    PDF = "application/pdf", _("PDF")
    TEXT = "text/plain", _("text")
    CSV = "text/csv", _("table (CSV)")
    EML = "message/rfc822", _("e-mail")
    DOCX = (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _("Word document"),
    )
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _("Excel sheet")
    ODT = "application/vnd.oasis.opendocument.text", _("OpenDocument text")
    ODS = "application/vnd.oasis.opendocument.spreadsheet", _("OpenDocument sheet")


# Those of which a small picture is shown.
PICTURES = (EvidenceType.JPEG, EvidenceType.PNG, EvidenceType.WEBP)


class Slot(models.TextChoices):
    """What a file is for: the places that a kind has for its evidence."""

    COUNT_SHEET = "count_sheet", _("count sheet")
    INSPECTION_REPORT = "inspection_report", _("inspection report")
    DAMAGE_PHOTO = "damage_photo", _("photo of the damage")
    SIGNED_DELIVERY = "signed_delivery", _("signed delivery record")
    CARRIER_NOTICE = "carrier_notice", _("notice of the carrier")
    CUSTOMS_FORM = "customs_form", _("customs form")
    PACKING_LIST = "packing_list", _("packing list")
    SUPPLIER_WORD = "supplier_word", _("confirmation of the supplier")
    INVOICE = "invoice", _("invoice or credit note")


class EvidenceSource(models.TextChoices):
    """By what road a file came."""

    WEB = "web", _("page")
    API = "api", _("API")
    LINK = "link", _("upload link")
    ODOO = "odoo", _("Odoo")
    EMAIL = "email", _("e-mail")


class Opened(models.TextChoices):
    """In what form somebody saw a file."""

    FILE = "file", _("downloaded")
    PICTURE = "picture", _("looked at")
    PACK = "pack", _("in a sealed pack")
