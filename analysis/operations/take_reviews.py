"""From what people reviewed and coded blind to the rows that trust is measured on."""

from collections.abc import Collection, Sequence

from sqlmodel import Session

from analysis.coding.sampling import fair_sample
from analysis.findings.trust import RANDOM, Codes, Review
from analysis.operations.double_code import as_codes
from analysis.records import Coding, Facet
from analysis.storage import readings, reviews
from consultation.domain.consultation import Wave
from consultation.operations.redacted_answers import told_in


def take_reviews(
    session: Session, wave: Wave, answers: Collection[str], codings: Sequence[Coding]
) -> tuple[list[Review], list[tuple[Codes, Codes]]]:
    """The reviews of these answers, and what each of two people gave to those that both have coded blind.

    What people let stand is what had been proposed when they reviewed, less what they rejected, with what they added:
    never what another version of the machine proposed since. What had been reviewed for another reason when the random
    order came to it counts as drawn at random: without it the sample would be of what was left over.
    """
    given: dict[str, set[tuple[Facet, str]]] = {}
    rejected: dict[str, set[tuple[Facet, str]]] = {}
    for each in codings:
        if each.verdict is not None:
            verdicts = given if each.counts else rejected
            verdicts.setdefault(each.answer_id, set()).add((each.facet, each.code))
    rows = {each: row for each, row in reviews.reviews(session, told_in(wave.id)).items() if each in answers}
    drawn = {each for each, row in rows.items() if row.drawn == RANDOM}
    fair = set(fair_sample(answers, wave.consultation.id, rows, drawn))
    judged = []
    for answer, row in sorted(rows.items()):
        proposed = as_codes(row.proposed)
        stands = proposed - rejected.get(answer, set()) | given.get(answer, set())
        judged.append(Review(RANDOM if answer in fair else row.drawn, proposed, stands))
    twice = (each for each in readings.doubled(session, told_in(wave.id)) if each.answer in answers)
    return judged, [each.pair for each in twice if each.finished]
