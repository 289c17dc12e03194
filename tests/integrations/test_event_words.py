"""What of events is left out, and words that nobody knows yet."""

from datetime import datetime

from exceptions.models import SettingChange, User
from exceptions.vocabulary import Transport, Trouble
from integrations import meanings
from integrations.models import (
    CarrierScan,
    CarrierWord,
    ScanState,
)
from tests.integrations.became import DONE, HOUR, cases, outcome, status
from tests.integrations.knocking import Sender, sender
from tests.making import Tower


def test_what_the_filter_names_is_dropped_and_counted(tower: Tower, at: datetime) -> None:
    filtered = sender(tower, at, name="Filtered", dropped=["pre_transit", "weather"])
    told_of = {"pre_transit": None, "exception": "weather", "in_transit": None}
    deliveries = [
        filtered.tell(s, status=s, trouble=trouble, tracking=s) for s, trouble in told_of.items()
    ]
    filtered.work()

    assert [outcome(d)[1] for d in deliveries] == [
        "1 dropped by the filter",
        "1 dropped by the filter",
        "1 taken in",
    ]
    assert status() == {"in_transit": "in_transit"}


def test_an_unknown_word_waits_for_somebody_to_say_what_it_means(n8n: Sender, at: datetime) -> None:
    admin = User.objects.create_user("ines.admin")
    delivery = n8n.tell("1", status="TXX", said="Umgeleitet")
    n8n.tell("2", status="TXX", tracking="1Z11")
    n8n.work()
    assert (outcome(delivery), status()) == ((DONE, "1 unknown word"), {})
    word = CarrierWord.objects.get()
    assert (word.code, word.said, word.given_at) == ("TXX", "Umgeleitet", None)

    waited = meanings.give(word, Transport.EXCEPTION, Trouble.DELAYED, admin, at=at)

    assert (waited, status()) == (2, {"1Z99": "exception", "1Z11": "exception"})
    assert sorted(title for _kind, title in cases()) == [
        "1Z11 with DHL: delayed",
        "1Z99 with DHL: delayed",
    ]
    line = SettingChange.objects.latest("number")
    assert (line.says, line.by) == ("n8n: “TXX” means exception, delayed", admin)
    n8n.tell("3", status="TXX", tracking="1Z22")
    n8n.work()
    assert status()["1Z22"] == "exception"


def test_a_word_may_mean_nothing(n8n: Sender, at: datetime) -> None:
    n8n.tell("1", status="TXX")
    n8n.work()
    admin = User.objects.create_user("ines.admin")

    assert meanings.give(CarrierWord.objects.get(), None, None, admin, at=at) == 1
    assert (status(), CarrierScan.objects.get().became) == ({}, ScanState.SILENT)


def test_an_old_unknown_word_that_is_understood_later_does_not_win(
    n8n: Sender, at: datetime
) -> None:
    n8n.tell("1", status="TXX", at=(at - HOUR).isoformat())
    n8n.tell("2", status="delivered")
    n8n.work()

    admin = User.objects.create_user("ines.admin")
    meanings.give(CarrierWord.objects.get(), Transport.EXCEPTION, Trouble.LOST, admin, at=at)

    assert (status(), cases()) == ({"1Z99": "delivered"}, [])
