"""The measures mean what the issue says, and texts nothing was fitted on stay well redacted."""

import json
from pathlib import Path

from consultation.domain.text import Kind
from consultation.privacy.detect import WordDetector, default_detector
from consultation.privacy.evaluate import Row, evaluate, predict

DEVELOPMENT = Path(__file__).parents[3] / "evaluation" / "redaction_dev.jsonl"
ROWS: list[Row] = [
    {"id": "a", "text": "kemi rang", "spans": [{"start": 0, "end": 4, "type": "PERSON"}]},
    {"id": "b", "text": "kemi ade rang", "spans": [{"start": 0, "end": 8, "type": "PERSON"}]},
    {"id": "c", "text": "kemi is a shop", "spans": []},
    {"id": "d", "text": "nothing", "spans": []},
    {
        "id": "e",
        "text": "kemi maybe",
        "spans": [],
        "optional_spans": [{"start": 0, "end": 4, "type": "PERSON"}],
    },
    {"id": "f", "text": "kemi too"},
]


def test_figures() -> None:
    figures = evaluate(ROWS, WordDetector({"kemi": Kind.PERSON}))
    assert figures["n"] == 5
    assert figures["full_recall"] == 0.5
    assert figures["over_redaction"] == 0.5
    assert figures["per_type"] == {"PERSON": {"n": 2, "full_recall": 0.5}}


def test_rows_without_marks_are_predicted_only() -> None:
    predicted = predict(ROWS, WordDetector({"kemi": Kind.DATE_OF_BIRTH}))
    assert predicted[-1] == {"id": "f", "spans": [{"start": 0, "end": 4, "type": "DOB"}]}


def test_untouched_half() -> None:
    """Every third of the texts that neither fitting nor tuning saw: nothing may get worse than it is today.

    The bars are 0.97 and 0.05; over all 696 rows it stood at 0.973 and 0.042 when the weights were fitted.
    """
    rows = [json.loads(line) for line in DEVELOPMENT.read_text(encoding="utf-8").splitlines()][::3]
    figures = evaluate(rows, default_detector())
    assert figures["n"] > 200
    assert figures["full_recall"] >= 0.96
    assert figures["over_redaction"] <= 0.06
