"""From the blocks of a survey file to questions: lists that ship are looked up, and a matrix becomes its rows.

Checks nothing: `faults` does.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from consultation.content import load
from consultation.domain.conditions import Between, Condition, Every, Not, OneOf, Some
from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId
from consultation.domain.languages import language_of
from consultation.domain.survey import Option, Question, QuestionKind, Stage
from consultation.domain.wording import ANY, PLAIN, Localised
from consultation.surveys.schema import (
    AboutYouFile,
    ConditionBlock,
    OptionBlock,
    QuestionBlock,
    RowBlock,
    SharedOptionsFile,
    SurveyFile,
    Texts,
)

HERE = Path(__file__).parent
FACES = {3: ("🙁", "😐", "🙂"), 5: ("😞", "🙁", "😐", "🙂", "😀")}  # by how many points a scale has
GATE = "about_you"  # asks first whether it is all right to ask
ROW = "{row}"


class Placed(NamedTuple):
    """A question's block, and where in the file it stands."""

    block: QuestionBlock
    stage: Stage
    path: tuple[str | int, ...]


def placed_in(file: SurveyFile) -> list[Placed]:
    """All blocks in the order in which they are asked, those that ship among them."""
    named = {GATE, *file.about_you_from} if file.about_you_from else set()
    shipped = [each for each in shipped_about_you() if each.id in named]
    return [
        *(Placed(each, Stage.OPENING, ("before_consent", at)) for at, each in enumerate(file.before_consent)),
        Placed(file.consent.question, Stage.CONSENT, ("consent", "question")),
        *(Placed(each, Stage.MAIN, ("questions", at)) for at, each in enumerate(file.questions)),
        *(Placed(each, Stage.ABOUT_YOU, ("about_you_from",)) for each in shipped),
        *(Placed(each, Stage.ABOUT_YOU, ("about_you", at)) for at, each in enumerate(file.about_you)),
    ]


@cache
def shipped_about_you() -> Sequence[QuestionBlock]:
    return load(HERE / "about_you.yaml", AboutYouFile).about_you


@cache
def _shipped_options() -> dict[str, list[OptionBlock]]:
    return load(HERE / "shared_options.yaml", SharedOptionsFile).shared_options


def shared_options(file: SurveyFile) -> dict[str, list[OptionBlock]]:
    """The survey's own lists before those that ship."""
    return {**_shipped_options(), **file.shared_options}


def questions_from(placed: Placed, file: SurveyFile) -> list[Question]:
    """The question that a block is; of a matrix one for each row."""
    block = placed.block
    if block.kind != "matrix":
        return [_question(placed, file)]
    return [_row(_question(placed, file), block, row) for row in block.rows]


def _question(placed: Placed, file: SurveyFile) -> Question:
    block = placed.block
    options = _options(block, file)
    return Question(
        id=QuestionId(block.id),
        kind=_kind(block, options),
        stage=placed.stage,
        prompt=localised(block.prompt),
        audiences=frozenset(block.audiences or file.audiences) & _asked(placed, file),
        options=options,
        only_if=condition(block.only_if) if block.only_if else None,
        lowest=block.lowest,
        highest=block.highest,
        follow_up=localised(block.follow_up) if block.follow_up else None,
        short_name=localised(block.short_name or {PLAIN: block.id.replace("_", " ")}),
        reports_as=block.reports_as,
        picture=block.picture,
        most=block.most,
        low=localised(block.low) if block.low else None,
        high=localised(block.high) if block.high else None,
        precision=block.precision,
        earliest=block.earliest,
        latest=block.latest,
        from_link=block.from_link,
    )


def _asked(placed: Placed, file: SurveyFile) -> frozenset[Audience]:
    """What ships is asked of those whom the survey asks."""
    return frozenset(file.audiences if placed.path == ("about_you_from",) else Audience)


def _kind(block: QuestionBlock, options: Sequence[Option]) -> QuestionKind:
    match block.kind:
        case "yes_no" | "picture":
            return QuestionKind.CHOICE
        case "matrix":
            numbers = all(each.id.isdecimal() for each in options)
            return QuestionKind.SCALE if numbers else QuestionKind.CHOICE
        case kind:
            return QuestionKind(kind)


def _row(matrix: Question, block: QuestionBlock, row: RowBlock) -> Question:
    """The matrix's words with the row's in them, in every language that has both."""
    label = localised(row.label)
    tags = [tag for tag in {**block.prompt, **row.label} if _has(block.prompt, tag) and _has(row.label, tag)]
    prompt = Localised({tag: matrix.prompt.in_(tag).replace(ROW, label.in_(tag)) for tag in tags})
    return replace(
        matrix,
        id=QuestionId(f"{block.id}_{row.id}"),
        prompt=prompt,
        short_name=label,
        picture=row.picture or block.picture,
        matrix=QuestionId(block.id),
    )


def _has(texts: Texts, tag: str) -> bool:
    return ANY in texts or language_of(tag) in map(language_of, texts)


def _options(block: QuestionBlock, file: SurveyFile) -> tuple[Option, ...]:
    lists = shared_options(file)
    name = "yes_no" if block.kind == "yes_no" else block.options_from or ""
    options = [_option(each) for each in (*lists.get(name, ()), *block.options)]
    if block.from_ is not None and block.to is not None:
        options += [Option(OptionId(str(n)), Localised({ANY: str(n)})) for n in range(block.from_, block.to + 1)]
    if block.faces:
        faces = FACES.get(len(options), ("",) * len(options))
        options = [replace(each, picture=face) for each, face in zip(options, faces, strict=True)]
    return tuple(options)


def _option(block: OptionBlock) -> Option:
    ends = localised(block.ends) if block.ends else None
    return Option(OptionId(block.id), localised(block.label), ends, block.alone, block.picture)


def condition(block: ConditionBlock) -> Condition:
    if block.all is not None:
        return Every(tuple(map(condition, block.all)))
    if block.any is not None:
        return Some(tuple(map(condition, block.any)))
    if block.not_ is not None:
        return Not(condition(block.not_))
    asked = QuestionId(block.question or "")
    if block.is_none_of is not None:
        return Not(OneOf(asked, frozenset(map(OptionId, block.is_none_of))))
    if block.is_one_of is not None:
        return OneOf(asked, frozenset(map(OptionId, block.is_one_of)))
    return Between(asked, block.at_least, block.at_most)


def localised(texts: Texts) -> Localised:
    return Localised(dict(texts))
