"""The sentences around the findings: who was asked and answered, how it was done, and what it cannot say.

Knows only numbers that have been through `suppression`. Every sentence is true of what it is given.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from analysis.codebook import Codebook
from analysis.findings import suppression
from analysis.findings.audiences import naming
from analysis.findings.counts import Accounting
from analysis.findings.report import Commission, Count
from analysis.findings.trust import Trust, in_words


def listed(parts: Sequence[str]) -> str:
    """a, b and c; with a comma before the last "and" where a part has an "and" of its own."""
    if len(parts) < 2:
        return "".join(parts)
    last = ", and " if any(" and " in each for each in parts) else " and "
    return f"{', '.join(parts[:-1])}{last}{parts[-1]}"


def opening(commission: Commission, took_part: Mapping[str, Count], rule: suppression.Rule) -> tuple[str, ...]:
    """Paragraphs that say who asked whom, when and why, and how to read what follows."""
    asked = listed([naming(each).tellers for each in took_part])
    question = f"“{commission.title}”" + ("" if commission.title.rstrip().endswith(("?", "!", ".")) else ".")
    answered = _answered(commission, took_part)
    paragraphs = [f"{commission.authority} asked {asked or 'people'}: {question} {answered}"]
    if commission.purpose:
        paragraphs.append(f"Why we asked: {_sentence(commission.purpose)}")
    if commission.decided_by:
        paragraphs.append(f"Who decides: {_sentence(commission.decided_by)}")
    paragraphs.append(
        "The tables below take each outcome in turn. They set what people told us beside the workforce that it calls"
        " for, and the strategic objective through which that workforce is delivered. Numbers of people are rounded to"
        f" the nearest {rule.round_to}. The small grey reference with each line leads to the coded answers behind it."
    )
    return tuple(paragraphs)


def how(
    commission: Commission,
    accounting: Accounting,
    codebook: Codebook,
    cleared_by: Iterable[str],
    rule: suppression.Rule,
) -> tuple[str, ...]:
    """How answers became figures, with every answer accounted for."""
    clearers = listed([_with_article(each) for each in sorted(set(cleared_by))])
    return tuple(
        filter(
            None,
            (
                commission.collected,
                "Names and other details that could identify someone were hidden before any answer was stored.",
                _accounted(accounting, rule),
                "A computer program read each answer and marked the words that are about an outcome or a theme of the"
                f" codebook “{codebook.title}”, version {codebook.version}. One answer can be about several.",
                "Figures count people, not mentions: someone who says the same thing twice counts once. “Of about”"
                " gives how many of them wrote something in their own words.",
                "Each quotation is the whole of one answer, as it was typed, and was cleared for publication by"
                f" {clearers}."
                if clearers
                else "",
            ),
        )
    )


def trusted(trust: Trust, accounting: Accounting, rule: suppression.Rule) -> tuple[str, ...]:
    """How far the codings under the figures have been checked, and how well that turned out."""

    def say(number: int) -> str:
        return "a few" if (count := suppression.guard(number, rule)).hidden else str(count)

    return (_checked(accounting, rule), *in_words(trust, say))


def limits(
    commission: Commission,
    accounting: Accounting,
    unheard: Mapping[str, Sequence[str]],
    rule: suppression.Rule,
) -> tuple[str, ...]:
    """What the chapter cannot say, and why."""
    simulated = (
        "The data are simulated. The answers were written to show how the system works; they are nobody’s views, and"
        " nothing should be decided on them."
    )
    return (
        *((simulated,) if commission.simulated else ()),
        "Machine coding makes mistakes, in both directions: it misses things that people said and it marks things that"
        " they did not mean. Read the figures as about how common something is, not as an exact count."
        f" {_checked(accounting, rule)}",
        "People chose to answer, so the figures speak for those who did and not for everyone. Those without a phone or"
        " the internet, those who read English with difficulty, younger children and people with little reason to trust"
        " services are the most likely to be missing.",
        *(
            f"Nobody among the {naming(audience).many} who answered said they were in these groups:"
            f" {'; '.join(groups)}."
            for audience, groups in unheard.items()
            if groups
        ),
        f"So that nobody can be recognised, numbers from 1 to {rule.hide_up_to} are not shown, and nor are others from"
        f" which they could be worked out. Nothing is broken down for fewer than {rule.least_base} people, and"
        f" percentages are given only for {rule.least_base_for_percentages} or more. A theme that too few people"
        " raised to be shown is not an unimportant one.",
    )


def period(opens_on: date | None, closes_on: date | None) -> str:
    """between 3 and 28 March 2026"""
    if opens_on is None or closes_on is None or opens_on == closes_on:
        day = closes_on or opens_on
        return f"on {_day(day)} {day:%B %Y}" if day else ""
    start = _day(opens_on)
    if (opens_on.year, opens_on.month) != (closes_on.year, closes_on.month):
        start += f" {opens_on:%B}" if opens_on.year == closes_on.year else f" {opens_on:%B %Y}"
    return f"between {start} and {_day(closes_on)} {closes_on:%B %Y}"


def _day(day: date) -> str:
    return str(day.day)


def _answered(commission: Commission, took_part: Mapping[str, Count]) -> str:
    counted = listed([f"{each} {naming(audience).many}" for audience, each in took_part.items() if each.shown])
    few = listed([naming(audience).many for audience, each in took_part.items() if each.hidden])
    when = period(commission.opens_on, commission.closes_on)
    sentences = []
    if counted:
        sentences.append(f"{_capital(counted)} answered{f' {when}' if when else ''}.")
    if few:
        sentences.append(f"Too few {few} answered for a number to be shown.")
    return " ".join(sentences) or "Nobody has answered yet."


def _accounted(accounting: Accounting, rule: suppression.Rule) -> str:
    """Written answers by what became of them, guarded as the one-way table that they are."""
    if not accounting.answers:
        return "No written answers have come in."
    total = suppression.guard(accounting.answers, rule)
    parts = (accounting.coded, accounting.uncoded, accounting.withheld)
    cells = suppression.guard_table(parts, rule)
    fates = ("coded", "held nothing that could be coded", "withheld to keep someone safe or unnamed")
    known = [f"{cell.count} {fate}" for cell, fate in zip(cells, fates, strict=True) if not cell.count.hidden]
    rest = "; the rest are too few to show apart" if any(cell.count.hidden for cell in cells) and known else ""
    split = f": {'; '.join(known)}{rest}" if known else ""
    in_all = f"{_capital(str(total))} written answers came in" if total.shown else "A few written answers came in"
    return f"{in_all}{split}. Every answer is in this account."


def _checked(accounting: Accounting, rule: suppression.Rule) -> str:
    if not accounting.checked:
        return "No person has checked the machine’s codings yet."
    all_of = f"{suppression.guard(accounting.codings, rule)} codings"
    if accounting.checked == accounting.codings:
        return f"A person has checked all of the machine’s codings ({all_of})."
    checked = suppression.guard(accounting.checked, rule)
    return f"A person has checked {'a few' if checked.hidden else checked} of {all_of} by the machine."


def _sentence(text: str) -> str:
    return text if text.rstrip().endswith((".", "?", "!")) else f"{text.rstrip()}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _with_article(role: str) -> str:
    return (
        role
        if role[:1].isupper() or role.startswith(("a ", "an ", "the "))
        else f"a{'n' * (role[:1] in 'aeio')} {role}"
    )
