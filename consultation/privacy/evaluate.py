"""Measures a detector against hand-marked texts, so that a team can check it on its own sample.

Must not know how detection works. Rows: {"id", "text", "spans": [{"start", "end", "type"}]} and maybe
"optional_spans"; a row without "spans" is predicted and left out of the score.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from consultation.domain.text import Kind, Span
from consultation.privacy.detect import Detector

Row: TypeAlias = Mapping[str, Any]

_TYPES = {Kind.DATE_OF_BIRTH: "DOB", Kind.LINK: "URL"}


def type_name(kind: Kind) -> str:
    """The upper-case name of a kind in rows, e.g. PERSON, NHS_NUMBER, DOB."""
    return _TYPES.get(kind, kind.value.upper())


def predict(rows: Iterable[Row], detector: Detector) -> list[dict[str, Any]]:
    """One row {"id", "spans"} for each row given, spans in offsets of its text."""
    return [{"id": row["id"], "spans": [_as_row(span) for span in detector.detect(row["text"])]} for row in rows]


def evaluate(rows: Iterable[Row], detector: Detector) -> dict[str, Any]:
    """Figures from 0 to 1 over the scored rows; a figure that nothing was there to measure is None.

    full_recall: share of gold spans whose every letter and digit is covered (whatever the predicted kind).
    over_redaction: share of rows without gold or optional spans in which anything was touched.
    """
    scored = [row for row in rows if "spans" in row]
    began = time.perf_counter()
    found = [detector.detect(row["text"]) for row in scored]
    seconds = time.perf_counter() - began
    gold: Counter[str] = Counter()
    covered: Counter[str] = Counter()
    for row, spans in zip(scored, found, strict=True):
        for mark in row["spans"]:
            kind = mark.get("type") or "OTHER"
            gold[kind] += 1
            covered[kind] += is_covered(row["text"], mark["start"], mark["end"], spans)
    clean = [
        spans for row, spans in zip(scored, found, strict=True) if not row["spans"] and not row.get("optional_spans")
    ]
    return {
        "n": len(scored),
        "full_recall": _share(covered.total(), gold.total()),
        "over_redaction": _share(sum(bool(spans) for spans in clean), len(clean)),
        "per_type": {
            kind: {"n": gold[kind], "full_recall": _share(covered[kind], gold[kind])} for kind in sorted(gold)
        },
        "texts_per_second": round(len(scored) / seconds, 1) if seconds else None,
    }


def is_covered(text: str, start: int, end: int, spans: Iterable[Span]) -> bool:
    """Whether every letter and digit of text[start:end] lies in some span."""
    hidden = {place for span in spans for place in range(span.start, span.end)}
    return all(place in hidden for place in range(start, end) if text[place].isalnum())


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _as_row(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "type": type_name(span.kind)}
