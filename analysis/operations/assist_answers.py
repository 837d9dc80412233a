"""Have the council's own language model propose codes, where an analyst lets it. Off unless somebody turned it on.

Its proposals count for nothing until a person decides: it gives no confidence that could be checked, and a hostile
answer can talk it into anything.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime

from analysis.codebook import Codebook
from analysis.coding.assist import Assist, NoAssist, Read, Unreadable, messages_for, read_reply, schema_for
from analysis.records import AnswerRecord
from analysis.storage import assists
from analysis.storage.database import Database
from consultation.domain.consultation import Consultation
from consultation.operations.note_coding import note_coding

AT_ONCE = 4  # requests
TRIES = 2  # at a reply that can be read


@dataclass
class Tally:
    """How a run went: answers that were read, replies of which nothing could be read (those answers stay unread, for
    the next run), proposals, and codes that were dropped."""

    read: int = 0
    unreadable: int = 0
    proposals: int = 0
    unknown: int = 0
    unfounded: int = 0


def allow_assist(database: Database, consultation: Consultation, *, by: str, at: datetime, on: date) -> None:
    """Let the model read this consultation's answers."""
    with database.write() as session:
        if assists.turn_on(session, consultation.id, by=by, on=on):
            note_coding(session, consultation.slug, "assist turned on", by=by, at=at)


def forbid_assist(database: Database, consultation: Consultation, *, by: str, at: datetime) -> None:
    """A run under way stops within a few answers."""
    with database.write() as session:
        if assists.turn_off(session, consultation.id):
            note_coding(session, consultation.slug, "assist turned off", by=by, at=at)


def assist_answers(
    database: Database,
    consultation: Consultation,
    answers: Sequence[AnswerRecord],
    codebook: Codebook,
    questions: Mapping[str, str],
    assist: Assist,
    progress: Callable[[int], None] = lambda done: None,
    go_on: Callable[[], bool] = lambda: True,
) -> Tally:
    """Have the model read what it has not read with this codebook, one answer a request; `questions`: their wording.

    What was read is kept as it comes, so a run may be stopped at any time. Raises `NoAssist`, also where nobody has
    turned it on or somebody turns it off.
    """
    tally, coder = Tally(), f"assist {assist.model}"

    def ask(answer: AnswerRecord) -> tuple[AnswerRecord, Read | None]:
        return answer, _read(assist, questions.get(answer.question, ""), answer.text, codebook)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="assist") as at_work:
        for done, few in _unread(database, consultation, answers, codebook, coder):
            for answer, read in at_work.map(ask, few):
                if read is None:
                    tally.unreadable += 1
                    continue
                with database.write() as session:
                    if assists.keep(session, answer.answer_id, coder, codebook, read.proposals):
                        _count(tally, read)
            progress(done)
            if not go_on():
                break
    return tally


def _unread(
    database: Database, consultation: Consultation, answers: Sequence[AnswerRecord], codebook: Codebook, coder: str
) -> Iterator[tuple[int, list[AnswerRecord]]]:
    """A few at a time, and how many are done with them; before each few it is seen that the model may read them."""
    for start in range(0, len(answers), AT_ONCE):
        few = [each for each in answers[start : start + AT_ONCE] if not each.withheld and each.text.strip()]
        with database.read() as session:
            if not assists.turned_on(session, consultation.id):
                raise NoAssist(
                    f"Nobody has turned the language model on for '{consultation.slug}', or somebody turned it off. "
                    "An analyst does that on the consultation’s page 'Language model'."
                )
            known = assists.among_read(session, coder, codebook, [each.answer_id for each in few])
        yield min(start + AT_ONCE, len(answers)), [each for each in few if each.answer_id not in known]


def _read(assist: Assist, question: str, text: str, codebook: Codebook) -> Read | None:
    """None where the model gave nothing that can be read."""
    for _ in range(TRIES):
        try:
            return read_reply(assist.ask(messages_for(question, text, codebook), schema_for(codebook)), text, codebook)
        except Unreadable:
            continue
    return None


def _count(tally: Tally, read: Read) -> None:
    tally.read += 1
    tally.proposals += len(read.proposals)
    tally.unknown += read.unknown
    tally.unfounded += read.unfounded
