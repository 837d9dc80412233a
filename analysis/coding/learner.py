"""Learns a coder from coded answers, for any codebook, in seconds; knows no particular codebook.

The same rows, codebook and reader give the same coder, byte for byte on one machine: nothing here draws at random or
reads the clock. Everything is chosen by leaving texts out one at a time.
"""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook
from analysis.coding.bank import Bank, Texts
from analysis.coding.deciding import Decision, learn_decision
from analysis.coding.dual import Floats, Lesson, fit, solve
from analysis.coding.exemplars import SENTIMENTS, Exemplar, fingerprint, own_words
from analysis.coding.learned import Column, Learned, Mix, as_kept
from analysis.coding.reading import side_by_side
from analysis.coding.views import Passage, ViewReader, read_text
from analysis.records import Facet

# Raise it when the method changes, so that codings of two methods never carry one version.
_METHOD = "3"
# How much a line of the codebook weighs beside a coded answer.
_OWN_WORDS = 0.5
# How much words and letters may count beside meaning, and how freely is learned. Many rows: tried on some of them.
_WORDS, _RIDGES, _TRIED_ON = (0.3, 0.1, 1.0, 3.0), (0.5, 0.25, 1.0, 2.0), 1500


def learn(rows: Sequence[Exemplar], codebook: Codebook, reader: ViewReader) -> Learned:
    """From `rows` and the codebook's own words. Raises `UnknownCode` for a code that it does not have."""
    columns = _columns(rows, codebook)
    own = own_words(codebook)
    everything = (*rows, *own)
    bank = Bank(as_kept(Texts.of(read_all(everything, reader))))
    weight = np.repeat([1.0, _OWN_WORDS], [len(rows), len(own)]).astype(np.float32)
    lesson = Lesson(_truth(everything, columns), _known(everything, columns), weight)
    mix = choose_mix(bank, lesson, len(rows))
    stages, scores = fit(bank.own_likeness(mix.words), lesson, mix.ridge)
    return Learned(
        columns=columns,
        texts=tuple(each.text for each in rows),
        truth=lesson.truth[: len(rows)],
        bank=bank,
        mix=mix,
        stages=stages,
        decisions=_decisions(columns, scores[: len(rows)], lesson),
        reader=reader.name,
        version=_version(codebook, reader.name, everything),
    )


def read_all(rows: Iterable[Exemplar], reader: ViewReader) -> list[Passage]:
    """What takes the time: every text through the encoder."""
    return side_by_side(lambda each: read_text(each.text, (each.audience, each.question), reader).whole, rows)


def choose_mix(bank: Bank, lesson: Lesson, rows: int) -> Mix:
    """Where the codes of the first `rows` texts, each left out, are foretold best: the least squared error, in which
    rare codes count as much as common ones. The first of each is what a codebook without coded answers gets."""
    if not rows:
        return Mix(_WORDS[0], _RIDGES[0])
    some = np.unique(np.linspace(0, rows - 1, min(rows, _TRIED_ON)).astype(np.int64))
    kept = np.concatenate([some, np.arange(rows, len(bank.texts))])
    small, part = Bank(bank.texts.only(kept)), lesson.only(kept)
    without = small.own_likeness(0)
    words = small.own_likeness(1) - without
    spread = np.maximum(lesson.mean * (1 - lesson.mean), 1e-6)

    def error(mix: Mix) -> float:
        _, scores = solve(without + mix.words * words, part, mix.ridge)
        squares = (scores - part.truth)[: len(some)] ** 2 / spread
        return float(squares.mean(where=part.known[: len(some)]))

    best = min((Mix(each, _RIDGES[0]) for each in _WORDS), key=error)
    return min((Mix(best.words, each) for each in _RIDGES), key=error)


def _decisions(columns: Sequence[Column], scores: Floats, lesson: Lesson) -> dict[Facet, Decision]:
    found = {}
    for facet in dict.fromkeys(each for each, _ in columns):
        at = np.array([number for number, (each, _) in enumerate(columns) if each is facet])
        known = np.flatnonzero(lesson.known[: len(scores), at].any(axis=1))
        found[facet] = learn_decision(scores[np.ix_(known, at)], lesson.truth[np.ix_(known, at)])
    return found


def _columns(rows: Sequence[Exemplar], codebook: Codebook) -> tuple[Column, ...]:
    for row in rows:
        for outcome in row.outcomes or ():
            codebook.outcome(outcome)
        for theme in row.themes or ():
            codebook.theme(theme)
    codes = {
        Facet.OUTCOME: codebook.outcome_ids,
        Facet.THEME: codebook.theme_ids,
        Facet.SENTIMENT: SENTIMENTS if any(each.sentiment for each in rows) else (),
    }
    return tuple((facet, code) for facet, ids in codes.items() if ids for code in (*ids, ""))


def _truth(rows: Sequence[Exemplar], columns: Sequence[Column]) -> NDArray[np.bool_]:
    found = np.zeros((len(rows), len(columns)), dtype=bool)
    for row, each in zip(found, rows, strict=True):
        carried = {facet: set(each.codes(facet) or ()) for facet in Facet}
        row[:] = [code in carried[facet] if code else each.codes(facet) == () for facet, code in columns]
    return found


def _known(rows: Sequence[Exemplar], columns: Sequence[Column]) -> NDArray[np.bool_]:
    """Whether anybody said, for each of `_truth`."""
    return np.array([[row.is_known(*each) for each in columns] for row in rows], dtype=bool)


def _version(codebook: Codebook, reader: str, rows: Sequence[Exemplar]) -> str:
    seen = f"{codebook.id} {codebook.version} {reader} {fingerprint(rows)}"
    return f"{_METHOD}.{hashlib.sha256(seen.encode()).hexdigest()[:8]}"
