"""How well messages are triaged, on public corpora that are not shipped.

    python -m benchmarks.triage [--corpora FOLDER]     (or TRIAGE_CORPORA=FOLDER)

The folder holds clinc150.json and banking77_{train,test}.csv; without it nothing is measured, and
the exit code is 2. It trains as the tower trains, and prints each figure with its target and MISSED
where it misses; the exit code is then 1. Times are of the processor, on one core.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import csv
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score

from exceptions.triage.messages import certainty, judging, reading, training
from exceptions.triage.messages.judging import Judgement
from exceptions.triage.messages.model import Example, Model

Told = list[tuple[str, str]]  # text and label
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "triage"
OTHER = "oos"
CALIBRATION, PRECISION, COVERAGE, TAKEN_IN, EACH_MS, TRAINED_S = 0.03, 0.9, 0.85, 0.15, 10.0, 60.0


@dataclass(frozen=True, slots=True)
class Corpus:
    """Messages to learn from, those to be judged, and those that belong to no label."""

    name: str
    train: Told
    test: Told
    strange: Told
    accuracy: float
    f1: float


@dataclass(frozen=True, slots=True)
class Line:
    """A figure, and whether it reaches its target."""

    says: str
    value: float
    target: str
    reached: bool


def clinc(folder: Path) -> Corpus:
    data = json.loads((folder / "clinc150.json").read_text(encoding="utf-8"))
    told = {name: [(str(t), str(label)) for t, label in rows] for name, rows in data.items()}
    learned = told["train"] + told["oos_train"]
    return Corpus("CLINC150", learned, told["test"], told["oos_test"], 0.928, 0.927)


def banking(folder: Path) -> Corpus:
    train, test = (_rows(folder / f"banking77_{part}.csv") for part in ("train", "test"))
    return Corpus("BANKING77", train, test, [], 0.912, 0.912)


def _rows(path: Path) -> Told:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def measured(corpus: Corpus) -> list[Line]:
    begun = time.process_time()
    model = training.train([Example(label, text) for text, label in corpus.train], OTHER).model
    trained = time.process_time() - begun
    begun = time.process_time()
    judged = [judging.judge(model, reading.plain("", text)) for text, _ in corpus.test]
    each = (time.process_time() - begun) / len(judged) * 1000
    truth = [label for _, label in corpus.test]
    return [
        *_accuracy(corpus, judged, truth),
        *_certainty(judged, truth, model),
        *_scope(corpus, judged, model),
        Line("milliseconds a message, reasons and nearest included", each, "< 10", each < EACH_MS),
        Line("seconds to train", trained, "< 60", trained < TRAINED_S),
    ]


def _accuracy(corpus: Corpus, judged: Sequence[Judgement], truth: Sequence[str]) -> list[Line]:
    """In scope: of the labels that are none of "other", the likeliest."""
    taken = [next(label for label, _ in each.likely if label != OTHER) for each in judged]
    right = float(np.mean([one == two for one, two in zip(taken, truth, strict=True)]))
    f1 = float(f1_score(truth, taken, average="macro"))
    return [
        Line("accuracy", right, f"at least {corpus.accuracy}", right >= corpus.accuracy),
        Line("macro-F1", f1, f"at least {corpus.f1}", f1 >= corpus.f1),
    ]


def _certainty(judged: Sequence[Judgement], truth: Sequence[str], model: Model) -> list[Line]:
    right = [each.label == label for each, label in zip(judged, truth, strict=True)]
    bins = certainty.reliability([each.probability for each in judged], right)
    error = certainty.calibration_error(bins)
    proposed = [was for each, was in zip(judged, right, strict=True) if each.proposed]
    share, precision = len(proposed) / len(judged), sum(proposed) / max(len(proposed), 1)
    return [
        Line("calibration error", error, f"at most {CALIBRATION}", error <= CALIBRATION),
        Line("precision of what is proposed", precision, "at least 0.9", precision >= PRECISION),
        Line("coverage: the share proposed", share, f"at least {COVERAGE}", share >= COVERAGE),
        Line("labels with a threshold", len(model.thresholds), "", reached=True),
    ]


def _scope(corpus: Corpus, judged: Sequence[Judgement], model: Model) -> list[Line]:
    if not corpus.strange:
        return []
    strange = [judging.judge(model, reading.plain("", text)) for text, _ in corpus.strange]
    taken = sum(each.proposed for each in strange) / len(strange)
    share = sum(each.proposed for each in judged) / len(judged)
    reached = taken <= TAKEN_IN and share >= COVERAGE
    return [Line("out of scope and proposed all the same", taken, f"at most {TAKEN_IN}", reached)]


def tell(corpus: str, lines: Sequence[Line]) -> int:
    """Print them; how many miss their target."""
    print(corpus)
    for line in lines:
        target = f" (target: {line.target})" if line.target else ""
        print(f"  {line.says}: {line.value:.4g}{target}{'' if line.reached else '  MISSED'}")
    return sum(not line.reached for line in lines)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", default=os.environ.get("TRIAGE_CORPORA", str(BESIDE)))
    folder = Path(parser.parse_args(arguments).corpora)
    if not (folder / "clinc150.json").is_file():
        print(f"No corpora in {folder}: name their folder with --corpora.")
        return 2
    missed = sum(tell(c.name, measured(c)) for c in (clinc(folder), banking(folder)))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
