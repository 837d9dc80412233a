"""A commissioned exercise and its dated rounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from consultation.domain.ids import ConsultationId, SurveyId, WaveId
from consultation.domain.languages import ENGLISH, language_of
from consultation.domain.retention import USUAL, Kept
from consultation.domain.school_hours import Terms


class Audience(StrEnum):
    """Whom we mean to ask."""

    YOUNG_PERSON = "young_person"
    PARENT_CARER = "parent_carer"
    STAFF = "staff"

    @property
    def link(self) -> str:
        """As it stands at the end of a link: young-person."""
        return self.value.replace("_", "-")

    @classmethod
    def of_link(cls, link: str) -> "Audience | None":
        """The audience that a link names, or None: an unknown link asks the person instead."""
        return next((each for each in cls if each.link == link), None)


class ContactMode(StrEnum):
    """What a consultation offers to someone who may be in danger, beside help lines."""

    SIGNPOST = "signpost"  # help lines alone
    OPT_IN = "opt_in"  # they may leave a way to reach them, sealed to the safeguarding lead
    REPLY_HANDLE = "reply_handle"  # the lead may write to this chat for three days, without knowing whose it is


class Channel(StrEnum):
    """Where a conversation runs."""

    WEB = "web"
    TELEGRAM = "telegram"
    TERMINAL = "terminal"
    SIMULATION = "simulation"


TOLD = ("title", "authority", "purpose", "decided_by")  # what people read of a consultation, and may be translated


@dataclass(frozen=True)
class Consultation:
    """One commissioned exercise: who asks, why, who decides."""

    id: ConsultationId
    slug: str
    title: str
    authority: str
    purpose: str
    decided_by: str
    framework: str
    simulated: bool
    contact: ContactMode = ContactMode.OPT_IN
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)  # language to TOLD to words
    terms: Terms = ()  # of the schools there; none where nobody has said

    def told(self, what: str, locale: str) -> str:
        """One of the facts in TOLD, in that language where somebody has translated it."""
        return self.translations.get(language_of(locale), {}).get(what) or str(getattr(self, what))

    def told_in(self, what: str, locale: str) -> str:
        """The language in which `told` gives it."""
        language = language_of(locale)
        return language if self.translations.get(language, {}).get(what) else ENGLISH


@dataclass(frozen=True)
class Wave:
    """One dated round of a consultation, with the survey version that it asks. `closed`: its closing has begun, on its
    day or ahead of it, and nobody's turn is taken any more."""

    id: WaveId
    consultation: Consultation
    survey: SurveyId
    survey_version: int
    opens_on: date
    closes_on: date
    closed: bool = False
    answers_kept: int = USUAL[Kept.ANSWERS]  # days after the close
    answers_gone_on: date | None = None  # from this day on nothing is shown of them

    @property
    def answers_until(self) -> date:
        """The last day on which answers are kept."""
        return self.closes_on + timedelta(days=self.answers_kept)

    def is_over(self, today: date) -> bool:
        return self.closed or today > self.closes_on

    def is_open(self, today: date) -> bool:
        return not self.closed and self.opens_on <= today <= self.closes_on
