"""Coded answers that a coder learns from, and where the shipped ones lie; must not know how it learns."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.codebook import Code, Codebook
from analysis.records import Facet

SHIPPED = Path(__file__).parents[1] / "codebook" / "exemplars"
SENTIMENTS = ("negative", "neutral", "positive", "mixed")


class UnusableExemplar(ValueError):
    """A row that cannot be learned from; the message gives the row and how to mend it."""


@dataclass(frozen=True)
class Coded:
    """What a second reader made of an answer without knowing of the first; where the two differed, what a third, who
    knew of both, settled on. Where an answer was then read once more with care, it is that reading, and the first
    coding is what had been settled."""

    outcomes: tuple[str, ...]
    themes: tuple[str, ...]
    sentiment: str


@dataclass(frozen=True)
class Exemplar:
    """One coded answer. None is "nobody has said"; an empty tuple is "none applies".

    `source` is its file or author: cross-validation keeps sources' neighbours together. `again` is a second
    coding of it. Codes that were `unasked` came into the codebook later: of them nobody has said anything.
    """

    text: str
    outcomes: tuple[str, ...] | None = None
    themes: tuple[str, ...] | None = None
    sentiment: str | None = None
    audience: str = ""
    question: str = ""
    source: str = ""
    again: Coded | None = None
    unasked: tuple[str, ...] = ()

    def codes(self, facet: Facet) -> tuple[str, ...] | None:
        if facet is Facet.SENTIMENT:
            return None if self.sentiment is None else (self.sentiment,)
        return self.outcomes if facet is Facet.OUTCOME else self.themes

    def is_known(self, facet: Facet, code: str) -> bool:
        """Whether anybody said if the code applies."""
        return self.codes(facet) is not None and code not in self.unasked


def exemplar_from(row: Mapping[str, Any], source: str = "", number: int = 0) -> Exemplar:
    """One row of a JSON Lines file as an exemplar. Raises `UnusableExemplar`."""
    text, sentiment = row.get("text"), row.get("sentiment")
    if not isinstance(text, str):
        raise UnusableExemplar(f"Row {number} of {source or 'the examples'} has no text. Add `text` or take it out.")
    if sentiment is not None and sentiment not in SENTIMENTS:
        allowed = ", ".join(SENTIMENTS)
        raise UnusableExemplar(f"Row {number} of {source}: '{sentiment}' is no sentiment. Use one of {allowed}.")
    return Exemplar(
        text=text,
        outcomes=_codes(row.get("outcomes")),
        themes=_codes(row.get("themes")),
        sentiment=sentiment,
        audience=str(row.get("audience") or ""),
        question=str(row.get("question") or ""),
        source=source,
        again=_again(row.get("again")),
    )


def _again(row: Mapping[str, Any] | None) -> Coded | None:
    return Coded(tuple(row["outcomes"]), tuple(row["themes"]), row["sentiment"]) if row else None


def read_exemplars(folder: Path = SHIPPED) -> list[Exemplar]:
    """Every row of the folder's JSON Lines files, files by name, rows in their order."""
    return [
        exemplar_from(json.loads(line), path.stem, number)
        for path in _files(folder)
        for number, line in enumerate(_lines(path), 1)
    ]


def undisputed(row: Exemplar) -> bool:
    """Whether all who coded it said the same: what is held up as an example must be one."""
    again = row.again
    return again is None or (
        set(row.themes or ()) == set(again.themes)
        and set(row.outcomes or ()) == set(again.outcomes)
        and row.sentiment == again.sentiment
    )


def fingerprint(rows: Iterable[Exemplar]) -> str:
    """Changes when any row changes, so that a head can be asked whether it has seen these."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(list(asdict(row).values()), ensure_ascii=False).encode())
    return digest.hexdigest()


def folds(rows: Sequence[Exemplar], count: int, block: int = 8) -> list[int]:
    """The fold of each row. Rows that one author wrote one after the other for one question stay together.

    Neighbours share turns of phrase; split between folds they would make every figure look too good. Rows without a
    source are taken one by one: where nobody says who wrote them, their order may as well be that of their codes.
    """
    seen: dict[tuple[str, str, str], int] = {}
    drawn = []
    for row in rows:
        place = (row.source, row.audience, row.question)
        seen[place] = seen.get(place, 0) + 1
        name = json.dumps([*place, (seen[place] - 1) // (block if row.source else 1)])
        drawn.append(int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % count)
    return drawn


def kept_apart(rows: Sequence[Exemplar]) -> list[bool]:
    """Which of the shipped ones the shipped coder never learns: a seventh, which calibrates it and measures it."""
    return [fold == 0 for fold in folds(rows, 7)]


def own_words(codebook: Codebook) -> list[Exemplar]:
    """What the codebook itself says of its codes, as exemplars that answer no question.

    A note on a theme is silent about outcomes, and the other way round; a clause for a theme under an outcome is both.
    """
    return [
        *(each for code in codebook.codes for each in _described(code)),
        *(
            Exemplar(clause, (outcome,), (code.id,), audience=audience)
            for code in codebook.themes
            for outcome, clauses in code.statements.under.items()
            if outcome in codebook.outcome_ids
            for audience, clause in clauses.items()
        ),
    ]


def _described(code: Code) -> list[Exemplar]:
    outcomes, themes = ((code.id,), None) if code.facet == "outcome" else (None, (code.id,))
    notes = [code.name, f"{code.name}. {code.definition}", *code.include]
    return [
        *(Exemplar(each, outcomes, themes) for each in notes),
        *(Exemplar(clause, outcomes, themes, audience=who) for who, clause in code.statements.general.items()),
    ]


def _codes(written: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if written is None else tuple(written)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
