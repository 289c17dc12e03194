"""The benchmark of lateness, on a small table and, where it lies beside us, on the real one."""

from datetime import date
from pathlib import Path

import pytest

from benchmarks import lateness
from benchmarks.lateness import Foreseen
from exceptions.facts import Transit
from exceptions.vocabulary import Direction

HEADER = "Vendor,Country,Scheduled Delivery Date,Delivered to Client Date"


def test_it_reads_the_table_with_all_its_habits() -> None:
    text = f"\ufeff{HEADER}\rAbbott,Nigeria,2-Jun-14,12/1/14\rAbbott,Ghana,14-Nov-06,14-Nov-06\r"
    assert lateness.read(text) == [
        Transit(
            direction=Direction.INBOUND,
            by="Abbott",
            lane="Ghana",
            promised_on=date(2006, 11, 14),
            done_on=date(2006, 11, 14),
        ),
        Transit(
            direction=Direction.INBOUND,
            by="Abbott",
            lane="Nigeria",
            promised_on=date(2014, 6, 2),
            done_on=date(2014, 12, 1),
        ),
    ]


def test_without_the_table_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lateness.main(["--file", str(tmp_path / "none.csv")]) == 2
    assert capsys.readouterr().out == (
        "There is no none.csv: say with --file or SCMS_FILE where the table lies.\n"
    )


@pytest.mark.parametrize(
    ("pairs", "code", "says"),
    [
        ([(0.1, False)] * 9 + [(0.9, True)], 0, "targets met"),
        ([(0.9, False)] * 9 + [(0.1, True)], 1, "MISSED: AUC 0.0000, target at least 0.83"),
    ],
)
def test_it_says_what_is_missed(
    pairs: list[tuple[float, bool]], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lateness.tell([], Foreseen("test", pairs)) == code
    assert says in capsys.readouterr().out.splitlines()


def test_a_model_takes_over_only_where_it_is_better_beyond_chance(
    capsys: pytest.CaptureFixture[str],
) -> None:
    late = [n % 5 == 0 for n in range(100)]
    rule = Foreseen("rule", [(0.2, was) for was in late])
    knows = Foreseen("model", [(0.8 if was else 0.1, was) for was in late])
    lateness.compare(rule, knows)
    assert "a model may take over" in capsys.readouterr().out
    lateness.compare(rule, rule)
    assert "by +0.0000 to +0.0000: the rule stays" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(not lateness.USUAL.is_file(), reason="the table is not here")
def test_the_real_table_meets_the_targets(capsys: pytest.CaptureFixture[str]) -> None:
    assert lateness.main(["--rule-only"]) == 0
    assert "n 1826, late 225, AUC 0.8547, Brier 0.0876" in capsys.readouterr().out
