"""Carriers, and services that speak for many: a module each, with signature, pure reading of what
they send, and the table of their words.
"""

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
    standard,
    ups,
)
from integrations.carriers.scan import Adapter

ADAPTERS: dict[str, Adapter] = {
    module.ADAPTER.key: module.ADAPTER
    for module in (
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
        standard,
        ups,
    )
}
