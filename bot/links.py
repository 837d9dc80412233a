"""Links that lead into a consultation: for one audience, from one place, on the web and on Telegram. Pure.

What Telegram hands over of a link is at most 64 of A-Z, a-z, 0-9, _ and -. An audience has no underscore there
(young-person), so the first one ends it; all that follows is the place, whose id may have more, as in
young-person_east_cambs.
A part that means nothing is as if it were not there: the person is asked.
"""

import re
from dataclasses import dataclass

from consultation.domain.consultation import Audience
from consultation.domain.survey import Survey
from consultation.surveys.areas import ALWAYS

START = re.compile(r"[A-Za-z0-9_-]{1,64}")
ANYONE = "anyone"  # stands for the audience in the path of a page, where only the place is said


@dataclass(frozen=True)
class Link:
    """Whom it is for and where, as far as it says."""

    audience: Audience | None = None
    place: str | None = None

    @property
    def start(self) -> str | None:
        """What stands behind ?start= on Telegram; None for a place whose id is too long for that."""
        said = (self.audience.link if self.audience else "") + (f"_{self.place}" if self.place else "")
        return said if not said or START.fullmatch(said) else None

    @property
    def path(self) -> str:
        """What stands behind the consultation's own address on the web."""
        who = self.audience.link if self.audience else ANYONE
        return f"/{who}/{self.place}" if self.place else f"/{who}" if self.audience else ""


def read_start(said: str) -> Link:
    if not START.fullmatch(said):
        return Link()
    who, _, place = said.partition("_")
    return Link(Audience.of_link(who), place or None)


def links_into(survey: Survey) -> list[Link]:
    """For anyone and for each audience, with no place and with each that they can be asked for."""
    asked = survey.asked_by_link
    links = []
    for audience in (None, *Audience):
        asks = asked is not None and (audience is None or audience in asked.audiences)
        places = [each.id for each in asked.options if each.id not in ALWAYS] if asked and asks else []
        links += [Link(audience, place) for place in (None, *places)]
    return links
