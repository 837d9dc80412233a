"""What of a turn goes to the safeguarding lead, sealed, as rows for the same transaction. Decides nothing in the talk,
and knows no channel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from consultation.domain.concern import Concern, Kind, Level, Queue
from consultation.domain.consultation import Wave
from consultation.flow.effects import Refer
from consultation.flow.state import Safety, State
from consultation.flow.stepping import Step
from consultation.safeguarding.seal import SealedMessage, seal
from consultation.storage.tables import ConcernRow, ReplyHandleRow

if TYPE_CHECKING:
    from consultation.operations.converse import Desk

WHY_SEALED = {
    Kind.DISCLOSURE: "They wrote on after they were shown the help lines.",
    Kind.SAFETY: "Their answer to: are you safe right now?",
    Kind.CONTACT: "They asked to be contacted, and wrote this when asked how.",
    Kind.REPLY: "They wrote back.",
}
MAY_WRITE = "They agreed that you write to them in their chat."


@dataclass(frozen=True)
class Worrying:
    """What the screen minds in what was typed."""

    words: str = field(repr=False)
    concern: Concern


def sealed_of(
    desk: "Desk",
    wave: Wave,
    thread: Callable[[], str],
    worrying: Worrying | None,
    before: State,
    after: Step,
    handles: Sequence[ReplyHandleRow],
) -> list[ConcernRow]:
    """What is sealed of a turn, each text once: as what the dialogue asked for, or as what worried the screen."""
    referred = [each for each in after.effects if isinstance(each, Refer)]
    if worrying is None and not referred and not handles:
        return []
    seal_one = partial(_row, desk, wave, before._replace(safety=after.state.safety), thread=thread())
    worst = max(after.state.safety.level, Level.SUPPORT, key=lambda each: each.rank)
    rows = [seal_one("", worst, MAY_WRITE, kind=Kind.CONTACT, handle=each.handle) for each in handles]
    for each in referred:
        level = Level.IMMEDIATE if each.kind is Kind.SAFETY else worst
        noticed = f" {worrying.concern.reason}" if worrying else ""
        rows.append(seal_one(each.words.reveal(), level, WHY_SEALED[each.kind] + noticed, kind=each.kind))
    if worrying is not None and not referred:
        rows.append(seal_one(worrying.words, worrying.concern.level, worrying.concern.reason))
    return rows


def sealed_of_nobody(desk: "Desk", wave: Wave, worrying: Worrying) -> ConcernRow:
    """The same where the wave takes no answers, so that nothing is known of the talk."""
    concern = worrying.concern
    safety = Safety().with_concern(concern.level, about_staff=concern.about_staff)
    state = State(wave.survey, wave.survey_version, safety=safety)
    return _row(desk, wave, state, worrying.words, concern.level, concern.reason)


def _row(
    desk: "Desk",
    wave: Wave,
    state: State,
    words: str,
    level: Level,
    reason: str,
    *,
    kind: Kind = Kind.DISCLOSURE,
    thread: str = "",
    handle: str = "",
) -> ConcernRow:
    """The words as written. All of a talk that told of an adult who works with children goes where the officers cannot
    see that it waits."""
    message = SealedMessage(
        text=words,
        level=level.value,
        reason=reason,
        audience=state.audience.value if state.audience else "not said",
        question=state.current or "none",
        thread=thread,
        kind=kind.value,
        handle=handle,
        drill=desk.drill,
    )
    return ConcernRow(
        reference=desk.new_reference(),
        level=message.level,
        raised_on=desk.today(),
        sealed=seal(message, desk.keyring()),
        alerted=not desk.alerts,
        consultation_id=wave.consultation.id,
        drill=desk.drill,
        queue=(Queue.ALLEGATIONS if state.safety.about_staff else Queue.GENERAL).value,
        asks_contact=kind is Kind.CONTACT,
    )
