"""From what people reviewed and coded blind to the rows that trust is measured on."""

from collections.abc import Collection, Sequence

from sqlmodel import Session

from analysis.findings.trust import Codes, Review
from analysis.operations.double_code import as_codes
from analysis.records import Coding, Facet
from analysis.storage import readings, reviews
from consultation.domain.ids import WaveId
from consultation.operations.redacted_answers import told_in


def take_reviews(
    session: Session, wave: WaveId, answers: Collection[str], codings: Sequence[Coding]
) -> tuple[list[Review], list[tuple[Codes, Codes]]]:
    """The reviews of these answers, and what each of two people gave to those that both have coded blind.

    What people let stand is what had been proposed when they reviewed, less what they rejected, with what they added:
    never what another version of the machine proposed since.
    """
    given: dict[str, set[tuple[Facet, str]]] = {}
    rejected: dict[str, set[tuple[Facet, str]]] = {}
    for each in codings:
        if each.verdict is not None:
            verdicts = given if each.counts else rejected
            verdicts.setdefault(each.answer_id, set()).add((each.facet, each.code))
    judged = [
        Review(row.drawn, proposed, proposed - rejected.get(answer, set()) | given.get(answer, set()))
        for answer, row in sorted(reviews.reviews(session, told_in(wave)).items())
        for proposed in [as_codes(row.proposed)]
        if answer in answers
    ]
    twice = (each for each in readings.doubled(session, told_in(wave)) if each.answer in answers)
    return judged, [each.pair for each in twice if each.finished]
