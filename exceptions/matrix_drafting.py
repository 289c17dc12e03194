"""Drafting the approval matrix. What waits for approval keeps the levels that it was asked with."""

from django.utils.translation import gettext_lazy as _

from exceptions import matrices, matrix_soundness
from exceptions.drafting import Subject
from exceptions.matrix import STANDARD, Matrix
from exceptions.models import MatrixVersion
from exceptions.vocabulary import Governed


def _problems(matrix: Matrix) -> list[str]:
    return matrix_soundness.problems(matrix, matrices.known())


MATRIX = Subject(
    model=MatrixVersion,
    area=Governed.MATRIX,
    called=_("Approval matrix"),
    hold=matrices.hold_for_publishing,
    to_json=matrices.to_json,
    from_json=matrices.from_json,
    problems=_problems,
    beginning=STANDARD,
)
