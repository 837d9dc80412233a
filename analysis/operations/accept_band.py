"""Accept, at one stroke, the machine's proposals of which it is so sure that nearly all are right, and take that back.

What is accepted so says so wherever it is shown: nobody has looked at it, and no figure of how well the machine does
rests on it. Each answer keeps an act of its own; its `code` is the number of the stroke.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.coding.safe import Band, Check, checked
from analysis.coding.sampling import fair_sample
from analysis.operations.review import Sitting
from analysis.records import Facet, Verdict
from analysis.storage import acts, coders
from analysis.storage.acts import BULK, UNDONE, Data, Overtaken, key_of
from analysis.storage.codings import UnknownAnswer, read_by
from analysis.storage.database import Database
from analysis.storage.lessons import judged
from analysis.storage.tables import ActRow, DecisionRow, SuggestionRow
from consultation.operations.note_coding import note_coding

AT_ONCE = 200  # answers between two commits: others want to write too

Answers = SelectOfScalar[str]  # ids, as a query: there may be many
Some = SelectOfScalar[str] | Sequence[str]
Codes = set[tuple[Facet, str]]


@dataclass(frozen=True)
class Stroke:
    """One bulk acceptance: of how many codes, and whether it was taken back."""

    number: int
    by: str
    on: date
    codes: int
    taken_back: bool


def in_band(session: Session, answers: Some, band: Band, coder: str, *, open_only: bool = True) -> dict[str, Codes]:
    """By answer, what this coder proposes in the band: all of it, or what nobody has decided about."""
    wanted = select(SuggestionRow.answer_id, SuggestionRow.facet, SuggestionRow.code, SuggestionRow.confidence).where(
        SuggestionRow.facet != Facet.SENTIMENT.value,
        col(SuggestionRow.answer_id).in_(answers),
        col(SuggestionRow.answer_id).in_(read_by(coder)),
    )
    if open_only:
        decided = select(DecisionRow.answer_id).where(
            DecisionRow.answer_id == SuggestionRow.answer_id,
            DecisionRow.facet == SuggestionRow.facet,
            DecisionRow.code == SuggestionRow.code,
        )
        wanted = wanted.where(~decided.exists())
    found: dict[str, Codes] = {}
    for answer, facet, code, confidence in session.exec(wanted):
        if band.holds(code, confidence):
            found.setdefault(answer, set()).add((Facet(facet), code))
    return found


def count_in_band(database: Database, answers: Answers, band: Band, coder: str) -> int:
    """How many codes could be accepted now."""
    with database.read() as session:
        return sum(map(len, in_band(session, answers, band, coder).values()))


def check_band(database: Database, answers: Answers, seed: str, band: Band, coder: str) -> Check:
    """The band on the fair sample of this consultation's own answers, without those that the coder learned from."""
    with database.read() as session:
        found = judged(session, answers)
        drawn = {answer for answer, each in found.items() if each.drawn == "random"}
        fair = set(fair_sample(session.exec(answers), seed, found, drawn)) - coders.lessons_of(session, coder)
        proposed = in_band(session, answers, band, coder, open_only=False)
        right = [each in found[answer].stands for answer in fair for each in proposed.get(answer, ())]
    return checked(len(right), sum(right))


def accept_band(database: Database, sitting: Sitting, answers: Answers, band: Band, coder: str) -> int:
    """Accept what is in the band now; returns how many codes. What somebody does to an answer meanwhile goes first."""
    with database.read() as session:
        waiting = sorted(in_band(session, answers, band, coder))
        number = max((each.number for each in strokes(session, answers)), default=0) + 1
    data: Data = {
        "verdict": Verdict.ACCEPTED.value, "decided_by": sitting.by, "decided_on": sitting.on.isoformat(),
        "start": None, "end": None, "more": [],
    }  # fmt: skip
    accepted = 0
    for some in _batches(waiting):
        with database.write() as session:
            seen = acts.numbers(session, some)
            for answer, codes in in_band(session, some, band, coder).items():
                changes = {key_of(facet, code): data for facet, code in sorted(codes)}
                if _did(session, sitting, answer, changes, act=BULK, number=number, seen=seen.get(answer, 0)):
                    accepted += len(codes)
    with database.write() as session:
        _note(session, sitting, "codes accepted in bulk", number, accepted)
    return accepted


def take_back(database: Database, sitting: Sitting, answers: Answers, number: int) -> int:
    """Take a stroke back; returns how many codes. What was decided about one since, stays as it was decided."""
    with database.read() as session:
        mine = [each.answer_id for each in _acts(session, answers) if each.code == str(number)]
    taken = 0
    for some in _batches(mine):
        with database.write() as session:
            seen = acts.numbers(session, some)
            for row in _acts(session, some):
                stood = acts.standing(session, row.answer_id)
                same = [key for key, data in row.after.items() if stood.get(key) == data]
                if row.code != str(number) or not same:
                    continue
                before, saw = {key: row.before[key] for key in same}, seen[row.answer_id]
                if _did(
                    session, sitting, row.answer_id, before, act=UNDONE, number=number, seen=saw, undoes=row.number
                ):
                    taken += len(same)
    with database.write() as session:
        _note(session, sitting, "bulk acceptance taken back", number, taken)
    return taken


def strokes(session: Session, answers: Answers) -> list[Stroke]:
    """All bulk acceptances, the newest first."""
    whole = (ActRow.act == UNDONE, ActRow.facet == "", col(ActRow.answer_id).in_(answers))
    undone = set(session.exec(select(ActRow.code).where(*whole)))
    found: dict[int, Stroke] = {}
    for row in _acts(session, answers):
        before = found.get(int(row.code))
        codes = len(row.after) + (before.codes if before else 0)
        found[int(row.code)] = Stroke(int(row.code), row.by, row.done_on, codes, row.code in undone)
    return sorted(found.values(), key=lambda each: -each.number)


def _acts(session: Session, answers: Some) -> Sequence[ActRow]:
    return session.exec(select(ActRow).where(ActRow.act == BULK, col(ActRow.answer_id).in_(answers))).all()


def _did(
    session: Session, sitting: Sitting, answer: str, changes: Mapping[str, Data | None], *, act: str, number: int,
    seen: int, undoes: int | None = None,
) -> bool:  # fmt: skip
    """Whether it was done: not where somebody acted meanwhile."""
    try:
        acts.perform(
            session, answer, changes, act=act, code=str(number), by=sitting.by, on=sitting.on, seen=seen, undoes=undoes
        )
    except (Overtaken, UnknownAnswer):
        return False
    return True


def _note(session: Session, sitting: Sitting, act: str, number: int, codes: int) -> None:
    note_coding(session, sitting.slug, act, by=sitting.by, at=sitting.at, number=number, codes=codes)


def _batches(answers: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(answers)
    while some := list(islice(rest, AT_ONCE)):
        yield some
