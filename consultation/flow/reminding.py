"""A reminder: only for whoever asked for one, once in a talk, and never where somebody told of a concern. Pure.

Knows no calendar: which day and hour it is sent is decided where there is a clock.
"""

from consultation.domain.survey import Survey
from consultation.domain.wording import Words
from consultation.flow.effects import PlanReminder, Say
from consultation.flow.events import Reminded
from consultation.flow.prompts import REMINDERS
from consultation.flow.state import Awaiting, State
from consultation.flow.stepping import Step, ask_again


def ask_for_reminder(survey: Survey, state: State, value: str) -> Step:
    """Where there is a clock it is put in words, or refused."""
    return ask_again(survey, state._replace(reminded=True)).after(PlanReminder(REMINDERS[value]))


def refuse_reminder(survey: Survey, state: State) -> Step:
    """The day that they asked for lies after the last; they may still ask for an earlier one."""
    return ask_again(survey, state).after(Say(Words("reminder.too_late")))


def remind(survey: Survey, state: State, day: Reminded) -> Step:
    """The day has come. Whoever has come back meanwhile, finished, deleted, or told of a concern is left alone."""
    if state.awaiting is not Awaiting.RESUME or state.quiet or not state.reminded or day.step != state.step:
        return Step(state)
    return ask_again(survey, state).after(Say(Words("reminder.here")))
