"""Plays a preview over two functions, as `player` does a talk. Nothing is kept. Knows no terminal control."""

from bot.terminal.player import Read, Write, as_text
from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.text import RawText
from consultation.domain.wording import Words
from consultation.operations.converse import NotStored, Typed
from consultation.operations.messages import tell
from consultation.operations.preview import NeverAsked, Shown, Trial, jump, start, take

NOTHING_KEPT = "Preview: nothing is kept."
JUMP = ">"  # before a question's id


def play_preview(
    trial: Trial, audience: Audience, locale: str, at: QuestionId | None, read: Read, write: Write
) -> None:
    """Talk until the end of input, or until nothing is asked any more. Raises `NeverAsked` where it is to begin `at` a
    question that this audience is never asked."""
    write(
        f"{NOTHING_KEPT} To go straight to a question, type {JUMP} and its id, such as {JUMP}{_last(trial, audience)}."
    )
    shown = jump(trial, audience, locale, at) if at else start(trial, audience, locale)
    _write(shown, write)
    while shown.said and shown.said[-1].mode is not None:
        try:
            line = read("preview> ")
        except (EOFError, KeyboardInterrupt):
            break
        try:
            shown = _next(trial, shown, audience, line)
        except NeverAsked as refused:
            write(f"\n{refused}")
        except NotStored:
            write(f"\n{tell(Words('turn.not_stored'), shown.state.locale).text}")
        else:
            _write(shown, write)
    write(f"\n{NOTHING_KEPT}")


def _next(trial: Trial, shown: Shown, audience: Audience, line: str) -> Shown:
    if line.startswith(JUMP):
        to = QuestionId(line.removeprefix(JUMP).strip())
        return jump(trial, shown.state.audience or audience, shown.state.locale, to)
    return take(trial, shown.state, Typed(RawText(line), shown.state.step))


def _write(shown: Shown, write: Write) -> None:
    for message in shown.said:
        write(as_text(message))


def _last(trial: Trial, audience: Audience) -> str:
    return trial.survey.for_audience(audience)[-1].id
