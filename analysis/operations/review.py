"""What a person decides: whether codings stand, that an answer is judged as a whole, and whether words may be quoted.
The machine never decides. Each act is written with what stood before, so that it can be undone, and is audited.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from sqlmodel import Session

from analysis.codebook import Codebook
from analysis.records import Facet, Verdict
from analysis.storage import acts, codings, reviews
from analysis.storage.acts import REVIEW, UNDONE, Data, Overtaken, key_of
from analysis.storage.database import Database
from analysis.storage.tables import ActRow
from consultation.domain.text import RawText, RedactedText
from consultation.operations.note_coding import note_coding
from consultation.privacy.detect import Detector
from consultation.privacy.redact import redact

SENTIMENTS = ("positive", "negative", "mixed", "neutral")
REVIEWED = "reviewed"
MARKED = "marked"
LOOKS_BACK = 500  # acts, for one that can be undone

Place = tuple[int, int]


class NothingToUndo(Exception):
    """This person has done nothing here that is not undone already."""


class BuiltUpon(Exception):
    """What is to be undone was changed by somebody since, in these acts."""

    def __init__(self, later: Sequence[ActRow]) -> None:
        super().__init__("what was to be undone has changed since")
        self.acts = tuple(later)


@dataclass(frozen=True)
class Sitting:
    """What acts are recorded under: the consultation by its short name, its codebook, who acts ("analyst A"), when."""

    slug: str
    codebook: Codebook
    by: str
    at: datetime
    on: date


@dataclass(frozen=True)
class Judgement:
    """A person's verdict on one code. `place` is where they marked its words: added to those marked before."""

    facet: Facet
    code: str
    verdict: Verdict
    place: Place | None = None


def decide_codings(
    database: Database, sitting: Sitting, answer: str, judgements: Sequence[Judgement], *, seen: int | None = None
) -> None:
    """Record judgements over any earlier ones, as one act. `seen` is the number of the last act that they rest on; None
    where they hold whatever stood.

    Raises `UnknownCode` for a code that the codebook does not have, `ValueError` for what is no sentiment, `Overtaken`
    where somebody else acted meanwhile, and `UnknownAnswer`.
    """
    _check(sitting.codebook, judgements)
    first = judgements[0]
    with database.write() as session:
        acts.perform(
            session, answer, _changes(session, sitting, answer, judgements),
            act=MARKED if first.place else first.verdict.value, facet=first.facet.value, code=first.code,
            by=sitting.by, on=sitting.on, seen=seen,
        )  # fmt: skip
        for each in judgements:
            _note(session, sitting, "coding decided", code=each.code, verdict=each.verdict.value)


def finish_review(
    database: Database, sitting: Sitting, answer: str, judgements: Sequence[Judgement] = (), *, drawn: str,
    seen: int | None = None, coder: str | None = None,
) -> None:  # fmt: skip
    """Record that the whole answer was judged, with these last judgements, as one act. A second review replaces the
    first.

    `drawn` says how they came to the answer, `coder` whose proposals they saw: where another has read it since, nothing
    is written and `Overtaken` raised, without acts. Raises what `decide_codings` does.
    """
    _check(sitting.codebook, judgements)
    with database.write() as session:
        reading = codings.reading_of(session, answer)
        read_by = reading.coder if reading else ""
        if coder not in (None, read_by):
            raise Overtaken(())
        review: Data = {
            "reviewed_by": sitting.by,
            "reviewed_on": sitting.on.isoformat(),
            "drawn": drawn,
            "coder": read_by,
            "codebook": sitting.codebook.id,
            "codebook_version": sitting.codebook.version,
            "proposed": sorted([facet, code] for facet, code in codings.proposed(session, answer)),
        }
        changes = _changes(session, sitting, answer, judgements) | {REVIEW: review}
        acts.perform(session, answer, changes, act=REVIEWED, by=sitting.by, on=sitting.on, seen=seen)
        for each in judgements:
            _note(session, sitting, "coding decided", code=each.code, verdict=each.verdict.value)
        _note(session, sitting, "answer reviewed", drawn=drawn)


