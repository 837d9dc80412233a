"""Exact counts: who said something that was coded so, over whom. Answers, responses and codings in, numbers out.

For analysts and for `build` only: nothing here has been through `suppression`. Knows no wording and no codebook.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.findings.report import Checked
from analysis.records import AnswerRecord, Coding, Facet


@dataclass(frozen=True, order=True)
class Topic:
    """What one audience said about a theme: under one outcome, or over all of them where `outcome` is None."""

    outcome: str | None
    audience: str
    theme: str


@dataclass(frozen=True)
class Tally:
    """The distinct responses that raised a topic, and the answers and codings under that number, in a fixed order."""

    responses: frozenset[str]
    answers: tuple[str, ...]
    codings: tuple[Coding, ...]

    def __len__(self) -> int:
        return len(self.responses)

    @property
    def checked(self) -> Checked:
        """How far a person has decided on the codings that make the number."""
        looked_at = sum(1 for each in self.codings if each.verdict is not None)
        if looked_at == 0:
            return Checked.NOT_YET
        return Checked.FULLY if looked_at == len(self.codings) else Checked.PARTLY


@dataclass(frozen=True)
class Accounting:
    """Nothing disappears: answers == coded + uncoded + withheld. Codings are those to outcomes and themes, rejected
    ones too; `checked` are those that a person has decided on."""

    responses: int
    answers: int
    coded: int
    uncoded: int
    withheld: int
    codings: int
    checked: int

    def __post_init__(self) -> None:
        if self.answers != self.coded + self.uncoded + self.withheld:
            raise AssertionError("answers must equal coded + uncoded + withheld")


@dataclass(frozen=True)
class Counts:
    """Everything countable of one set of answers. `bases` is, by audience, the responses with an answer to read."""

    tallies: Mapping[Topic, Tally]
    bases: Mapping[str, int]
    accounting: Accounting


def count(answers: Iterable[AnswerRecord], codings: Iterable[Coding]) -> Counts:
    """Count responses by topic. Raises ValueError for an answer given twice, or a coding of an answer not given."""
    by_id = _by_id(answers)
    standing = _standing(by_id, codings := sorted(set(codings), key=coding_order))
    gathered: dict[Topic, list[tuple[AnswerRecord, tuple[Coding, ...]]]] = defaultdict(list)
    for answer_id, its_codings in standing.items():
        for topic, under in _topics(by_id[answer_id], its_codings):
            gathered[topic].append((by_id[answer_id], under))
    read = [each for each in by_id.values() if is_readable(each)]
    bases = {each.audience: set[str]() for each in read}
    for each in read:
        bases[each.audience].add(each.response_id)
    return Counts(
        tallies={topic: _tally(gathered[topic]) for topic in sorted(gathered, key=_topic_order)},
        bases={audience: len(bases[audience]) for audience in sorted(bases)},
        accounting=_account(by_id.values(), set(standing), codings),
    )


def ranked(counts: Counts, outcome: str | None, audience: str, order: Sequence[str]) -> tuple[tuple[str, Tally], ...]:
    """Themes with their tallies, most responses first; ties in `order`, then by id."""
    place = {theme: index for index, theme in enumerate(order)}
    found = [
        (topic.theme, tally)
        for topic, tally in counts.tallies.items()
        if topic.outcome == outcome and topic.audience == audience
    ]
    return tuple(sorted(found, key=lambda each: (-len(each[1]), place.get(each[0], len(place)), each[0])))


def is_readable(answer: AnswerRecord) -> bool:
    """Whether there is a text that could be coded: neither withheld nor blank."""
    return not answer.withheld and bool(answer.text.strip())


def coding_order(coding: Coding) -> tuple[str, str, str, int, int, str, str]:
    verdict = coding.verdict.value if coding.verdict else ""
    return (coding.answer_id, coding.facet.value, coding.code, coding.start, coding.end, coding.coder, verdict)


def _topic_order(topic: Topic) -> tuple[str, str, str]:
    return (topic.outcome or "", topic.audience, topic.theme)


def _by_id(answers: Iterable[AnswerRecord]) -> dict[str, AnswerRecord]:
    found: dict[str, AnswerRecord] = {}
    for each in answers:
        if each.answer_id in found:
            raise ValueError(f"the answer {each.answer_id} is given twice")
        found[each.answer_id] = each
    return dict(sorted(found.items()))


def _standing(answers: Mapping[str, AnswerRecord], codings: Iterable[Coding]) -> dict[str, list[Coding]]:
    """Codings to outcomes and themes that count, by answer. Sentiment says nothing of what an answer is about."""
    found: dict[str, list[Coding]] = defaultdict(list)
    for each in codings:
        if each.answer_id not in answers:
            raise ValueError(f"a coding of {each.code} is of an answer that is not given: {each.answer_id}")
        about_something = each.facet in (Facet.OUTCOME, Facet.THEME)
        if about_something and each.counts and is_readable(answers[each.answer_id]):
            found[each.answer_id].append(each)
    return found


def _topics(answer: AnswerRecord, codings: Sequence[Coding]) -> Iterable[tuple[Topic, tuple[Coding, ...]]]:
    """Every topic that one answer is about, with the codings that say so: of the theme, and of the outcome if any."""
    outcomes = sorted({each.code for each in codings if each.facet is Facet.OUTCOME})
    themes = sorted({each.code for each in codings if each.facet is Facet.THEME})
    for theme in themes:
        of_theme = tuple(each for each in codings if each.facet is Facet.THEME and each.code == theme)
        yield Topic(None, answer.audience, theme), of_theme
        for outcome in outcomes:
            of_both = (each for each in codings if each.facet is Facet.OUTCOME and each.code == outcome)
            yield Topic(outcome, answer.audience, theme), (*of_both, *of_theme)


def _tally(under: Sequence[tuple[AnswerRecord, tuple[Coding, ...]]]) -> Tally:
    return Tally(
        responses=frozenset(answer.response_id for answer, _ in under),
        answers=tuple(sorted(answer.answer_id for answer, _ in under)),
        codings=tuple(sorted((each for _, codings in under for each in codings), key=coding_order)),
    )


def _account(answers: Iterable[AnswerRecord], coded: set[str], codings: Sequence[Coding]) -> Accounting:
    listed = list(answers)
    withheld = sum(1 for each in listed if each.withheld)
    of_topics = [each for each in codings if each.facet is not Facet.SENTIMENT]
    return Accounting(
        responses=len({each.response_id for each in listed}),
        answers=len(listed),
        coded=len(coded),
        uncoded=len(listed) - withheld - len(coded),
        withheld=withheld,
        codings=len(of_topics),
        checked=sum(1 for each in of_topics if each.verdict is not None),
    )
