"""The approval matrix in force: reading it, and whether one can be in force."""

from typing import Any

import msgspec
from django.db import connection

from exceptions.matrix import STANDARD, Matrix
from exceptions.matrix_soundness import Known
from exceptions.models import MatrixVersion, Site, User

MATRIX_LOCK = 0x70011C3


def to_json(matrix: Matrix) -> Any:
    """A matrix as it is stored."""
    return msgspec.to_builtins(matrix, str_keys=True)


def from_json(data: Any) -> Matrix:
    """A matrix as stored. Raises msgspec.ValidationError where it does not fit the type."""
    return msgspec.convert(data, Matrix, strict=False, str_keys=True)


def newest() -> MatrixVersion | None:
    """The version in force; None while the standard one is."""
    published = MatrixVersion.objects.exclude(version=None)
    return published.select_related("author", "published_by").order_by("-version").first()


def of(version: MatrixVersion | None) -> Matrix:
    return from_json(version.settings) if version else STANDARD


def hold_for_publishing() -> None:
    """Until this transaction ends, nobody else begins or publishes a draft of the matrix."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MATRIX_LOCK])


def known() -> Known:
    """What a matrix may name, as it is now."""
    people = User.objects.filter(is_active=True).values_list("pk", flat=True)
    return Known(dict(Site.objects.values_list("pk", "name")), frozenset(people))
