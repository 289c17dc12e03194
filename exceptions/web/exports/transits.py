"""What may come late, as a file."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import actors
from exceptions.actors import Actor
from exceptions.queries.at_risk import RiskFilter
from exceptions.vocabulary import Direction
from exceptions.web.exports.columns import labels, yes
from exceptions.web.exports.listed import Listed, ListOfRows
from exceptions.web.exports.table import Column

TRANSITS = (
    Column("reference", gettext_lazy("Transfer"), "reference"),
    Column("direction", gettext_lazy("Direction"), "direction", labels(Direction)),
    Column("site", gettext_lazy("Site"), "site__name"),
    Column("by", gettext_lazy("Brought by"), "by"),
    Column("lane", gettext_lazy("Lane"), "lane"),
    Column("promised_on", gettext_lazy("First promised for"), "promised_on"),
    Column("share", gettext_lazy("Likely late, share"), "share"),
    Column("low_days", gettext_lazy("Days late, 25th percentile"), "risk__low_days"),
    Column("high_days", gettext_lazy("Days late, 75th percentile"), "risk__high_days"),
    Column("n", gettext_lazy("Promises of a year"), "risk__n"),
    Column("lately", gettext_lazy("Share lately"), "risk__lately"),
    Column("longer", gettext_lazy("Share over the year"), "risk__longer"),
    Column("newest", gettext_lazy("Last promise that fell due"), "risk__newest"),
    Column("reckoned_on", gettext_lazy("Foreseen on"), "reckoned_on"),
    Column("first_share", gettext_lazy("Foreseen at first"), "first_share"),
    Column("seen_open", gettext_lazy("Promise seen before it was over"), "seen_open", yes),
    Column("url", gettext_lazy("Link to the source"), "url"),
)


def _at_risk(query: QueryDict, actor: Actor, at: datetime) -> Listed:  # noqa: ARG001 as all lists
    """As the page of what is at risk shows them."""
    if actors.site_ids(actor) == frozenset():
        raise PermissionDenied
    asked = RiskFilter.from_query(query)
    said = [(_("Likely late"), _("%s %% and more") % asked.least)]
    if asked.direction:
        said.append((_("Direction"), str(Direction(asked.direction).label)))
    if asked.site:
        site = actors.visible_sites(actor).filter(pk=asked.site).first()
        said.append((_("Site"), str(site or asked.site)))
    if asked.by:
        said.append((_("Brought by"), asked.by))
    return Listed(asked.apply(actors.visible_transits(actor)), said)


LISTS: Mapping[str, ListOfRows] = {
    "at-risk": ListOfRows("at-risk", gettext_lazy("Likely late"), TRANSITS, _at_risk),
}
