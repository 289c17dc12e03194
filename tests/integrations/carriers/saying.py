"""Bodies in which a carrier says one of its words, for every carrier."""

import json
from pathlib import Path
from typing import Any

from exceptions.vocabulary import Transport
from integrations.carriers import (
    aftership,
    dhl,
    easypost,
    epcis,
    fedex,
    project44,
    sendcloud,
    seventeen_track,
    ship24,
    shipengine,
    shippo,
    ups,
)
from integrations.carriers.scan import Words

BODIES = Path(__file__).parent / "bodies"
DAY = "2026-11-17T09:00:00Z"


def body(name: str) -> Any:
    return json.loads((BODIES / f"{name}.json").read_bytes())


def of_easypost(word: str) -> Any:
    state = "in_transit" if word in easypost.TROUBLES else word
    tracker = {"tracking_code": "1", "status": state, "status_detail": word, "updated_at": DAY}
    return {"result": tracker}


def of_shippo(word: str) -> Any:
    state = "TRANSIT" if word in shippo.SUBSTATES else word
    status = {"status": state, "status_date": DAY, "substatus": {"code": word}}
    return {"data": {"tracking_number": "1", "tracking_status": status}}


def of_aftership(word: str) -> Any:
    message = {"tracking_number": "1", "tag": word.partition("_")[0], "subtag": word}
    return {"msg": message, "ts": 1712741696}


def of_shipengine(word: str) -> Any:
    return {"data": {"tracking_number": "1", "status_code": word, "events": [{"occurred_at": DAY}]}}


def of_sendcloud(word: str) -> Any:
    return {"parcel": {"tracking_number": "1", "status": {"message": word}}, "timestamp": 1}


def of_dhl(word: str) -> Any:
    return {"shipments": [{"id": "1", "status": {"timestamp": DAY, "statusCode": word}}]}


def of_ups(word: str) -> Any:
    return body("ups_delivered") | {"activityStatus": {"type": word}}


def of_fedex(word: str) -> Any:
    result = {
        "trackingNumberInfo": {"trackingNumber": "1"},
        "scanEvents": [{"date": DAY, "derivedStatusCode": word}],
    }
    return {"output": {"completeTrackResults": [{"trackResults": [result]}]}}


def of_17track(word: str) -> Any:
    status = {"status": word.partition("_")[0], "sub_status": word}
    info = {"latest_status": status, "latest_event": {"time_utc": DAY}}
    return {"data": {"number": "1", "track_info": info}}


def of_ship24(word: str) -> Any:
    event = {"occurrenceDatetime": DAY, "statusMilestone": word}
    return {"trackings": [{"tracker": {"trackingNumber": "1"}, "events": [event]}]}


def of_project44(word: str) -> Any:
    named = [{"type": "TRACKING_NUMBER", "value": "1"}]
    return {"shipment": {"identifiers": named}, "events": [{"type": word, "dateTime": DAY}]}


def of_epcis(word: str) -> Any:
    where = "bizStep" if word in epcis.STEPS else "disposition"
    return {"eventTime": DAY, "epcList": ["1"], where: word}


def of_standard(word: str) -> Any:
    return {"data": {"tracking": "1", "carrier": "DHL", "status": word, "at": DAY}}


TABLES: dict[str, tuple[Words, Any]] = {
    "easypost": (easypost.STATES | easypost.TROUBLES, of_easypost),
    "shippo": (shippo.STATES | shippo.SUBSTATES, of_shippo),
    "aftership": (aftership.TAGS | aftership.SUBTAGS, of_aftership),
    "shipengine": (shipengine.STATES, of_shipengine),
    "sendcloud": (sendcloud.STATES, of_sendcloud),
    "dhl": (dhl.STATES, of_dhl),
    "ups": (ups.TYPES, of_ups),
    "fedex": (fedex.STATES, of_fedex),
    "17track": (seventeen_track.STATES | seventeen_track.SUBSTATES, of_17track),
    "ship24": (ship24.MILESTONES, of_ship24),
    "project44": (project44.TYPES, of_project44),
    "epcis": (epcis.STEPS | epcis.STATES, of_epcis),
    "standard": ({word.value: (word, None) for word in Transport}, of_standard),
}