def undo_last(database: Database, sitting: Sitting, answer: str, among: Container[str]) -> ActRow:
    """Take back the last thing that this person did on `answer`, or where that is none, on one of `among`; returns it.

    Raises `NothingToUndo`, and `BuiltUpon` where what they changed is not as they left it.
    """
    with database.write() as session:
        undone = last_act(session, sitting.by, answer, among)
        if undone is None:
            raise NothingToUndo
        later = acts.since(session, undone.answer_id, undone.number)
        stood = acts.standing(session, undone.answer_id)
        if any(stood.get(key) != data for key, data in undone.after.items()):
            raise BuiltUpon(later)
        acts.perform(
            session, undone.answer_id, undone.before, act=UNDONE, facet=undone.facet, code=undone.code, by=sitting.by,
            on=sitting.on, undoes=undone.number, seen=later[-1].number if later else undone.number,
        )  # fmt: skip
        _note(session, sitting, "coding undone", undone=undone.act, code=undone.code)
    return undone


def last_act(session: Session, by: str, answer: str, among: Container[str]) -> ActRow | None:
    """What `undo_last` would take back."""
    here = next(acts.to_undo(session, by, answer), None)
    anywhere = islice(acts.to_undo(session, by), LOOKS_BACK)
    found = here or next((each for each in anywhere if each.answer_id in among), None)
    if found is not None:
        session.expunge(found)
    return found


def write_note(database: Database, sitting: Sitting, detector: Detector, answer: str, words: RawText) -> RedactedText:
    """Keep this person's note on an answer, in place of an earlier one and without what could identify somebody; no
    words, no note. Raises what the detector raises, and `UnknownAnswer`."""
    kept = redact(words, detector)
    with database.write() as session:
        reviews.put_note(session, answer, sitting.by, kept.text.strip(), sitting.on)
        _note(session, sitting, "note written" if kept.text.strip() else "note deleted")
    return kept


def clear_quotation(database: Database, answer: str, *, by: str, on: date) -> None:
    """Note that a person has read the whole answer and that it gives nobody away. Raises `UnknownAnswer`."""
    with database.write() as session:
        codings.clear(session, answer, by, on)


def withdraw_clearance(database: Database, answer: str) -> None:
    with database.write() as session:
        codings.unclear(session, answer)


def _check(codebook: Codebook, judgements: Sequence[Judgement]) -> None:
    for each in judgements:
        if each.facet is not Facet.SENTIMENT:
            codebook.code(each.code)
        elif each.code not in SENTIMENTS:
            raise ValueError(f"'{each.code}' is not a sentiment. It is one of: {', '.join(SENTIMENTS)}.")


def _changes(
    session: Session, sitting: Sitting, answer: str, judgements: Sequence[Judgement]
) -> dict[str, Data | None]:
    stood, proposed = acts.standing(session, answer), codings.proposed(session, answer)
    changes: dict[str, Data | None] = {}

    def put(judgement: Judgement) -> None:
        """What the machine proposes too is confirmed, not added."""
        key = key_of(judgement.facet, judgement.code)
        if judgement.verdict is Verdict.ADDED and (judgement.facet, judgement.code) in proposed:
            judgement = replace(judgement, verdict=Verdict.CONFIRMED)
        changes[key] = _decision(sitting, judgement, stood.get(key))

    for each in judgements:
        put(each)
        # An answer has one tone: another that the machine proposes is rejected by it, one that a person said is gone.
        for other in SENTIMENTS if each.facet is Facet.SENTIMENT and each.verdict is not Verdict.REJECTED else ():
            key = key_of(Facet.SENTIMENT, other)
            if other != each.code and (Facet.SENTIMENT, other) in proposed:
                put(Judgement(Facet.SENTIMENT, other, Verdict.REJECTED))
            elif other != each.code and key in stood:
                changes[key] = None
    return changes


def _decision(sitting: Sitting, judgement: Judgement, before: Data | None) -> Data:
    places = [(before["start"], before["end"]), *before["more"]] if before and before["start"] is not None else []
    if judgement.place:
        places = _joined([*places, judgement.place])
    first, *more = [list(each) for each in places] or [[None, None]]
    return {
        "verdict": judgement.verdict.value,
        "decided_by": sitting.by,
        "decided_on": sitting.on.isoformat(),
        "start": first[0],
        "end": first[1],
        "more": more,
    }


def _joined(places: Iterable[Sequence[int]]) -> list[Place]:
    """In the order of the text, those that overlap or touch made one."""
    joined: list[Place] = []
    for start, end in sorted((each[0], each[1]) for each in places):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _note(session: Session, sitting: Sitting, what: str, **details: str) -> None:
    note_coding(session, sitting.slug, what, by=sitting.by, at=sitting.at, **details)
