"""How a report names the people it speaks of. Knows nothing of what they said."""

from dataclasses import dataclass

from analysis.records import AUDIENCES


@dataclass(frozen=True)
class Naming:
    """`one` as in an attribution, `many` as in a count, `tellers` as in "… tell us"."""

    one: str
    many: str
    tellers: str


NAMINGS = {
    "young_person": Naming("young person", "young people", "children and young people"),
    "parent_carer": Naming("parent or carer", "parents and carers", "parents and carers"),
    "staff": Naming("member of staff", "staff", "staff"),
}

MAIN = AUDIENCES[0]  # whose voice leads every section


def naming(audience: str) -> Naming:
    """The words for an audience; one that is not listed is named by its own id."""
    plain = audience.replace("_", " ")
    return NAMINGS.get(audience, Naming(plain, plain, plain))


def in_order(audiences: set[str]) -> tuple[str, ...]:
    """Young people first, then parents and carers, then staff, then any others by name."""
    known = tuple(each for each in AUDIENCES if each in audiences)
    return known + tuple(sorted(audiences - set(known)))
