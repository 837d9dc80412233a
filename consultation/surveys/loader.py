"""From a survey file to a `Survey`, with the checks that a schema cannot make. Knows where the templates lie."""

from pathlib import Path

from consultation.content import BadFile, parse
from consultation.domain.consultation import Audience
from consultation.domain.ids import OptionId, QuestionId, SurveyId
from consultation.domain.survey import Condition, Option, Question, QuestionKind, Stage, Survey
from consultation.domain.wording import Localised
from consultation.surveys.schema import OptionBlock, QuestionBlock, SurveyFile, Texts

TEMPLATES = Path(__file__).parent / "templates"
CHOICES = {QuestionKind.CHOICE, QuestionKind.SEVERAL, QuestionKind.SCALE}
LONGEST_BUTTON = 60  # characters that a phone shows on one button


def template(name: str) -> str:
    """The text of the survey file that ships under `name`, such as what-we-want."""
    return (TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")


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
    questions = [
        *(_question(block, Stage.OPENING, file) for block in file.before_consent),
        _question(file.consent.question, Stage.CONSENT, file),
        *(_question(block, Stage.MAIN, file) for block in file.questions),
        *(_question(block, Stage.ABOUT_YOU, file) for block in file.about_you),
    ]
    for fault_in, message in _faults(questions, file):
        raise BadFile(path, _line_of_id(text.splitlines(), fault_in), message)
    return Survey(
        id=SurveyId(file.survey),
        version=file.version,
        title=_localised(file.title),
        opening=_localised(file.opening),
        thanks=_localised(file.thanks),
        consent_wording=file.consent.wording,
        consent_dated=file.consent.dated,
        questions=tuple(questions),
        locales=tuple(sorted({tag for each in questions for tag in each.prompt.texts})),
    )


def _localised(texts: Texts) -> Localised:
    return Localised(dict(texts))


def _option(block: OptionBlock) -> Option:
    ends = _localised(block.ends) if block.ends else None
    return Option(OptionId(block.id), _localised(block.label), ends, block.alone)


def _question(block: QuestionBlock, stage: Stage, file: SurveyFile) -> Question:
    options = [*file.shared_options.get(block.options_from or "", []), *block.options]
    condition = block.only_if
    return Question(
        id=QuestionId(block.id),
        kind=QuestionKind(block.kind),
        stage=stage,
        prompt=_localised(block.prompt),
        audiences=frozenset(block.audiences or Audience),
        options=tuple(_option(each) for each in options),
        only_if=Condition(QuestionId(condition.question), frozenset(OptionId(each) for each in condition.is_one_of))
        if condition
        else None,
        lowest=block.lowest,
        highest=block.highest,
        follow_up=_localised(block.follow_up) if block.follow_up else None,
        short_name=block.short_name or block.id.replace("_", " "),
        reports_as=block.reports_as,
    )


def _faults(questions: list[Question], file: SurveyFile) -> list[tuple[str, str]]:
    """(id where it stands, sentence) for everything that would break a conversation."""
    faults: list[tuple[str, str]] = []
    earlier: dict[str, Question] = {}
    blocks = [*file.before_consent, file.consent.question, *file.questions, *file.about_you]
    used = {block.options_from for block in blocks}
    for each in used - {None, *file.shared_options}:
        faults.append(
            (
                str(each),
                f"options_from: {each} names no list under shared_options. Add it, or correct the name.",
            )
        )
    for question in questions:
        if question.id in earlier:
            faults.append((question.id, f"two questions have the id '{question.id}'. Give one of them another id."))
        faults += [(question.id, message) for message in _option_faults(question)]
        if question.only_if is not None:
            faults += [(question.id, message) for message in _condition_faults(question, earlier)]
        if question.kind is QuestionKind.NUMBER and question.lowest >= question.highest:
            faults.append((question.id, f"'{question.id}': lowest must be below highest."))
        earlier[question.id] = question
    return faults


def _option_faults(question: Question) -> list[str]:
    ids = [each.id for each in question.options]
    faults = []
    if question.kind in CHOICES and len(ids) < 2:
        faults.append(f"'{question.id}' needs at least two options. Add them under 'options:'.")
    if question.kind not in CHOICES and ids:
        faults.append(
            f"'{question.id}' is of kind {question.kind}, which takes no options. Remove them, or change its kind."
        )
    faults += [
        f"'{question.id}' lists option '{each}' twice. Remove one." for each in {i for i in ids if ids.count(i) > 1}
    ]
    if question.kind is QuestionKind.SCALE and not all(each.isdecimal() for each in ids):
        faults.append(f"'{question.id}' is a scale: its option ids must be whole numbers such as 1 to 5.")
    long = [text for each in question.options for text in each.label.texts.values() if len(text) > LONGEST_BUTTON]
    faults += [f"'{text[:30]}…' is too long for a button. Keep it under {LONGEST_BUTTON} characters." for text in long]
    return faults


def _condition_faults(question: Question, earlier: dict[str, Question]) -> list[str]:
    assert question.only_if is not None
    asked = earlier.get(question.only_if.question)
    if asked is None:
        return [
            f"'{question.id}' depends on '{question.only_if.question}', which is not asked before it. "
            "Move that question up, or correct the name."
        ]
    unknown = question.only_if.options - {each.id for each in asked.options}
    faults = [
        f"'{question.id}' depends on option '{each}', which '{asked.id}' does not have. Correct it." for each in unknown
    ]
    if not question.audiences <= asked.audiences:
        faults.append(
            f"'{question.id}' is asked of people who are never asked '{asked.id}'. Make their audiences agree."
        )
    return faults


def _line_of_id(lines: list[str], name: str) -> int | None:
    for number, line in enumerate(lines, 1):
        if line.strip().removeprefix("- ").split("#")[0].strip() in (f"id: {name}", f"options_from: {name}"):
            return number
    return None
