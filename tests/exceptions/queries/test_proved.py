"""What was foreseen, held against what came."""

from datetime import date, datetime, timedelta

import pytest

from exceptions.lateness import keeping, reckoning
from exceptions.lateness.past import Past
from exceptions.lateness.rule import foresee
from exceptions.models import KeptTransit
from exceptions.queries.proved import Quarter, drifts, no_better, proved
from tests.exceptions.lateness.test_keeping import reading
from tests.making import Tower

DAY = timedelta(days=1)
TODAY = date(2026, 11, 17)


def quarter(brier: float, n: int = 100, usual: float = 0.1) -> Quarter:
    return Quarter("2026 Q1", n, 10, 0.8, brier, usual)


def test_it_warns_where_the_latest_quarter_was_foreseen_clearly_worse() -> None:
    assert not drifts([quarter(0.08), quarter(0.08), quarter(0.099)])
    assert drifts([quarter(0.08), quarter(0.08), quarter(0.101)])
    assert not drifts([quarter(0.08), quarter(0.2, usual=0.25)])  # more lateness alone
    assert not drifts([quarter(0.08), quarter(0.2, n=29)])
    assert not drifts([quarter(0.2)])


@pytest.fixture
def come(tower: Tower, at: datetime) -> None:
    """A hundred days of Nordwind, late on two days of five, and of Baltic, never late."""
    assert at.date() == TODAY
    keeping.keep(
        [
            reading(
                tower,
                n + 1_000 * (who == "Baltic"),
                TODAY - n * DAY,
                done_on=TODAY - n * DAY + 2 * DAY * (who == "Nordwind" and n % 5 < 2),
                by=who,
                lane=who,
            )
            for n in range(1, 101)
            for who in ("Nordwind", "Baltic")
        ],
        at=at,
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("come")
def test_what_was_over_is_foreseen_by_what_was_known_then(tower: Tower, at: datetime) -> None:
    assert reckoning.look_back(at=at, days=30) == 60
    assert KeptTransit.objects.filter(first_on=None).count() == 140
    assert reckoning.look_back(at=at, days=100) == 140
    assert reckoning.look_back(at=at) == 0
    for one in KeptTransit.objects.order_by("pk")[::9]:
        past = Past.before(
            one.promised_on, [reckoning.transit_of(each) for each in KeptTransit.objects.all()]
        )
        risk = foresee(reckoning.transit_of(one), past)
        assert one.first_on == one.promised_on
        assert one.first_share == (pytest.approx(risk.share) if risk else None)


@pytest.mark.django_db
@pytest.mark.usefixtures("come")
def test_quarters_and_bands_count_what_came(at: datetime) -> None:
    reckoning.look_back(at=at, days=200)
    told = proved(KeptTransit.objects.all(), TODAY)
    rows = KeptTransit.objects.filter(first_share__isnull=False)
    late = [one for one in rows if one.done_on is not None and one.done_on > one.promised_on]
    assert told.whole is not None
    assert (told.whole.n, told.whole.late) == (len(rows), len(late)) == (180, 36)
    assert [q.name for q in told.quarters] == ["2026 Q3", "2026 Q4"]
    assert sum(q.n for q in told.quarters) == sum(b.n for b in told.bands) == 180
    errors = [(one.first_share or 0) - (one in late) for one in rows]
    assert told.whole.brier == pytest.approx(sum(e * e for e in errors) / 180)
    assert told.whole.brier < told.whole.usual == pytest.approx(0.16)
    assert told.seen_ahead == 0


@pytest.mark.django_db
def test_without_anything_foreseen_nothing_is_said() -> None:
    told = proved(KeptTransit.objects.all(), TODAY)
    assert (told.whole, told.quarters, told.bands, told.drifts) == (None, [], [], False)


@pytest.mark.django_db
@pytest.mark.usefixtures("come")
def test_it_says_where_it_was_no_better_than_knowing_nothing(at: datetime) -> None:
    everything = KeptTransit.objects.all()
    assert not no_better(everything, TODAY)  # nothing has been foreseen
    reckoning.look_back(at=at, days=200)
    assert not no_better(everything, TODAY)
    for one in everything.filter(first_share__isnull=False):  # the wrong way round
        KeptTransit.objects.filter(pk=one.pk).update(first_share=1 - (one.first_share or 0))
    told = proved(everything, TODAY).whole
    assert told is not None
    assert told.brier > told.usual
    assert no_better(everything, TODAY)
    few = everything.filter(promised_on__gt=TODAY - 10 * DAY)
    assert not no_better(few, TODAY)
