"""What a model learns, keeps and says."""

import math
from dataclasses import replace

import numpy as np
import pytest

from exceptions.triage.messages import certainty, features, judging, model, seeds, training
from exceptions.triage.messages.certainty import Held
from exceptions.triage.messages.model import Example, Model
from exceptions.vocabulary import KindCode
from tests.exceptions.triage.messages.made_up import examples


@pytest.fixture(scope="module")
def learned() -> Model:
    return training.train(examples(), "other").model


def test_the_label_is_known_by_the_words_and_these_are_its_reasons(learned: Model) -> None:
    text = "Sorry, the BOX was crushed and is cracked."
    said = judging.judge(learned, text)

    assert (said.label, said.proposed) == ("broken", True)
    assert {reason.word for reason in said.reasons[:2]} == {"crushed", "cracked"}
    assert [text[a:b] for reason in said.reasons[:2] for a, b in reason.spans] == [
        reason.word for reason in said.reasons[:2]
    ]
    assert {near.example.label for near in said.nearest} == {"broken"}


def test_words_that_every_text_has_and_numbers_are_no_reasons(learned: Model) -> None:
    said = judging.judge(learned, "The P00012 is again delayed, and the 4711 is, they say")
    assert {"the", "is", "again", "they", "and", "p00012", "4711"}.isdisjoint(
        {reason.word for reason in said.reasons}
    )


def test_what_is_no_exception_is_never_proposed(learned: Model) -> None:
    said = judging.judge(learned, "Happy birthday and thanks for the lunch, thanks")
    assert (said.label, said.proposed) == ("other", False)


@pytest.mark.parametrize("text", ["", "   ", "漢字", "?!", "0" * 5000])
def test_of_what_says_nothing_nothing_is_proposed(learned: Model, text: str) -> None:
    said = judging.judge(learned, text)
    assert (said.proposed, said.reasons) == (False, ())


def test_below_its_threshold_a_model_abstains(learned: Model) -> None:
    strict = replace(learned, thresholds={"broken": 1.01})
    told = judging.judge(strict, "The crate is smashed")
    unknown = judging.judge(replace(learned, thresholds={}), "The crate is smashed")

    assert (told.label, told.proposed, unknown.proposed) == ("broken", False, False)
    assert (told.threshold, unknown.threshold) == (1.01, None)


def test_a_model_is_data_and_is_read_back_as_it_was(learned: Model) -> None:
    again = model.from_bytes(model.to_bytes(learned))
    text = "The order is postponed"

    assert judging.judge(again, text) == judging.judge(learned, text)
    for content in (b"", b"PK\x03\x04", b"\x80\x04K\x01.", model.to_bytes(learned)[:400]):
        with pytest.raises(model.NotAModel):
            model.from_bytes(content)


def test_the_same_messages_make_the_same_model(learned: Model) -> None:
    again = training.train(examples(), "other").model
    assert model.to_bytes(again) == model.to_bytes(learned)


def test_what_it_counts_is_what_the_library_counts(learned: Model) -> None:
    """A text's own vector, by numpy alone, against the one of the library that trained."""
    shown = learned.examples[7]
    known, values = model.vector(learned, features.names(shown.text))
    begins, ends = learned.near_starts[7], learned.near_starts[8]
    order = np.argsort(learned.near_features[begins:ends])

    assert known.tolist() == learned.near_features[begins:ends][order].tolist()
    assert np.allclose(values, learned.near_values[begins:ends][order], atol=1e-6)
    assert math.isclose(float(model.alike(learned, known, values)[7]), 1.0, abs_tol=1e-5)


def test_a_label_of_which_too_little_is_known_is_not_learned() -> None:
    with pytest.raises(training.TooFew):
        training.train([*examples(), Example("new", "A word of its own")], "other")


def test_a_lower_bound_is_what_wilson_says() -> None:
    # By hand, z = 1.2816: 27 of 30.
    share, n, z = 0.9, 30, 1.2816
    by_hand = (
        share + z * z / (2 * n) - z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    ) / (1 + z * z / n)
    assert certainty.at_least(27, 30) == pytest.approx(by_hand)
    assert (certainty.at_least(0, 0), certainty.at_least(30, 30) < 1) == (0.0, True)
    assert certainty.at_most(3, 30) == pytest.approx(1 - by_hand)


def test_a_threshold_is_the_lowest_that_the_bound_allows() -> None:
    right = [Held("late", 0.99 - n / 1000, "late") for n in range(150)]
    wrong = [Held("late", 0.5 - n / 1000, "broken") for n in range(150)]
    found = certainty.thresholds([*right, *wrong], "other", precision=0.9)["late"]

    taken = [each for each in (*right, *wrong) if each.probability >= found]
    rights = sum(each.label == "late" for each in taken)
    assert certainty.at_least(rights, len(taken)) >= 0.9
    assert certainty.at_least(rights, len(taken) + 1) < 0.9


def test_hardly_anything_that_is_no_exception_is_taken_for_one() -> None:
    right = [Held("late", 0.6 + n / 1000, "late") for n in range(200)]
    strange = [Held("late", 0.7 + n / 1000, "other") for n in range(20)]
    found = certainty.thresholds([*right, *strange], "other", precision=0.5)["late"]

    assert sum(each.probability >= found for each in strange) == 2  # a tenth of twenty


def test_calibration_is_the_mean_distance_of_told_and_true() -> None:
    bins = certainty.reliability([0.95] * 4 + [0.15] * 4, [True, True, True, False] + [False] * 4)
    assert [(round(b.told, 2), b.true, b.n) for b in bins] == [(0.15, 0.0, 4), (0.95, 0.75, 4)]
    assert certainty.calibration_error(bins) == pytest.approx((0.15 * 4 + 0.20 * 4) / 8)


def test_the_seed_knows_every_label_and_its_model_is_right_when_it_dares() -> None:
    told = training.train(seeds.examples(), seeds.OTHER)
    daring = [e for e in told.held if e.probability >= told.model.thresholds.get(e.taken_for, 2)]

    assert set(told.model.labels) == {*map(str, seeds.LABELS), seeds.OTHER}
    assert KindCode.KPI_ALERT not in told.model.labels
    assert sum(e.taken_for == e.label for e in daring) / len(daring) >= 0.9
    assert len(daring) / len(told.held) >= 0.35
