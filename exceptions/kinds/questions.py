"""What decisions of several kinds ask for."""

from django.utils.translation import gettext_lazy as _

from exceptions.kinds.definition import Ask
from exceptions.vocabulary import AskType

NEW_DATE = Ask(name="date", label=_("New date and time"), type=AskType.DATE)
