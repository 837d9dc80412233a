"""Who took part, and how they score what they were asked to score: guarded one-way tables, one column an audience.

Knows no survey: questions come as `Characteristic`s, with the words for their options.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from analysis.findings import suppression
from analysis.findings.evidence import Evidence, References
from analysis.findings.report import Cell, Column, Table
from analysis.records import ResponseRecord

Band = tuple[str, tuple[str, ...]]  # a label, and the options that it stands for
NOT_ANSWERED = "Did not answer"  # keeps every column adding up to all of the audience


@dataclass(frozen=True)
class Characteristic:
    """One closed question as a table: `options` are words by option id, in order, numbers as text ("1" to "5"), and
    `nameless` those of them that name no group. Empty `audiences` means all."""

    question: str
    title: str
    options: Mapping[str, str] = field(hash=False)
    kind: Literal["choice", "several", "scale"] = "choice"
    audiences: tuple[str, ...] = ()
    nameless: frozenset[str] = frozenset({"prefer_not_to_say", "elsewhere", "another", "other", "not_sure"})


@dataclass(frozen=True)
class Took:
    """The tables, by reference the responses under each column, and by audience the groups that nobody chose, each as
    "8 to 10 (age)"."""

    tables: tuple[Table, ...]
    unheard: Mapping[str, tuple[str, ...]]
    evidence: Mapping[str, Evidence]


def tabulate(
    characteristics: Iterable[Characteristic],
    responses: Iterable[ResponseRecord],
    audiences: Sequence[str],
    names: References,
    rule: suppression.Rule,
) -> Took:
    """One table for each characteristic that anybody was asked."""
    by_audience = {
        audience: sorted((each for each in responses if each.audience == audience), key=_id)
        for responses in [list(responses)]
        for audience in audiences
    }
    tables: list[Table] = []
    evidence: dict[str, Evidence] = {}
    unheard: dict[str, tuple[str, ...]] = {}
    for each in characteristics:
        asked = {
            audience: found
            for audience, found in by_audience.items()
            if found and (audience in each.audiences or not each.audiences)
        }
        if any(each.question in response.choices for found in asked.values() for response in found):
            tables.append(_table(each, asked, names, rule))
            evidence |= _evidence(each, asked, names)
            for column in tables[-1].columns:
                unheard[column.audience] = unheard.get(column.audience, ()) + _unheard(each, column)
    return Took(tuple(tables), unheard, evidence)


def _table(
    each: Characteristic,
    asked: Mapping[str, Sequence[ResponseRecord]],
    names: References,
    rule: suppression.Rule,
) -> Table:
    bands: list[Band] = [(label, (option,)) for option, label in each.options.items()]
    guarded = {audience: _cells(each, found, bands, rule) for audience, found in asked.items()}
    means = {audience: _mean(each, guarded[audience]) for audience in asked}
    may_show = [each for each, found in asked.items() if suppression.may_break_down(len(found), rule)]
    if each.kind == "scale" and any(cell.count.hidden for audience in may_show for cell in guarded[audience]):
        bands = _bands(each)
        guarded = {audience: _cells(each, found, bands, rule) for audience, found in asked.items()}
    columns = tuple(
        Column(
            names.of_table(audience, each.question),
            audience,
            suppression.guard(len(found), rule),
            guarded[audience],
            means[audience],
        )
        for audience, found in asked.items()
    )
    labels = tuple(label for label, _ in bands)
    return Table(each.title, labels if each.kind == "several" else (*labels, NOT_ANSWERED), columns)


def _cells(
    each: Characteristic,
    found: Sequence[ResponseRecord],
    bands: Sequence[Band],
    rule: suppression.Rule,
) -> tuple[Cell, ...]:
    given = [_chosen(response, each) for response in found]
    counts = [sum(1 for chosen in given if chosen & set(options)) for _, options in bands]
    if each.kind == "several":
        return tuple(suppression.guard_part(count, len(found), rule) for count in counts)
    return suppression.guard_table((*counts, len(found) - sum(counts)), rule)


def _bands(each: Characteristic) -> list[Band]:
    """A scale in coarser steps, lowest first: 1 or 2, 3, 4 or 5. Fewer cells are small in it."""
    options = tuple(each.options)
    half = len(options) // 2
    parts = (options[:half], options[half : len(options) - half], options[len(options) - half :])
    return [(" or ".join(each.options[option] for option in part), part) for part in parts if part]


def _mean(each: Characteristic, cells: Sequence[Cell]) -> str | None:
    """To one decimal place, of the shown numbers alone, so that it gives away nothing that they do not. None where one
    of them is hidden, or where the base allows no percentages."""
    if each.kind != "scale" or any(cell.count.hidden or cell.percent is None for cell in cells):
        return None
    shown = [cell.count.shown or 0 for cell in cells[: len(each.options)]]
    if not sum(shown):
        return None
    total = sum(int(option) * count for option, count in zip(each.options, shown, strict=True))
    return f"{total / sum(shown):.1f}"


def _chosen(response: ResponseRecord, each: Characteristic) -> set[str]:
    """The options chosen; one that is not listed counts as not answered, so that the column still adds up."""
    value = response.choices.get(each.question, ())
    chosen = {str(one) for one in value} if isinstance(value, tuple) else {str(value)}
    return chosen & set(each.options)


def _unheard(each: Characteristic, column: Column) -> tuple[str, ...]:
    """The groups shown as nought. Hidden ones are not named: some of them are hidden to protect others."""
    if each.kind != "choice":
        return ()
    return tuple(
        f"{label} ({each.title[:1].lower()}{each.title[1:]})"
        for (option, label), cell in zip(each.options.items(), column.cells, strict=False)
        if cell.count.shown == 0 and option not in each.nameless
    )


def _evidence(
    each: Characteristic, asked: Mapping[str, Sequence[ResponseRecord]], names: References
) -> dict[str, Evidence]:
    refs = {audience: names.of_table(audience, each.question) for audience in asked}
    return {
        refs[audience]: Evidence(refs[audience], each.title, tuple(map(_id, found)), len(found))
        for audience, found in asked.items()
    }


def _id(response: ResponseRecord) -> str:
    return response.response_id
