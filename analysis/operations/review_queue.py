"""Which answer a person should judge next, and everything that they should see of it. Changes nothing."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import inf

from analysis.coding.order import RARE_EACH, Waiting, least_certain, order_to_review
from analysis.coding.sampling import in_random_order
from analysis.operations.review import last_act
from analysis.records import AnswerRecord, Coding, Facet, Verdict
from analysis.storage import acts, codings, reviews
from analysis.storage.database import Database
from analysis.storage.reviews import Made
from analysis.storage.tables import ActRow, CodedRow, NoteRow, ReviewRow
from consultation.domain.consultation import Wave
from consultation.domain.languages import ENGLISH, language_of
from consultation.operations.redacted_answers import Place, told_in

FACETS = tuple(Facet)  # in the order in which codes are shown
InBand = Callable[[str, float], bool]  # whether a code at this confidence may be accepted without a look


@dataclass(frozen=True)
class Chosen:
    """In which order somebody goes through which answers; what is empty leaves nothing out."""

    order: str = "mixed"
    state: str = "open"
    audience: str = ""
    question: str = ""
    code: str = ""

    @property
    def drawn(self) -> str:
        """How an answer is come by: only the random order of all answers is a fair sample."""
        narrowed = self.audience or self.question or self.code or self.state not in ("", "open")
        return "chosen" if narrowed else self.order


@dataclass(frozen=True)
class Queue:
    """The answers of a wave, read at one time. `seed` is that of its random order."""

    seed: str
    places: Mapping[str, Place]
    made: Mapping[str, Made]
    reviews: Mapping[str, ReviewRow]
    noted: Collection[str]

    def matching(self, chosen: Chosen, in_band: InBand) -> list[str]:
        return [each for each in self.places if self._matches(each, chosen, in_band)]

    def next(self, chosen: Chosen, matching: Collection[str], later: Collection[str]) -> str | None:
        """The first of those that match; what was left for `later` only when nothing else is left."""
        ordered = self._ordered(chosen.order, [each for each in matching if each not in later])
        return next(iter(ordered), None) or next((each for each in later if each in matching), None)

    def _matches(self, answer: str, chosen: Chosen, in_band: InBand) -> bool:
        place, made = self.places[answer], self.made.get(answer, Made())
        if chosen.audience not in ("", place.audience) or chosen.question not in ("", place.question):
            return False
        if chosen.code and chosen.code not in made.stands:
            return False
        match chosen.state:
            case "open":
                return answer not in self.reviews
            case "reviewed":
                return answer in self.reviews
            case "uncoded":
                return not made.stands
            case "noted":
                return answer in self.noted
            case "safe":
                return any(in_band(code, confidence) for code, confidence in made.unjudged)
            case _:
                return True

    def _ordered(self, order: str, answers: Collection[str]) -> list[str]:
        """The first is the next one to review; what stands behind it changes with every review."""
        if order == "random":
            return in_random_order(answers, self.seed)
        waiting = [self._waiting(each) for each in answers]
        rare_round = len(self.reviews) % RARE_EACH == RARE_EACH - 1
        if order == "rare" or (order == "mixed" and rare_round):
            seen = Counter(code for each in self.reviews for code in self.made.get(each, Made()).stands)
            return order_to_review(waiting, seen, rare_each=1)
        return least_certain(waiting)

    def _waiting(self, answer: str) -> Waiting:
        """Where the machine can't read, it could not doubt more."""
        made = self.made.get(answer, Made())
        is_read = language_of(self.places[answer].locale) == ENGLISH
        return Waiting(answer, made.doubt if is_read else inf, made.stands)


def read_queue(database: Database, wave: Wave, places: Mapping[str, Place]) -> Queue:
    """`places` are the free texts of the wave."""
    mine = told_in(wave.id)
    with database.read() as session:
        return Queue(
            seed=wave.consultation.id,
            places=places,
            made=reviews.made_of(session, mine),
            reviews=reviews.reviews(session, mine),
            noted=reviews.noted(session, mine),
        )


@dataclass(frozen=True)
class Sheet:
    """One answer as it stands. `seen` is the number of the last act on it, `reading` None where the machine has not
    read it, `undo` what this person would take back, here or elsewhere."""

    record: AnswerRecord
    codings: tuple[Coding, ...]
    seen: int
    reading: CodedRow | None
    review: ReviewRow | None
    notes: tuple[NoteRow, ...]
    undo: ActRow | None


def read_sheet(database: Database, record: AnswerRecord, by: str, among: Collection[str]) -> Sheet:
    """`by` is who reads it, `among` the answers on which they may have done something to take back."""
    answer = record.answer_id
    with database.read() as session:
        sheet = Sheet(
            record=record,
            codings=tuple(sorted(codings.codings_of(session, [answer]), key=_shown)),
            seen=acts.numbers(session, [answer]).get(answer, 0),
            reading=codings.reading_of(session, answer),
            review=session.get(ReviewRow, answer),
            notes=tuple(reviews.notes_on(session, answer)),
            undo=last_act(session, by, answer, among),
        )
        session.expunge_all()
    return sheet


def _shown(coding: Coding) -> tuple[int, bool, float, str]:
    """Outcomes, themes, tone; in each the machine's surest first and what a person added last, so that numbers stay."""
    is_added = coding.verdict is Verdict.ADDED
    return FACETS.index(coding.facet), is_added, -coding.confidence, coding.code
