"""Which ways lead through a survey: whether everybody gets somewhere, and every question is asked of somebody. Pure.

A condition looks back only, at what was asked before (the loader sees to it), so no way ever comes round to where it
was. What is left to see is done by walking: replies are sorted by what conditions can tell apart, and for each question
only those earlier ones are walked through on which its being asked hangs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice
from typing import TypeAlias

from consultation.domain.conditions import Answered, Between, OneOf, Simple, questions_of
from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId
from consultation.domain.pace import in_minutes, seconds_for
from consultation.domain.survey import Question, QuestionKind, Stage, Survey
from consultation.domain.wording import PIPE, Localised

Way: TypeAlias = tuple[Answered, QuestionId | None]  # what was answered, and the question that ended the talk
MOST_WALKED = 20_000  # ways that are walked for one question, or for the list of routes
MOST_ROUTES = 200
SKIPPED = "skipped"
Fault: TypeAlias = tuple[str, str]  # the question where it stands, and a sentence


@dataclass(frozen=True)
class Reply:
    """Replies that no condition can tell apart: one of them as `chosen`, and all of them as a person reads them (ids of
    options, ranges of numbers). `ends`: they end the talk."""

    chosen: frozenset[OptionId]
    means: tuple[str, ...] = ()
    ends: bool = False


@dataclass(frozen=True)
class Route:
    """One way through: what is asked, in order, and the answers that lead this way, by the questions that decide.
    `ends`: a choice at its last question ends the talk there."""

    asked: tuple[QuestionId, ...]
    after: Mapping[QuestionId, tuple[str, ...]]
    ends: bool
    minutes: int


@dataclass(frozen=True)
class Paths:
    """The distinct routes of one audience, the longest first. Not `complete`: there are more."""

    routes: tuple[Route, ...]
    complete: bool = True


# -- replies ----------------------------------------------------------------------------------------------------------


def replies(survey: Survey, question: Question) -> tuple[Reply, ...]:
    """Every reply to a question, as far as conditions, or whether there is something to fill in, tell them apart."""
    parts = [part for each in survey.questions if each.only_if for part in each.only_if.parts if
             part.question == question.id]  # fmt: skip
    sorted_: dict[object, Reply] = {}
    sets: dict[object, list[frozenset[OptionId]]] = {}
    for reply in _possible(question, parts):
        answered = {question.id: reply.chosen}
        told = tuple(part.holds(answered) for part in parts), bool(fills_in(question, reply.chosen)), reply.ends
        known = sorted_.get(told, Reply(reply.chosen, (), reply.ends))
        sets[told] = [*sets.get(told, ()), reply.chosen]
        if not any(each and each < reply.chosen for each in sets[told]):  # what is more of the same goes without saying
            sorted_[told] = Reply(known.chosen, tuple(dict.fromkeys((*known.means, *reply.means))), reply.ends)
    return tuple(sorted_.values())


def fills_in(question: Question, chosen: frozenset[OptionId]) -> frozenset[OptionId]:
    """What of a reply can be filled into a later wording: "none of these" can't."""
    return chosen - {each.id for each in question.options if each.alone}


def _possible(question: Question, parts: Iterable[Simple]) -> Iterator[Reply]:
    if question.stage not in (Stage.OPENING, Stage.CONSENT):
        yield Reply(frozenset(), (SKIPPED,))
    match question.kind:
        case QuestionKind.NUMBER:
            yield from _numbers(question, parts)
        case QuestionKind.SEVERAL:
            yield from _sets(question, parts)
        case QuestionKind.TEXT | QuestionKind.DATE:
            yield Reply(frozenset())
        case _:
            for each in question.options:
                yield Reply(frozenset({each.id}), (each.id,), each.ends is not None)


def _numbers(question: Question, parts: Iterable[Simple]) -> Iterator[Reply]:
    """One of each stretch between the bounds that are asked about."""
    bounds = [part for part in parts if isinstance(part, Between)]
    starts = {question.lowest} | {part.at_least for part in bounds if part.at_least is not None}
    starts |= {part.at_most + 1 for part in bounds if part.at_most is not None}
    within = sorted(each for each in starts if question.lowest <= each <= question.highest)
    for first, following in zip(within, [*within[1:], question.highest + 1], strict=True):
        stretch = str(first) if following == first + 1 else f"{first}–{following - 1}"
        yield Reply(frozenset({OptionId(str(first))}), (stretch,))


def _sets(question: Question, parts: Iterable[Simple]) -> Iterator[Reply]:
    """Of several: each that stands alone, and the sets of those that are asked about; the others make no difference."""
    asked_about = {option for part in parts if isinstance(part, OneOf) for option in part.options}
    together = [each.id for each in question.options if not each.alone]
    apart = [each for each in together if each in asked_about]
    others = [each for each in together if each not in asked_about]
    yield from (Reply(frozenset({each.id}), (each.id,)) for each in question.options if each.alone)
    if others:
        yield Reply(frozenset(others[:1]), tuple(others))
    for size in range(1, min(len(apart), question.most or len(apart)) + 1):
        yield from (Reply(frozenset(each), (" + ".join(each),)) for each in combinations(apart, size))


# -- walking ----------------------------------------------------------------------------------------------------------


