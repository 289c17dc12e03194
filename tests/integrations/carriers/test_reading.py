"""What carriers send, read into scans: the vendors' own examples, every word of every table, and
garbage."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.vocabulary import Transport, Trouble
from integrations.carriers import ADAPTERS
from integrations.carriers.scan import Scan, Unreadable
from tests.integrations.carriers.saying import TABLES, body, of_dhl, of_sendcloud


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def read(key: str, said: Any) -> list[Scan]:
    return ADAPTERS[key].read(json.dumps(said).encode())


EXAMPLES = {
    "easypost": Scan(
        tracking="1",
        carrier="FedEx",
        at=utc(2024, 8, 2, 18, 50),
        status=Transport.IN_TRANSIT,
        code="in_transit/arrived_at_facility",
        said="Arrived at FedEx location",
        place="EDISON, NJ, US",
        eta_at=utc(2024, 8, 5),
        event_id="evt_1",
    ),
    "ups_out": Scan(
        tracking="1Z204W4R0308071865",
        carrier="UPS",
        at=utc(2024, 4, 23, 13, 15, 19),
        status=Transport.OUT_FOR_DELIVERY,
        code="I/OT",
        said="Out for Delivery",
        place="Charlotte, NC, US",
        eta_at=utc(2024, 4, 23, 23, 59, 59),
    ),
    "ups_delivered": Scan(
        tracking="1Z204W4R0308071865",
        carrier="UPS",
        at=utc(2024, 4, 23, 13, 50, 4),
        status=Transport.DELIVERED,
        code="D/FS",
        said="Delivered",
        place="CHARLOTTE, NC, US",
    ),
    "aftership": Scan(
        tracking="0000000000000000",
        carrier="usps",
        at=utc(2024, 4, 10, 9, 34, 56),  # the event's own: the checkpoint has no offset
        status=Transport.IN_TRANSIT,
        code="InTransit_001",
        said="Departed Shipping Partner Facility, USPS Awaiting Item",
        event_id="94dadd60-ed26-46d0-aa52-3ced925a50ff",
    ),
    "sendcloud": Scan(
        tracking="3SYZXG132912330",
        carrier="PostNL",
        at=utc(1970, 1, 1, 0, 0, 0, 123_000),
        status=Transport.PRE_TRANSIT,
        code="ready-to-send",
        said="Ready to send",
        order="ORD12334",
    ),
    "17track": Scan(
        tracking="1234567890",
        carrier="17TRACK 1001",
        at=utc(2024, 1, 15, 10, 30),
        status=Transport.IN_TRANSIT,
        code="InTransit_Other",
        said="Package in transit",
        place="New York, NY",
    ),
    "fedex": Scan(
        tracking="128667043726",
        carrier="FedEx",
        at=utc(2018, 2, 2, 19, 1),
        status=Transport.EXCEPTION,
        trouble=Trouble.WEATHER,
        code="PU/A25",
        said="Package available for clearance",
        eta_at=utc(2021, 10, 15, 6),
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_vendors_example(name: str) -> None:
    assert read(name.partition("_")[0], body(name)) == [EXAMPLES[name]]


def test_dhl_has_no_word_for_customs_but_its_remark() -> None:
    (scan,) = read("dhl", {"shipments": [body("dhl")["shipments"][0]]})

    assert (scan.tracking, scan.status, scan.trouble) == (
        "7777777770",
        Transport.PRE_TRANSIT,
        None,
    )
    assert "customs inspection" in scan.said
    assert scan.eta_at == utc(2018, 8, 3)


def test_epcis_tells_of_each_thing_by_itself() -> None:
    first, second = read("epcis", body("epcis"))

    assert (first.tracking, second.tracking) == (
        "urn:epc:id:sgtin:0614141.107346.2017",
        "urn:epc:id:sgtin:0614141.107346.2018",
    )
    assert (first.status, first.at, first.order) == (
        Transport.IN_TRANSIT,
        utc(2005, 4, 4, 2, 33, 31, 116_000),
        "12345678",
    )
    assert first.key != second.key


def test_epcis_events_may_come_in_a_document_and_by_their_long_names() -> None:
    event = body("epcis") | {
        "bizStep": "https://ref.gs1.org/cbv/BizStep-receiving",
        "disposition": "urn:epcglobal:cbv:disp:damaged",
        "epcList": ["urn:epc:id:sscc:0614141.1234567890"],
    }
    document = {"type": "EPCISDocument", "epcisBody": {"eventList": [event]}}
    (scan,) = read("epcis", document)

    assert (scan.status, scan.trouble, scan.code) == (
        Transport.EXCEPTION,
        Trouble.DAMAGED,
        "receiving/damaged",
    )


# Every word of every table --------------------------------------------------------------------

WORDS = [(key, word) for key, (words, _) in TABLES.items() for word in words]


def test_every_carrier_has_a_table() -> None:
    assert TABLES.keys() == ADAPTERS.keys()


@pytest.mark.parametrize(("key", "word"), WORDS, ids=lambda each: str(each))
def test_each_word_means_what_its_table_says(key: str, word: str) -> None:
    words, said = TABLES[key]
    (scan,) = read(key, said(word))

    assert (scan.status, scan.trouble) == (words[word] or (None, None))
    assert scan.tracking in ("1", "1Z204W4R0308071865")


def test_customs_damage_loss_and_the_rest_can_be_told_by_somebody() -> None:
    """All troubles but silence, which the tower finds itself."""
    told = {meant[1] for words, _ in TABLES.values() for meant in words.values() if meant}

    assert told - {None} == set(Trouble) - {Trouble.SILENT}


@pytest.mark.parametrize("key", [k for k in TABLES if k != "sendcloud"])
def test_a_word_that_nobody_knows_is_shown_and_not_believed(key: str) -> None:
    found = read(key, TABLES[key][1]("Teleported"))

    assert [(scan.status, scan.known) for scan in found] in ([(None, False)], [])
    assert found or key == "shipengine"


def test_words_are_read_in_either_spelling_of_sendcloud() -> None:
    (scan,) = read("sendcloud", of_sendcloud("Refused by recipient"))
    (odd,) = read("sendcloud", of_sendcloud("Teleported"))

    assert (scan.trouble, scan.known) == (Trouble.REFUSED, True)
    assert (odd.status, odd.known) == (None, False)


@pytest.mark.parametrize("key", ADAPTERS)
@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"[]", b"null", b"\xff", b'{"result": 5}', b"[" * 100_000, b'{"data": {}}'],
    ids=["empty", "{}", "[]", "null", "bytes", "number", "deep", "no data"],
)
def test_what_is_no_body_of_theirs_is_said_to_be_unreadable(key: str, raw: bytes) -> None:
    if key == "epcis" and raw in (b"{}", b'{"result": 5}', b'{"data": {}}'):
        assert ADAPTERS[key].read(raw) == []  # an event of nothing
        return
    with pytest.raises(Unreadable):
        ADAPTERS[key].read(raw)


@pytest.mark.parametrize("key", ADAPTERS)
@given(data=st.data())
def test_no_body_of_whatever_shape_breaks_it(key: str, data: st.DataObject) -> None:
    """Values of an example are put in each other's place, at random."""
    example = json.dumps(TABLES[key][1](next(iter(TABLES[key][0]))))
    leaves: st.SearchStrategy[Any] = st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.just([])
    )
    said = json.loads(example)
    spots = list(_spots(said))
    where, name = data.draw(st.sampled_from(spots))
    where[name] = data.draw(leaves)
    try:
        found = read(key, said)
    except Unreadable:
        return
    assert all(scan.at.tzinfo == UTC for scan in found)


def _spots(said: Any) -> Any:
    if isinstance(said, dict | list):
        for name in said if isinstance(said, dict) else range(len(said)):
            yield said, name
            yield from _spots(said[name])


def test_the_same_news_has_the_same_key_and_other_news_another() -> None:
    (first,) = read("dhl", of_dhl("transit"))
    (again,) = read("dhl", of_dhl("transit"))
    (later,) = read("dhl", of_dhl("delivered"))

    assert first.key == again.key != later.key
