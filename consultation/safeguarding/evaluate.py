"""Checks a screen against messages that people have judged. Must not know how the screen works.

Rows are mappings with `id` and `text`; judged ones also have `concern` (true or false) and `level`
(immediate, concern or none: the spelling of those files for what the screen calls immediate, support, none).
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from consultation.domain.concern import Level
from consultation.safeguarding.screen import Screen

SPELT = {Level.NONE: "none", Level.SUPPORT: "concern", Level.IMMEDIATE: "immediate"}


class Prediction(TypedDict):
    id: Any
    concern: bool
    level: str


def predict(rows: Iterable[Mapping[str, Any]], screen: Screen) -> list[Prediction]:
    """One prediction a row, in the order of the rows."""
    levels = [(row, screen(str(row["text"])).level) for row in rows]
    return [{"id": row.get("id"), "concern": level is not Level.NONE, "level": SPELT[level]} for row, level in levels]


def evaluate(rows: Iterable[Mapping[str, Any]], screen: Screen) -> dict[str, float | int | None]:
    """n, recall, recall_immediate and false_positive_rate over the judged rows; a share of nothing is None."""
    judged = [row for row in rows if isinstance(row.get("concern"), bool)]
    pairs = list(zip(judged, predict(judged, screen), strict=True))
    flagged = [said["concern"] for row, said in pairs if row["concern"]]
    at_once = [said["level"] == "immediate" for row, said in pairs if row.get("level") == "immediate"]
    mistaken = [said["concern"] for row, said in pairs if not row["concern"]]
    return {
        "n": len(judged),
        "recall": _share(flagged),
        "recall_immediate": _share(at_once),
        "false_positive_rate": _share(mistaken),
    }


def _share(marks: list[bool]) -> float | None:
    return sum(marks) / len(marks) if marks else None
