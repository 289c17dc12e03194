"""FedEx: its tracking webhook, whose body has the shape of its Track API. FedEx's page gives the
signature as base64 in its program and as hex in its prose: both are taken. (The signature read at
FedEx; the codes as an independent program has them, not confirmed by FedEx.)
"""

from msgspec import Struct

from exceptions.vocabulary import Transport, Trouble
from integrations.carriers.scan import (
    Adapter,
    Meaning,
    Scan,
    Words,
    arrival,
    decoded,
    gone_wrong,
    happened,
    meaning,
    place,
)
from integrations.carriers.signatures import Hmac, in_base64, in_hex

STATES: Words = {
    "OC": (Transport.PRE_TRANSIT, None),
    "PU": (Transport.IN_TRANSIT, None),
    "IT": (Transport.IN_TRANSIT, None),
    "AR": (Transport.IN_TRANSIT, None),
    "DP": (Transport.IN_TRANSIT, None),
    "OD": (Transport.OUT_FOR_DELIVERY, None),
    "HL": (Transport.AVAILABLE_FOR_PICKUP, None),
    "DL": (Transport.DELIVERED, None),
    "DE": gone_wrong(Trouble.FAILED_ATTEMPT),
    "SE": gone_wrong(Trouble.OTHER),
    "DY": gone_wrong(Trouble.DELAYED),
    "CD": gone_wrong(Trouble.CUSTOMS),
    "RS": gone_wrong(Trouble.RETURNED),
    "CA": gone_wrong(Trouble.OTHER),
}
WEATHER: Meaning = gone_wrong(Trouble.WEATHER)


class Location(Struct):
    city: str | None = None
    stateOrProvinceCode: str | None = None  # noqa: N815
    countryCode: str | None = None  # noqa: N815


class Event(Struct):
    date: str
    derivedStatusCode: str | None = None  # noqa: N815
    eventType: str | None = None  # noqa: N815
    eventDescription: str | None = None  # noqa: N815
    exceptionCode: str | None = None  # noqa: N815
    exceptionDescription: str | None = None  # noqa: N815
    scanLocation: Location | None = None  # noqa: N815


class Delay(Struct):
    type: str | None = None
    status: str | None = None


class Latest(Struct):
    derivedCode: str | None = None  # noqa: N815
    code: str | None = None
    statusByLocale: str | None = None  # noqa: N815
    delayDetail: Delay | None = None  # noqa: N815


class Number(Struct):
    trackingNumber: str  # noqa: N815


class Window(Struct):
    begins: str | None = None
    ends: str | None = None


class Estimate(Struct):
    window: Window | None = None


class Result(Struct):
    trackingNumberInfo: Number  # noqa: N815
    latestStatusDetail: Latest | None = None  # noqa: N815
    scanEvents: list[Event] = []  # noqa: N815
    estimatedDeliveryTimeWindow: Estimate | None = None  # noqa: N815


class Complete(Struct):
    trackResults: list[Result]  # noqa: N815


class Output(Struct):
    completeTrackResults: list[Complete]  # noqa: N815


class Body(Struct):
    output: Output


def read(raw: bytes) -> list[Scan]:
    """Each parcel as of its latest scan: events come out of order, FedEx says."""
    results = decoded(raw, Body).output.completeTrackResults
    parcels = [result for complete in results for result in complete.trackResults]
    return [_scan(parcel) for parcel in parcels if parcel.scanEvents]


def _scan(parcel: Result) -> Scan:
    event = max(parcel.scanEvents, key=lambda each: happened(each.date))
    latest = parcel.latestStatusDetail or Latest()
    code = latest.derivedCode or event.derivedStatusCode or event.eventType or ""
    status, trouble, known = meaning(STATES, code)
    delay = latest.delayDetail
    if WEATHER and delay and delay.type == "WEATHER" and delay.status == "DELAYED":
        status, trouble = WEATHER
    where = event.scanLocation
    return Scan(
        tracking=parcel.trackingNumberInfo.trackingNumber,
        carrier="FedEx",
        at=happened(event.date),
        status=status,
        trouble=trouble,
        code=f"{code}/{event.exceptionCode or ''}",
        known=known,
        said=event.exceptionDescription or latest.statusByLocale or event.eventDescription or "",
        place=place(where.city, where.stateOrProvinceCode, where.countryCode) if where else None,
        eta_at=arrival(_ends(parcel)),
    )


def _ends(parcel: Result) -> str | None:
    estimate = parcel.estimatedDeliveryTimeWindow
    return estimate.window.ends if estimate and estimate.window else None


ADAPTER = Adapter(
    key="fedex",
    name="FedEx",
    confidence="B",
    signature=Hmac(header="fdx-signature", ways=(in_base64, in_hex)),
    read=read,
)
