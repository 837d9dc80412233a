"""From a framework file to a `Framework`, with the checks that a schema cannot make. Knows where the files lie.

Knows no codebook: the outcomes that a framework may answer to are passed in.
"""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path

import yaml

from analysis.frameworks.framework import Framework, Milestone, Objective, PlanRequirement, Priority, Source
from analysis.frameworks.schema import FrameworkFile, ObjectiveBlock, PriorityBlock
from consultation.content import BadFile, load
from consultation.content.checked_yaml import line_of

SHIPPED = Path(__file__).parent

Fault = tuple[tuple[str | int, ...], str]  # where in the file, and the sentence


def shipped_frameworks() -> tuple[str, ...]:
    """The names that `load_framework` takes."""
    return tuple(sorted(each.stem for each in SHIPPED.glob("*.yaml")))


def load_framework(name: str, outcomes: Collection[str] | None = None) -> Framework:
    """The framework that ships under `name`, such as cambridgeshire-2009-12."""
    return load_framework_file(SHIPPED / f"{name}.yaml", outcomes)


def load_framework_file(path: Path, outcomes: Collection[str] | None = None) -> Framework:
    """The framework in `path`, checked against the ids of a codebook's `outcomes` where they are given.

    Raises `BadFile` with file, line and how to mend it.
    """
    file = load(path, FrameworkFile)
    for place, message in _faults(file, outcomes):
        tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        raise BadFile(path, line_of(tree, place), message)
    objectives = {each.id: _objective(each) for each in file.objectives}
    return Framework(
        id=file.framework,
        authority=file.authority,
        partnership=file.partnership,
        title=file.title,
        years=file.years,
        source=Source(file.source.document, file.source.year, tuple(file.source.pages)),
        vision=tuple(file.vision),
        principles=tuple(file.principles),
        priorities=tuple(_priority(each) for each in file.priorities),
        plan_title=file.plan_title,
        objectives=tuple(objectives.values()),
        plan_requirements=tuple(
            PlanRequirement(each.activity, each.reference, each.requirement) for each in file.plan_requirements
        ),
        by_outcome={block.id: tuple(objectives[each] for each in block.delivered_through) for block in file.outcomes},
    )


def _objective(block: ObjectiveBlock) -> Objective:
    return Objective(block.id, block.text, block.plan_priority)


def _priority(block: PriorityBlock) -> Priority:
    milestones = (Milestone(by, text) for by, texts in block.milestones.items() for text in texts)
    return Priority(block.id, block.name, block.kind, block.objective, tuple(milestones))


def _faults(file: FrameworkFile, outcomes: Collection[str] | None) -> Iterator[Fault]:
    """Everything that would leave a chapter with a wrong or a missing objective, in the order of the file."""
    yield from _repeats("priorities", [each.id for each in file.priorities])
    yield from _repeats("objectives", [each.id for each in file.objectives])
    yield from _repeats("outcomes", [each.id for each in file.outcomes])
    numbers: set[int] = set()
    for index, objective in enumerate(file.objectives):
        if objective.plan_priority in numbers:
            number = f"plan priority {objective.plan_priority}"
            yield ("objectives", index, "plan_priority"), f"{number} is given twice. Number them 1, 2, 3 …"
        numbers |= {objective.plan_priority} if objective.plan_priority else set()
    known = [each.id for each in file.objectives]
    for index, block in enumerate(file.outcomes):
        if outcomes is not None and block.id not in outcomes:
            yield ("outcomes", index, "id"), _unknown(block.id, "an outcome of the codebook", outcomes)
        for position, each in enumerate(block.delivered_through):
            if each not in known:
                place = ("outcomes", index, "delivered_through", position)
                yield place, _unknown(each, "an objective of this file", known)


def _repeats(block: str, ids: list[str]) -> Iterator[Fault]:
    for index, each in enumerate(ids):
        if each in ids[:index]:
            yield (block, index, "id"), f"the id '{each}' is given twice under {block}. Give one of them another id."


def _unknown(word: str, what: str, known: Collection[str]) -> str:
    nearest = get_close_matches(word, known, n=1)
    if nearest:
        return f"'{word}' is not {what}. Did you mean '{nearest[0]}'?"
    return f"'{word}' is not {what}. Write one of: {', '.join(sorted(known))}."
