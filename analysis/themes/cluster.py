"""Candidate themes: groups of clauses alike that the codes don't explain. Prompts for a person, not findings.

What is hidden is found about one time in three (see `measure`), so nothing may be counted or reported from here.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook
from analysis.coding.reasons import why_unread
from analysis.records import AnswerRecord, Coding, Facet
from analysis.text import clauses, words
from analysis.themes.distinctive import distinctive, name_of
from analysis.themes.grouping import apart_from, average_link, common_of
from analysis.vectors import unit
from consultation.encoder import Encoder

ALIKE = 0.3  # mean cosine within a group, after what the question has in common is taken out
FEWEST = 5  # respondents
MOST = 10  # candidates: a person reads them all
MOST_CLAUSES = 3000  # a hundred-odd MB and half a minute; of more, every so-manieth answer
SHORTEST = 3  # words of a clause
SHOWN_CODES = 3
SAME = 0.5  # of the smaller group's answers
SAMPLED = 100  # clauses of a question, for what is common to them

Floats = NDArray[np.float32]
Place = tuple[str, str]  # audience and question


@dataclass(frozen=True)
class Candidate:
    """A group that may be a theme. `answers`: how near each lies to the middle, -1 to 1, the nearest first; `overlap`:
    codes with the share of these answers that carry each, and how like its definition is to the middle."""

    name: str
    words: tuple[str, ...]
    answers: Mapping[str, float]
    overlap: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Clause:
    answer: AnswerRecord
    text: str
    explained: float  # how sure the surest theme of its answer is; 0 where there is none


def find_candidates(
    answers: Sequence[AnswerRecord], codings: Sequence[Coding], codebook: Codebook, encoder: Encoder,
    settled: Sequence[Collection[str]] = (),
) -> list[Candidate]:  # fmt: skip
    """The least explained first, without the groups about which somebody decided (`settled`, as ids of answers). The
    same answers and codings give the same candidates."""
    carried = _carried(codings, codebook)
    readable = sorted(answers, key=lambda each: each.answer_id)
    told = {each.answer_id: each for each in readable if not each.withheld and not why_unread(each.language)}
    left = _thinned([each for id, one in told.items() for each in _unexplained(one, carried.get(id, ()))])
    if not left:
        return []
    vectors = encoder.encode([each.text for each in left])
    sample = _sample(told.values())
    common = common_of(encoder.encode([text for text, _ in sample]), [place for _, place in sample])
    apart = apart_from(common, vectors, [_place(each.answer) for each in left])
    groups = [
        group
        for group in average_link(apart, ALIKE)
        if _respondents(left, group) >= FEWEST
        and not any(same_group({left[at].answer.answer_id for at in group}, each) for each in settled)
    ]
    groups.sort(key=lambda group: (_explained(left, group), group))
    meanings = encoder.encode([f"{each.name}. {each.definition}" for each in codebook.themes])
    found: list[Candidate] = []
    for group in groups:
        if len(found) == MOST:
            break
        mine = [left[at] for at in group]
        nearness = _nearness(mine, apart[group])
        telling = distinctive(_by_respondent(mine), [each.text for id, each in told.items() if id not in nearness])
        if not telling:  # nothing to name it by: mostly shrugs, alike in how little they say
            continue
        like = meanings @ unit(vectors[group].mean(axis=0))
        overlap = _overlap(nearness, carried, dict(zip(codebook.theme_ids, like.tolist(), strict=True)))
        found.append(Candidate(name_of(telling), tuple(telling), nearness, overlap))
    return found


def same_group(one: Collection[str], other: Collection[str]) -> bool:
    """Whether one group of answers is the other, found again with more or fewer of them."""
    smaller = min(len(one), len(other))
    return bool(smaller) and len(set(one) & set(other)) >= SAME * smaller


def _carried(codings: Sequence[Coding], codebook: Codebook) -> dict[str, list[Coding]]:
    """What stands of themes, by answer."""
    found: dict[str, list[Coding]] = {}
    for each in codings:
        if each.facet is Facet.THEME and each.counts and codebook.uses(each.code):
            found.setdefault(each.answer_id, []).append(each)
    return found


def _unexplained(answer: AnswerRecord, carried: Sequence[Coding]) -> Iterator[Clause]:
    """Clauses on which no theme stands. A person's code may stand on no words in particular: then it explains all."""
    if any(each.verdict is not None and each.start == each.end for each in carried):
        return
    surest = max((1.0 if each.verdict else each.confidence for each in carried), default=0.0)
    for each in clauses(answer.text):
        if len(words(each.text)) >= SHORTEST and not any(c.start < each.end and each.start < c.end for c in carried):
            yield Clause(answer, each.text, surest)


def _sample(told: Iterable[AnswerRecord]) -> list[tuple[str, Place]]:
    """Clauses of each question, coded or not: enough to know what they have in common."""
    found: dict[Place, list[str]] = {}
    for each in told:
        found.setdefault(_place(each), []).extend(clause.text for clause in clauses(each.text))
    return [
        (text, place) for place, texts in found.items() for text in sorted(texts)[:: -(-len(texts) // SAMPLED) or 1]
    ]


def _place(answer: AnswerRecord) -> Place:
    return answer.audience, answer.question


def _thinned(left: list[Clause]) -> list[Clause]:
    every = -(-len(left) // MOST_CLAUSES)
    return left[::every] if left else left


def _respondents(left: Sequence[Clause], group: Sequence[int]) -> int:
    return len({left[at].answer.response_id for at in group})


def _explained(left: Sequence[Clause], group: Sequence[int]) -> float:
    """How sure the codes are of the answers around the group: of what was tried, what tells best whether it is about
    something that the codebook misses, or more of what is coded elsewhere in the same answers."""
    return sum(left[at].explained for at in group) / len(group)


def _by_respondent(clauses_of: Sequence[Clause]) -> list[str]:
    """What each respondent said of it, so that one who repeats a word counts once."""
    said: dict[str, list[str]] = {}
    for each in clauses_of:
        said.setdefault(each.answer.response_id, []).append(each.text)
    return [" ".join(each) for each in said.values()]


def _nearness(mine: Sequence[Clause], apart: Floats) -> dict[str, float]:
    near = apart @ unit(apart.mean(axis=0))
    best: dict[str, float] = {}
    for each, value in zip(mine, near.tolist(), strict=True):
        best[each.answer.answer_id] = max(best.get(each.answer.answer_id, -1.0), round(value, 4))
    return dict(sorted(best.items(), key=lambda pair: (-pair[1], pair[0])))


def _overlap(
    answers: Collection[str], carried: Mapping[str, Sequence[Coding]], like: Mapping[str, float]
) -> tuple[tuple[str, float, float], ...]:
    """The codes that most of them carry, and the one whose definition is the nearest."""
    counts = Counter(code for each in answers for code in {coding.code for coding in carried.get(each, ())})
    ranked = sorted(counts, key=lambda code: (-counts[code], code))[:SHOWN_CODES]
    nearest = max(like, key=lambda code: like[code])
    chosen = dict.fromkeys([*ranked, nearest])
    return tuple((code, round(counts[code] / len(answers), 2), round(like.get(code, 0.0), 2)) for code in chosen)
