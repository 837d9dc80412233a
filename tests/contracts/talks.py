"""Turns for tests of storage: no engine, no desk, only what a turn finds stored and what it writes."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlmodel import select

from consultation.domain.answer import Told
from consultation.domain.consultation import Consultation, Wave
from consultation.domain.ids import AnswerId, ConsultationId, Pseudonym, QuestionId, ResponseId, SurveyId, WaveId
from consultation.domain.text import RedactedText
from consultation.flow.state import State
from consultation.storage import consultations
from consultation.storage.store import Store
from consultation.storage.tables import (
    AnswerRow,
    ConcernRow,
    ConversationRow,
    InboxRow,
    OutboxRow,
    ResponseRow,
)
from consultation.storage.turns import Outgoing, Recorded, Standing, Taken, Turn, Values, Writes, answer_values

DAY = date(2026, 11, 23)
WAVE = WaveId("wave")
FRESH = State(SurveyId("survey"), 1)
HOLDS = itertools.count()
SECONDS = 30  # within which every turn of a test ends


def open_a_wave(store: Store) -> None:
    consultation = Consultation(
        ConsultationId("consultation"), "slug", "title", "authority", "purpose", "decided_by", "framework",
        simulated=False,
    )  # fmt: skip
    with store.write() as session:
        wave = Wave(WAVE, consultation, FRESH.survey, FRESH.survey_version, DAY, DAY)
        consultations.add_wave(session, wave, "questions: []")


def pseudonym(chat: object) -> Pseudonym:
    return Pseudonym(f"pseudonym of {chat}")


def response_of(chat: object) -> ResponseId:
    return ResponseId(f"response of {chat}")


def opened(response: ResponseId) -> Values:
    return response, WAVE, "staff", "simulation", "en", "2026-01", DAY.isoformat()


def told(response: ResponseId, text: str, question: str = "why", new_id: str = "") -> Values:
    answer = AnswerId(new_id or f"{question} of {response}: {text}")
    return answer_values(response, QuestionId(question), Told(RedactedText(text)), answer, DAY)


def concern(reference: str) -> ConcernRow:
    return ConcernRow(reference=reference, level="support", raised_on=DAY, sealed=b"\0\xff sealed")


def outgoing(*texts: str) -> Outgoing:
    return Outgoing("sealed address", [{"text": each} for each in texts])


Fill = Callable[[Standing, Recorded], object]


def nothing(standing: Standing, recorded: Recorded) -> None:
    """A turn that only counts itself."""


class Spoiled(Exception):
    """What a spoiled turn raises."""


def spoil(standing: Standing, recorded: Recorded) -> None:
    raise Spoiled


def turn(chat: object, mark: str, fill: Fill = nothing, **more: Any) -> Turn:
    """One turn of `chat`, known by `mark`. It counts itself in the state and says which one it was; `fill` says what
    else it records, `more` what else it writes."""

    def decide(standing: Standing) -> Writes:
        before = standing.state or FRESH
        recorded = Recorded(standing.response)
        fill(standing, recorded)
        said = [{"text": f"turn {standing.version + 1}, {mark}"}]
        usual = Writes(state=before._replace(step=before.step + 1), said=said, outgoing=None, recorded=recorded)
        return replace(usual, **more)

    return Turn(pseudonym(chat), WAVE, mark, DAY, decide)


def answering(chat: object, mark: str, text: str = "because") -> Turn:
    """Opens a response where there is none, and records an answer in it, in place of an earlier one."""

    def fill(standing: Standing, recorded: Recorded) -> None:
        response = standing.response or response_of(chat)
        if standing.response is None:
            recorded.opened.append(opened(response))
        recorded.response = response
        recorded.erased.append((response, "why"))
        recorded.answers.append(told(response, text, new_id=f"answer {mark}"))

    return turn(chat, mark, fill)


@dataclass
class Asked:
    """Turns under way, and how each ended."""

    ends: dict[int, Taken | Exception] = field(default_factory=dict)
    _change: threading.Condition = field(default_factory=threading.Condition)
    _begun: int = 0

    def submit(self, store: Store, each: Turn) -> None:
        number, self._begun = self._begun, self._begun + 1

        def done(result: Taken | Exception) -> None:
            with self._change:
                self.ends[number] = result
                self._change.notify_all()

        store.writer.submit(each, done)

    def wait(self) -> list[Taken | Exception]:
        """All of them, in the order in which they were submitted."""
        with self._change:
            assert self._change.wait_for(lambda: len(self.ends) == self._begun, SECONDS), "a turn never ended"
        return [self.ends[number] for number in range(self._begun)]


def taken(results: list[Taken | Exception]) -> list[Taken]:
    """All of them, which none may have failed."""
    failed = [each for each in results if isinstance(each, Exception)]
    assert not failed, failed
    return [each for each in results if isinstance(each, Taken)]


@contextmanager
def busy(store: Store) -> Iterator[None]:
    """While the writer can write nothing, so that all that is submitted makes one batch."""
    go_on, ends = threading.Event(), Asked()

    def hold(number: int) -> None:
        held = threading.Event()

        def wait(standing: Standing, recorded: Recorded) -> None:
            held.set()
            assert go_on.wait(SECONDS)

        ends.submit(store, turn(f"holds the writer {number}", f"hold {next(HOLDS)}", wait))
        assert held.wait(SECONDS)

    for number in range(store.database.writers):
        hold(number)
    yield
    go_on.set()
    assert all(isinstance(each, Taken) for each in ends.wait())


def together(store: Store, turns: list[Turn]) -> list[Taken | Exception]:
    """How each ends that came while the writer was busy: in one batch, but for those of one chat."""
    asked = Asked()
    with busy(store):
        for each in turns:
            asked.submit(store, each)
    return asked.wait()


@dataclass(frozen=True)
class Stored:
    """What is stored of everybody but those who held the writer."""

    versions: dict[str, int]
    counted: dict[str, int]  # as the state counts them
    marks: set[str]
    answers: dict[str, str | None]  # by response
    responses: set[str]
    concerns: set[str]
    outbox: set[tuple[str, int]]


def stored(store: Store) -> Stored:
    with store.read() as session:
        talks = [row for row in session.exec(select(ConversationRow)) if "holds" not in row.pseudonym]
        return Stored(
            versions={row.pseudonym: row.version for row in talks},
            counted={row.pseudonym: row.state["step"] for row in talks},
            marks={mark for mark in session.exec(select(InboxRow.mark)) if "hold" not in mark},
            answers={row.response_id: row.text for row in session.exec(select(AnswerRow))},
            responses=set(session.exec(select(ResponseRow.id))),
            concerns=set(session.exec(select(ConcernRow.reference))),
            outbox=set(session.exec(select(OutboxRow.pseudonym, OutboxRow.turn))),
        )
