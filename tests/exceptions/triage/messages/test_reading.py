"""What of a message is read."""

import pytest

from exceptions.triage.messages import reading


def test_the_subject_is_read_without_what_mail_programs_put_before_it() -> None:
    assert reading.plain("AW: RE: Order P00012", "It is late.") == "Order P00012\nIt is late."


@pytest.mark.parametrize(
    "answered",
    [
        "On Mon, 2 Nov 2026 at 09:12, Ana <ana@example.com> wrote:",
        "Am 02.11.2026 um 09:12 schrieb Ana <ana@example.com>:",
        "Le lun. 2 nov. 2026 à 09:12, Ana <ana@example.com> a écrit :",
        "El lun, 2 nov 2026, Ana <ana@example.com> escribió:",
        "-----Original Message-----",
        "________________________________",
        "From: Ana <ana@example.com>",
        "-- ",
    ],
)
def test_what_was_answered_is_not_the_writers(answered: str) -> None:
    text = f"Hello,\nthe truck broke down.\n\n{answered}\nIs the pallet damaged?"
    assert reading.body(text) == "Hello,\nthe truck broke down."


def test_quoted_lines_are_left_out_wherever_they_stand() -> None:
    assert reading.body("> Where is it?\nAt customs.\n> Thanks") == "At customs."


def test_a_message_that_only_passes_something_on_is_read_whole() -> None:
    forwarded = "From: depot@carrier.example\n> Your parcel is lost."
    assert "Your parcel is lost." in reading.body(forwarded)


def test_a_sentence_that_begins_as_a_quotation_does_is_kept() -> None:
    said = "On Monday the driver found nobody.\nHe comes again."
    assert reading.body(said) == said


def test_letters_that_cannot_be_seen_are_blanks_and_a_long_text_ends() -> None:
    assert reading.body("de\u200blayed\x00at\tsea") == "delayed at sea"
    assert len(reading.body("x" * 50_000)) == reading.LONGEST