def walk(survey: Survey, audience: Audience, through: frozenset[QuestionId]) -> Iterator[Way]:
    """Every way to answer these questions, where what each hangs on is among them."""
    asked = [each for each in survey.for_audience(audience) if each.id in through]
    known_replies = {each.id: replies(survey, each) for each in asked}

    def go(at: int, known: Mapping[QuestionId, frozenset[OptionId]]) -> Iterator[Way]:
        while at < len(asked) and not _is_asked(asked[at], known):
            at += 1
        if at == len(asked):
            yield known, None
            return
        name = asked[at].id
        for reply in known_replies[name]:
            after = {**known, name: reply.chosen}
            if reply.ends:
                yield after, name
            else:
                yield from go(at + 1, after)

    return go(0, {})


def hangs_on(survey: Survey, *names: QuestionId) -> frozenset[QuestionId]:
    """All earlier questions on which it hangs, directly or not, whether these are asked."""
    found: set[QuestionId] = set()
    for name in names:
        for earlier in questions_of(survey.question(name).only_if):
            found |= {earlier, *hangs_on(survey, earlier)}
    return frozenset(found)


# -- faults -----------------------------------------------------------------------------------------------------------


def faults(survey: Survey) -> Iterator[Fault]:
    """Where somebody can't go on, what nobody can reach, and what can't be filled in."""
    for question in survey.questions:
        if _is_dead_end(question):
            sentence = (
                f"whatever is chosen at '{question.id}' ends the talk, and it can't be skipped. "
                "Let one of its options go on: take its 'ends:' out."
            )
            yield question.id, sentence
            return
    for question in survey.questions:
        for audience in sorted(question.audiences):
            yield from _faults_for(survey, question, audience)


def _is_dead_end(question: Question) -> bool:
    early = question.stage in (Stage.OPENING, Stage.CONSENT)
    return early and bool(question.options) and all(each.ends for each in question.options)


def _faults_for(survey: Survey, question: Question, audience: Audience) -> Iterator[Fault]:
    through = hangs_on(survey, question.id)
    piped = frozenset(pipes_of(question))
    walked = list(islice(walk(survey, audience, through | piped | hangs_on(survey, *piped)), MOST_WALKED))
    if len(walked) == MOST_WALKED:
        yield question.id, f"'{question.id}' hangs on too many answers to be checked. Make its condition simpler."
        return
    here = [known for known, ended in walked if ended is None and _is_asked(question, known)]
    if not here:
        sentence = (
            f"nobody who answers as {audience.value} can ever be asked '{question.id}': what its only_if wants "
            "can't all be so at once. Loosen the condition, or take the question out for them."
        )
        yield question.id, sentence
    for name in sorted(pipes_of(question, without_fallback=True)):
        source = survey.question(name)
        if any(not fills_in(source, known.get(name, frozenset())) for known in here):
            sentence = (
                f"'{question.id}' fills in what was chosen at '{name}', and somebody who chose nothing there "
                f"may be asked it. Say what stands there then, {{answer:{name}|such as this}}, or give it an only_if."
            )
            yield question.id, sentence


def _is_asked(question: Question, known: Answered) -> bool:
    return question.only_if is None or question.only_if.holds(known)


def wordings_of(question: Question) -> tuple[Localised, ...]:
    """All in which an answer may be filled in."""
    more = (question.follow_up,) if question.follow_up else ()
    return (question.prompt, *more, *(each.label for each in question.options))


def pipes_of(question: Question, *, without_fallback: bool = False) -> set[QuestionId]:
    """The questions whose answers are filled in there."""
    return {
        QuestionId(found[1])
        for wording in wordings_of(question)
        for text in wording.texts.values()
        for found in PIPE.finditer(text)
        if found[2] is None or not without_fallback
    }


# -- routes -----------------------------------------------------------------------------------------------------------


def paths(survey: Survey, audience: Audience) -> Paths:
    """The routes of this audience, and about how many minutes each takes."""
    ending = {each.id for each in survey.for_audience(audience) if any(option.ends for option in each.options)}
    deciding = {name for each in survey.for_audience(audience) for name in questions_of(each.only_if)}
    walked = list(islice(walk(survey, audience, frozenset(ending | deciding)), MOST_WALKED))
    means = {
        (name, each.chosen): each.means for name in ending | deciding for each in replies(survey, survey.question(name))
    }
    routes: dict[tuple[tuple[QuestionId, ...], bool], dict[QuestionId, tuple[str, ...]]] = {}
    for known, ended in walked:
        asked = tuple(each.id for each in survey.asked_of(audience, known))
        if ended is not None:
            asked = asked[: asked.index(ended) + 1]
        after = routes.setdefault((asked, ended is not None), {})
        for name, chosen in ((name, chosen) for name, chosen in known.items() if name in deciding or name == ended):
            after[name] = tuple(dict.fromkeys((*after.get(name, ()), *means[name, chosen])))
    found = [
        Route(asked, after, ends, in_minutes(seconds_for(survey.question(each)) for each in asked))
        for (asked, ends), after in routes.items()
    ]
    found.sort(key=lambda each: (each.ends, -len(each.asked)))
    return Paths(tuple(found[:MOST_ROUTES]), len(walked) < MOST_WALKED and len(found) <= MOST_ROUTES)
