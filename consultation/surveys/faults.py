"""What is wrong with a survey that a schema can't see, question by question: each fault with a sentence that says how
to mend it. Knows no file; which ways lead through the whole is `paths`' to see.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from consultation.domain.conditions import Between, Simple, questions_of
from consultation.domain.consultation import Audience
from consultation.domain.survey import Opening, Question, QuestionKind, Stage
from consultation.domain.wording import PIPE, Localised
from consultation.surveys.paths import Fault, pipes_of, wordings_of
from consultation.surveys.questions import FACES, ROW
from consultation.surveys.schema import QuestionBlock

CHOICES = {QuestionKind.CHOICE, QuestionKind.SEVERAL, QuestionKind.SCALE, QuestionKind.RANKING}
CLOSED = CHOICES | {QuestionKind.NUMBER}  # on whose answers something can hang
EARLY = CLOSED - {QuestionKind.RANKING}
LONGEST_BUTTON = 60  # characters that a phone shows on one button
MEANT = re.compile(r"\{answer\b")  # whatever was written after it
LONGEST_SCALE = 11  # points: 0 to 10


# -- one block --------------------------------------------------------------------------------------------------------


def of_block(block: QuestionBlock) -> Iterator[str]:
    """What a block says twice, or leaves out, before it is a question."""
    name, points = f"'{block.id}'", block.from_ is not None or block.to is not None
    if block.kind == "yes_no" and (block.options or block.options_from):
        yield f"{name} is a yes_no, which brings its own options. Take them out, or change its kind to choice."
    if points and (block.options or block.options_from):
        yield f"{name} has both options and from and to. Take one of them out."
    if points and not (block.from_ is not None and block.to is not None and block.from_ < block.to):
        yield f"{name}: a scale goes from a number to a higher one, such as 'from: 0' and 'to: 10'."
    elif points and (block.to or 0) - (block.from_ or 0) >= LONGEST_SCALE:
        yield f"{name}: a scale has {LONGEST_SCALE} points at most, such as 0 to 10. For more, ask for a number."
    if (block.low is None) != (block.high is None):
        yield f"{name} names one end of its scale. Name both: 'low:' and 'high:'."
    if block.kind == "date" and not (block.earliest and block.latest and block.earliest < block.latest):
        yield f"{name} asks for a date. Say 'earliest:' and 'latest:', so that a slip of the finger is noticed."
    if block.kind == "matrix":
        yield from _of_matrix(block)


def _of_matrix(block: QuestionBlock) -> Iterator[str]:
    rows = [each.id for each in block.rows]
    if len(rows) < 2:
        yield f"'{block.id}' is a matrix and needs at least two rows. Add them under 'rows:'."
    for each in sorted({row for row in rows if rows.count(row) > 1}):
        yield f"'{block.id}' lists row '{each}' twice. Remove one."
    if any(ROW not in text for text in block.prompt.values()):
        yield f"'{block.id}' is a matrix: write {ROW} in its prompt, in every language, where the row's words go."


# -- one question -----------------------------------------------------------------------------------------------------


def of_question(question: Question, faces: bool) -> Iterator[str]:
    yield from _of_options(question, faces)
    name = f"'{question.id}'"
    if question.kind is QuestionKind.NUMBER and question.lowest >= question.highest:
        yield f"{name}: lowest must be below highest."
    if question.most and question.most >= len([each for each in question.options if not each.alone]):
        yield f"{name}: 'most' must be less than its options. Lower it, or take it out."
    if question.kind is QuestionKind.SEVERAL and question.most == 1:
        yield f"{name} takes one option only. Make it a choice."
    if question.stage is Stage.OPENING and question.kind not in EARLY:
        yield f"{name} is of kind {question.kind}, and nothing is kept before consent. Move it under 'questions:'."
    if question.stage is Stage.CONSENT and question.kind is not QuestionKind.CHOICE:
        yield f"{name} asks for consent: make it a choice."
    if question.stage is Stage.CONSENT and not any(each.ends for each in question.options):
        yield f"nobody can say no to '{question.id}'. Give an option the words that end the talk, under 'ends:'."
    if question.from_link and question.kind is not QuestionKind.CHOICE:
        yield f"{name}: a link can answer a choice only. Take 'from_link' out."


def _of_options(question: Question, faces: bool) -> Iterator[str]:
    name, ids = f"'{question.id}'", [each.id for each in question.options]
    if question.kind in CHOICES and len(ids) < 2:
        yield f"{name} needs at least two options. Add them under 'options:'."
    if question.kind not in CHOICES and ids:
        yield f"{name} is of kind {question.kind}, which takes no options. Remove them, or change its kind."
    for each in sorted({each for each in ids if ids.count(each) > 1}):
        yield f"{name} lists option '{each}' twice. Remove one."
    if question.kind is QuestionKind.SCALE and not all(each.isdecimal() for each in ids):
        yield f"{name} is a scale: its option ids must be whole numbers such as 1 to 5."
    if faces and len(ids) not in FACES:
        yield f"{name} has {len(ids)} points, and there are faces for {' or '.join(map(str, FACES))}. Take 'faces' out."
    if question.kind is not QuestionKind.CHOICE and any(each.ends for each in question.options):
        yield f"{name}: only an option of a choice can end the talk. Take 'ends:' out, or change its kind."
    for text in (text for each in question.options for text in each.label.texts.values()):
        if len(text) > LONGEST_BUTTON:
            yield f"'{text[:30]}…' is too long for a button. Keep it under {LONGEST_BUTTON} characters."


def of_picture(question: Question) -> Iterator[str]:
    """Of a question of kind picture."""
    for each in question.options:
        if not each.picture:
            yield f"'{question.id}' is a choice of pictures, and '{each.id}' has none. Add 'picture:' to it."


# -- between questions ------------------------------------------------------------------------------------------------


def between(questions: Sequence[Question], openings: Sequence[Opening]) -> Iterator[Fault]:
    """What refers to another question, and wrongly. What it refers to must come before it: so nothing goes round."""
    earlier: dict[str, Question] = {}
    for question in questions:
        if question.id in earlier:
            yield question.id, f"two questions have the id '{question.id}'. Give one of them another id."
        for name in sorted(questions_of(question.only_if) - earlier.keys()):
            sentence = (
                f"'{question.id}' depends on '{name}', which is not asked before it. "
                "Move that question up, or correct the name."
            )
            yield question.id, sentence
        for name in sorted(pipes_of(question) - earlier.keys()):
            sentence = (
                f"'{question.id}' fills in the answer to '{name}', which is not asked before it. "
                "Move that question up, or correct the name."
            )
            yield question.id, sentence
        yield from ((question.id, each) for each in _of_condition(question, earlier))
        yield from ((question.id, each) for each in _of_pipes(question, earlier))
        earlier[question.id] = question
    for opening in openings:
        for name in sorted(questions_of(opening.only_if)):
            source = earlier.get(name)
            if source is None or source.stage is not Stage.OPENING or source.only_if is not None:
                sentence = (
                    f"an opening depends on '{name}', which must be under 'before_consent:' and have no only_if. "
                    "Move it there, or correct the name."
                )
                yield "openings", sentence


def _of_condition(question: Question, earlier: Mapping[str, Question]) -> Iterator[str]:
    for part in question.only_if.parts if question.only_if else ():
        source = earlier.get(part.question)
        if source is not None:
            yield from _of_part(f"'{question.id}'", part, source)
            if not question.audiences <= source.audiences:
                yield _unequal(question, source)


def _unequal(question: Question, source: Question) -> str:
    return f"'{question.id}' is asked of people who are never asked '{source.id}'. Make their audiences agree."


def _of_part(name: str, part: Simple, source: Question) -> Iterator[str]:
    if source.kind not in CLOSED:
        yield f"{name} depends on '{source.id}', which is of kind {source.kind}. Let it depend on a choice or a number."
    elif isinstance(part, Between):
        yield from _of_bounds(name, part, source)
    elif source.kind is QuestionKind.NUMBER:
        yield f"{name} depends on '{source.id}', which is a number. Say 'at_least:' or 'at_most:' instead."
    else:
        for each in sorted(part.options - {option.id for option in source.options}):
            yield f"{name} depends on option '{each}', which '{source.id}' does not have. Correct it."
        for option in source.options:
            if option.id in part.options and option.ends:
                yield (
                    f"{name} depends on option '{option.id}' of '{source.id}', which ends the talk, so nobody who "
                    "chose it gets there. Take it out of the condition."
                )


def _of_bounds(name: str, part: Between, source: Question) -> Iterator[str]:
    if source.kind not in (QuestionKind.NUMBER, QuestionKind.SCALE):
        yield f"{name} depends on how much '{source.id}' is, which is no number and no scale. Say 'is_one_of:'."
        return
    points = [int(each.id) for each in source.options] or range(source.lowest, source.highest + 1)
    if not any(map(part.admits, points)):
        yield (
            f"{name} depends on a number that nobody can give at '{source.id}', which goes from {min(points)} "
            f"to {max(points)}. Correct at_least or at_most."
        )


def _of_pipes(question: Question, earlier: Mapping[str, Question]) -> Iterator[str]:
    for name in sorted(pipes_of(question)):
        source = earlier.get(name)
        if source is not None and source.kind not in CLOSED:
            yield (
                f"'{question.id}' fills in the answer to '{name}', which is of kind {source.kind}. Only what was "
                "chosen from a list, or a number, is filled in: nobody's own words are."
            )
        if source is not None and not question.audiences <= source.audiences:
            yield _unequal(question, source)
        if source is not None and any(each.label.pipes for each in source.options):
            yield f"'{question.id}' fills in the answer to '{name}', which is filled in itself. Say it in full."
    if any(MEANT.search(PIPE.sub("", text)) for each in wordings_of(question) for text in each.texts.values()):
        yield f"something is to be filled in at '{question.id}', and I can't read what. Write {{answer:question_id}}."


# -- the whole --------------------------------------------------------------------------------------------------------


def of_audiences(questions: Sequence[Question], audiences: Sequence[Audience]) -> Iterator[Fault]:
    for question in questions:
        for each in sorted(question.audiences - set(audiences)):
            yield (
                question.id,
                f"'{question.id}' is for {each}, whom the survey doesn't ask. Make their audiences agree.",
            )
    for each in audiences:
        if not any(each in question.audiences and question.stage is Stage.MAIN for question in questions):
            sentence = (
                f"whoever answers as {each.value} is asked nothing after consent. Add a question for them, or say "
                "whom the survey is for: 'audiences: [young_person, parent_carer]'."
            )
            yield "audiences", sentence


def of_other_texts(texts: Sequence[Localised]) -> Iterator[str]:
    """Of what is said where no answer can be filled in."""
    if any(MEANT.search(text) for each in texts for text in each.texts.values()):
        yield "an answer can be filled in only where something is asked. Take {answer:…} out of the other texts."
