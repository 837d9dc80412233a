"""About how many minutes a talk still takes, said honestly: of what this person will still be asked. Pure, no clock."""

from collections.abc import Iterator

from consultation.domain.conditions import Answered
from consultation.domain.consultation import Audience
from consultation.domain.ids import QuestionId
from consultation.domain.pace import in_minutes, seconds_for, seconds_to_read
from consultation.domain.survey import Survey
from consultation.domain.wording import PLAIN
from consultation.flow.state import State

PERHAPS = 0.5  # of a question that hangs on an answer still to come, nobody can say yet whether it is asked


def minutes_left(survey: Survey, state: State) -> int:
    """Rounded up; 0 only where nothing is left."""
    if state.audience is None:
        return 0
    return in_minutes(_ahead(survey, state.audience, state.answered, state.current))


def minutes_for(survey: Survey, audience: Audience | None = None) -> int:
    """The whole talk, from its opening; where it isn't known who it is, for those for whom it takes longest."""
    opening = seconds_to_read(survey.opening.in_(PLAIN))
    audiences = survey.audiences if audience is None else (audience,)
    return max(in_minutes((opening, *_ahead(survey, each, {}))) for each in audiences)


def _ahead(
    survey: Survey, audience: Audience, answered: Answered, current: QuestionId | None = None
) -> Iterator[float]:
    asked = {each.id for each in survey.asked_of(audience, answered)}
    to_come: set[QuestionId] = set()
    for each in survey.for_audience(audience):
        if each.id in answered and each.id != current:
            continue
        open_still = not each.hangs_on.isdisjoint(to_come)
        if open_still or each.id in asked:
            to_come.add(each.id)
            yield seconds_for(each) * (PERHAPS if open_still else 1)
