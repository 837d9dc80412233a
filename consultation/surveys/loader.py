"""From a survey file to a `Survey`, with the checks that a schema cannot make. Knows where the templates lie."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from consultation.content import BadFile, line_at, parse
from consultation.domain.consultation import Audience
from consultation.domain.ids import SurveyId
from consultation.domain.languages import LANGUAGES
from consultation.domain.survey import Opening, Survey
from consultation.domain.wording import PLAIN
from consultation.surveys import faults, paths
from consultation.surveys.missing import partly
from consultation.surveys.questions import (
    Placed,
    condition,
    localised,
    placed_in,
    questions_from,
    shared_options,
    shipped_about_you,
)
from consultation.surveys.schema import QuestionBlock, SurveyFile

TEMPLATES = Path(__file__).parent / "templates"


def template(name: str) -> str:
    """The text of the survey file that ships under `name`, such as what-we-want."""
    return (TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")


def shipped_templates() -> list[str]:
    """The names of the survey files that ship."""
    return sorted(each.stem for each in TEMPLATES.glob("*.yaml"))


def load_survey(path: Path) -> Survey:
    """The survey in `path`. Raises `BadFile` with file, line and how to mend it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise BadFile(path, None, f"it cannot be read ({why}). Check the name, and save it as UTF-8.") from None
    return parse_survey(text, path)


def parse_survey(text: str, path: Path) -> Survey:
    """The survey in `text`; `path` is only named in what is said of a fault. Raises `BadFile`."""
    file = parse(text, path, SurveyFile)
    placed = placed_in(file)
    for at, message in _faults_of_blocks(placed, file):
        raise BadFile(path, line_at(text, at), message)
    survey = _survey(file, placed)
    places = {each.block.id: each.path for each in reversed(placed)}
    for question in survey.questions:
        places.setdefault(question.id, places.get(question.matrix or "", ()))
    for name, message in _faults_of(survey, {each.block.id: each.block for each in placed}):
        raise BadFile(path, line_at(text, places.get(name, (name,))), message)
    return replace(survey, partly=partly(text, survey.languages))


def _survey(file: SurveyFile, placed: Sequence[Placed]) -> Survey:
    return Survey(
        id=SurveyId(file.survey),
        version=file.version,
        title=localised(file.title),
        opening=localised(file.opening),
        thanks=localised(file.thanks),
        consent_wording=file.consent.wording,
        consent_dated=file.consent.dated,
        questions=tuple(question for each in placed for question in questions_from(each, file)),
        languages=tuple(each for each in LANGUAGES if each in {PLAIN, *file.languages}),
        greeting=localised(file.greeting) if file.greeting else None,
        openings=tuple(Opening(condition(each.only_if), localised(each.text)) for each in file.openings),
        audiences=tuple(each for each in Audience if each in file.audiences),
    )


def _faults_of_blocks(placed: Sequence[Placed], file: SurveyFile) -> Iterator[tuple[Sequence[str | int], str]]:
    lists = shared_options(file)
    for each in placed:
        if each.block.options_from and each.block.options_from not in lists:
            yield (
                (*each.path, "options_from"),
                (
                    f"options_from: {each.block.options_from} names no list under shared_options, and none that ships "
                    f"({', '.join(lists)}). Add it, or correct the name."
                ),
            )
        yield from ((each.path, message) for message in faults.of_block(each.block))
    shipped = [each.id for each in shipped_about_you()]
    for name in sorted(set(file.about_you_from) - set(shipped)):
        yield ("about_you_from",), f"'{name}' is no question that ships. They are: {', '.join(shipped)}."


def _faults_of(survey: Survey, blocks: Mapping[str, QuestionBlock]) -> Iterator[paths.Fault]:
    """The first is what is told: what breaks one question may be why another is out of reach."""
    for question in survey.questions:
        block = blocks[question.matrix or question.id]
        yield from ((question.id, each) for each in faults.of_question(question, block.faces))
        if block.kind == "picture":
            yield from ((question.id, each) for each in faults.of_picture(question))
    yield from faults.between(survey.questions, survey.openings)
    yield from faults.of_audiences(survey.questions, survey.audiences)
    ends = [option.ends for each in survey.questions for option in each.options if option.ends]
    yield from (("thanks", each) for each in faults.of_other_texts((*survey.every_opening, survey.thanks, *ends)))
    yield from paths.faults(survey)
