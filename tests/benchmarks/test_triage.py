"""The benchmark of triage, run on a corpus made up here."""

from pathlib import Path

import pytest

from benchmarks import triage
from tests.exceptions.triage.messages.made_up import examples


def _corpus() -> triage.Corpus:
    told = [(e.text, triage.OTHER if e.label == "other" else e.label) for e in examples()]
    scope = [row for row in told if row[1] != triage.OTHER]
    return triage.Corpus("made up", told, scope, [("buy a hat", triage.OTHER)], 0.9, 0.9)


def test_it_measures_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    lines = triage.measured(_corpus())
    assert {line.says: line.value for line in lines if line.says in ("accuracy", "macro-F1")} == {
        "accuracy": 1.0,
        "macro-F1": 1.0,
    }
    assert triage.tell("made up", [triage.Line("x", 1.0, "< 0.5", reached=False)]) == 1
    assert capsys.readouterr().out == "made up\n  x: 1 (target: < 0.5)  MISSED\n"


def test_without_corpora_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert triage.main(["--corpora", str(tmp_path)]) == 2
    assert (
        capsys.readouterr().out == f"No corpora in {tmp_path}: name their folder with --corpora.\n"
    )
