"""Where somebody asks to be reminded: says on which day, or that it comes too late; and what is kept until then.

Called within the turn, which writes it as it does everything else.
"""

from datetime import date, timedelta

from consultation.domain.consultation import Wave
from consultation.domain.survey import Survey
from consultation.domain.wording import Words
from consultation.flow.effects import PlanReminder, Say
from consultation.flow.reminding import refuse_reminder
from consultation.flow.state import State
from consultation.flow.stepping import Step
from consultation.privacy.addresses import Contact, seal_contact
from consultation.storage.tables import ReminderRow


def plan_reminder(survey: Survey, wave: Wave, today: date, before: State, after: Step) -> tuple[Step, date | None]:
    """The step with the promise in words, or with the refusal in its place; and the day on which it is to be kept."""
    planned = next((each for each in after.effects if isinstance(each, PlanReminder)), None)
    if planned is None:
        return after, None
    day = today + timedelta(planned.days)
    if day > wave.closes_on:
        return refuse_reminder(survey, before), None
    promised = Say(Words("reminder.promised", {"day": day}))
    return Step(after.state, tuple(promised if each is planned else each for each in after.effects)), day


def reminder(key: bytes, wave: Wave, contact: Contact, day: date, name: str) -> ReminderRow:
    """What is kept: under a random `name`, to which the address is sealed."""
    return ReminderRow(id=name, wave_id=wave.id, address=seal_contact(key, name, contact), due_on=day)
