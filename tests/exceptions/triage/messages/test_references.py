"""What a message names."""

from exceptions.triage.messages import references


def test_orders_transfers_numbers_dates_and_quantities_are_found() -> None:
    found = references.found(
        "PO p00012 and S00034: WH/IN/00012 leaves on 14 March, not 2026-03-07. 40 pieces, "
        "2 pallets. Tracking 1Z999AA10123456784, JJD000390007. Am 12.04.2026 kommen 5 Kartons."
    )

    assert found.orders == ("p00012", "S00034")
    assert found.transfers == ("WH/IN/00012",)
    assert found.tracking == ("1Z999AA10123456784", "JJD000390007")
    assert found.dates == ("14 March", "2026-03-07", "12.04.2026")
    assert found.quantities == ("40 pieces", "2 pallets", "5 Kartons")
    assert found.links == [
        "order:P00012",
        "order:S00034",
        "transfer:WH/IN/00012",
        "parcel:1Z999AA10123456784",
        "parcel:JJD000390007",
    ]


def test_what_names_nothing_has_no_links() -> None:
    assert references.found("See you on Tuesday. Call 0123.").links == []


def test_of_a_thousand_names_the_first_are_read() -> None:
    many = " ".join(f"P{n:05d}" for n in range(1000))
    assert len(references.found(many).orders) == references.MOST
