"""From answers and codings to the chapter as plain data. Pure: same input in any order, same report.

Knows no storage, no file format and no survey. The only module that sees exact counts and the report together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.codebook import Code, Codebook
from analysis.findings import participants, prose, suppression
from analysis.findings.audiences import MAIN, in_order, naming
from analysis.findings.counts import Accounting, Counts, Tally, count, is_readable, ranked
from analysis.findings.evidence import Evidence, References, references
from analysis.findings.participants import Characteristic
from analysis.findings.quotations import Choice
from analysis.findings.report import (
    Cell,
    Commission,
    Count,
    CountRow,
    KeyMessages,
    OutcomeSection,
    Report,
    Statement,
    Voice,
)
from analysis.findings.trust import Codes, Review, Trust, measure
from analysis.findings.workforce import draw_conclusions
from analysis.frameworks import Framework
from analysis.records import AnswerRecord, Coding, ResponseRecord

MACHINE = "machine "  # before its version in `Coding.coder`
STATEMENTS_OF_MAIN, STATEMENTS_OF_OTHERS, KEY_STATEMENTS = 5, 3, 6
QUOTATIONS_OF_MAIN, QUOTATIONS_OF_OTHERS = 3, 2


@dataclass(frozen=True)
class Findings:
    """The report, and for analysts what it was made of, exact: `evidence` by the references printed in it, and how far
    the coding can be trusted."""

    report: Report
    evidence: Mapping[str, Evidence]
    accounting: Accounting
    trust: Trust


@dataclass
class _Desk:
    """What the making of one report needs at hand, and what it gathers while it goes."""

    counts: Counts
    codebook: Codebook
    names: References
    choice: Choice
    rule: suppression.Rule
    evidence: dict[str, Evidence] = field(default_factory=dict)


def build_report(
    *,
    commission: Commission,
    answers: Iterable[AnswerRecord],
    responses: Iterable[ResponseRecord],
    codings: Iterable[Coding],
    codebook: Codebook,
    framework: Framework | None,
    run: str,
    cleared: Mapping[str, str] | None = None,
    characteristics: Sequence[Characteristic] = (),
    reviews: Sequence[Review] = (),
    doubled: Sequence[tuple[Codes, Codes]] = (),
    rule: suppression.Rule = suppression.DEFAULT,
) -> Findings:
    """Make the chapter.

    `cleared` gives, by answer id, the role that cleared it for quotation, such as "participation officer". `run` is the
    analysis run's id in hexadecimal. `reviews` are of answers that people judged as a whole, `doubled` what two people
    made of the same answers, each by themselves. Raises ValueError where an answer is given twice or a coding has no
    answer, and `UnknownCode` where a coding's code is not in the codebook.
    """
    answers, responses, codings = list(answers), list(responses), list(codings)
    counts = count(answers, codings)
    audiences = in_order({each.audience for each in answers} | {each.audience for each in responses})
    names = references(run, codebook.outcome_ids, audiences)
    choice = Choice({each.answer_id: each for each in answers}, cleared or {})
    desk = _Desk(counts, codebook, names, choice, rule)
    sections = _sections(desk, framework)
    key_messages = _all_key_messages(desk, audiences)
    who = participants.tabulate(_of(characteristics, scale=False), responses, audiences, names, rule)
    scales = participants.tabulate(_of(characteristics, scale=True), responses, audiences, names, rule)
    trust = measure(codebook, _coders(codings), sum(map(is_readable, answers)), reviews, doubled)
    report = Report(
        title=commission.title,
        authority=commission.authority,
        dated=commission.closes_on,
        simulated=commission.simulated,
        opening=prose.opening(commission, _took_part(answers, responses, audiences, rule), rule),
        sections=sections,
        key_messages=key_messages,
        who_took_part=who.tables,
        scales=scales.tables,
        counts=_count_rows(desk),
        trust=prose.trusted(trust, counts.accounting, rule),
        how=prose.how(commission, counts.accounting, codebook, _clearers(sections, key_messages), rule),
        limits=prose.limits(commission, counts.accounting, who.unheard, rule),
        framework_source=str(framework.source) if framework else "",
        run=run,
    )
    return Findings(report, {**desk.evidence, **who.evidence, **scales.evidence}, counts.accounting, trust)


def _coders(codings: Iterable[Coding]) -> set[str]:
    """The versions of the machine that proposed any of these."""
    return {each.coder.removeprefix(MACHINE) for each in codings if each.coder.startswith(MACHINE)}


def _clearers(sections: Sequence[OutcomeSection], key_messages: Sequence[KeyMessages]) -> set[str]:
    found = {each.cleared_by for part in sections for each in part.quotations}
    return found | {each.cleared_by for part in key_messages for each in part.quotations}


def _of(characteristics: Sequence[Characteristic], scale: bool) -> list[Characteristic]:
    return [each for each in characteristics if (each.kind == "scale") is scale]


def _took_part(
    answers: Sequence[AnswerRecord],
    responses: Sequence[ResponseRecord],
    audiences: Sequence[str],
    rule: suppression.Rule,
) -> dict[str, Count]:
    """People by audience, each guarded alone: no total of all is printed that could be subtracted from."""
    found = {(each.audience, each.response_id) for each in answers}
    found |= {(each.audience, each.response_id) for each in responses}
    return {
        audience: suppression.guard(sum(1 for each, _ in found if each == audience), rule) for audience in audiences
    }


def _sections(desk: _Desk, framework: Framework | None) -> tuple[OutcomeSection, ...]:
    voices = [
        (outcome, tuple(_voice(desk, outcome, each) for each in in_order(set(desk.counts.bases))))
        for outcome in desk.codebook.outcomes
    ]
    conclusions = draw_conclusions([(outcome.id, each) for outcome, each in voices], desk.codebook)
    return tuple(
        OutcomeSection(
            outcome=outcome.id,
            title=outcome.name,
            voices=its_voices,
            workforce=clauses,
            objectives=framework.delivered_through(outcome.id) if framework else (),
        )
        for (outcome, its_voices), clauses in zip(voices, conclusions, strict=True)
    )


def _voice(desk: _Desk, outcome: Code, audience: str) -> Voice:
    if audience == MAIN:
        return _statements(desk, outcome.id, audience, STATEMENTS_OF_MAIN, QUOTATIONS_OF_MAIN)
    return _statements(desk, outcome.id, audience, STATEMENTS_OF_OTHERS, QUOTATIONS_OF_OTHERS)


def _all_key_messages(desk: _Desk, audiences: Sequence[str]) -> tuple[KeyMessages, ...]:
    """Of everyone but young people, whose voice leads the outcomes; of them too where a codebook has no outcomes."""
    others = (each for each in audiences if each != MAIN or not desk.codebook.outcomes)
    return tuple(_key_messages(desk, each) for each in others if each in desk.counts.bases)


def _key_messages(desk: _Desk, audience: str) -> KeyMessages:
    voice = _statements(desk, None, audience, KEY_STATEMENTS, QUOTATIONS_OF_OTHERS)
    return KeyMessages(f"Key messages from {naming(audience).tellers}", voice)


def _statements(desk: _Desk, outcome: str | None, audience: str, most: int, quotations: int) -> Voice:
    """The most said that may be shown, each with its evidence and its quotations."""
    base = desk.counts.bases[audience]
    found = ranked(desk.counts, outcome, audience, desk.codebook.theme_ids)
    may_show = [each for each in found if _part(desk, each[1], base).count.shown][:most]
    rare = sum(1 for _, tally in found if _part(desk, tally, base).count.hidden)
    statements = tuple(_statement(desk, outcome, audience, theme, tally) for theme, tally in may_show)
    refs = [(each.evidence, tally) for each, (_, tally) in zip(statements, may_show, strict=True)]
    quoted = tuple(
        replace(each, quotations=its)
        for each, its in zip(statements, desk.choice.spread(refs, quotations), strict=True)
    )
    return Voice(audience, suppression.guard(base, desk.rule), quoted, rare)


def _statement(desk: _Desk, outcome: str | None, audience: str, theme: str, tally: Tally) -> Statement:
    ref = desk.names.of(outcome, audience, theme)
    base = desk.counts.bases[audience]
    text = desk.codebook.code(theme).tells_us(audience, outcome)
    desk.evidence[ref] = Evidence(ref, text, tuple(sorted(tally.responses)), base, tally.answers, tally.codings)
    part = _part(desk, tally, base)
    return Statement(
        evidence=ref,
        theme=theme,
        text=text,
        count=part.count,
        base=suppression.guard(base, desk.rule),
        percent=part.percent,
        checked=tally.checked,
    )


def _part(desk: _Desk, tally: Tally, base: int) -> Cell:
    return suppression.guard_part(len(tally), base, desk.rule)


def _count_rows(desk: _Desk) -> tuple[CountRow, ...]:
    """Every theme that anybody raised, under each outcome and then over all, guarded one by one."""
    rows: list[CountRow] = []
    titles: list[tuple[str | None, str]] = [(each.id, each.name) for each in desk.codebook.outcomes]
    for outcome, title in [*titles, (None, "")]:
        for audience in in_order(set(desk.counts.bases)):
            base = desk.counts.bases[audience]
            for theme, tally in ranked(desk.counts, outcome, audience, desk.codebook.theme_ids):
                part = _part(desk, tally, base)
                name = desk.codebook.code(theme).name
                shown_base = suppression.guard(base, desk.rule)
                rows.append(CountRow(title, audience, name, part.count, shown_base, part.percent))
    return tuple(rows)
