"""Is what would run, or runs, what the safeguarding lead approved? Says what differs, each in a sentence."""

from collections.abc import Callable, Sequence
from datetime import date

from sqlmodel import Session

from consultation.content import BadFile
from consultation.domain.consultation import ContactMode, Wave
from consultation.domain.survey import Survey
from consultation.domain.wording import Localised
from consultation.operations.sign_off import describe, fingerprint, signed, wording_fingerprint
from consultation.safeguarding.fingerprint import screen_fingerprint
from consultation.safeguarding.help_lines import LONGEST_UNCHECKED, unchecked
from consultation.storage import consultations, sign_offs
from consultation.storage.tables import SignOffRow

MEND = (
    "Ask the safeguarding lead to run 'sayso safeguarding arrangements FILE', look it through, and sign it off: "
    "sayso safeguarding sign-off FILE --key THEIR-KEY"
)


def differences(row: SignOffRow | None, contact: ContactMode, openings: Sequence[Localised], on: date) -> list[str]:
    """What the newest sign-off does not cover of a consultation with this contact mode and openings, on that day."""
    said = differences_for_all(row, on)
    if row is None or row.parts["simulated"]:
        return said
    if not {fingerprint(dict(each.texts)) for each in openings} <= set(row.parts["openings"]):
        said.append("The survey's opening was not signed off (name the survey with --survey FILE).")
    if contact not in row.parts["contacts"]:
        said.append(f"The contact mode '{contact}' was not signed off (name it with --contact {contact}).")
    return said


def differences_for_all(row: SignOffRow | None, on: date) -> list[str]:
    """Those that are the same for every consultation."""
    if row is None:
        return ["The safeguarding lead has not signed anything off yet."]
    if row.parts["simulated"]:
        return ["What is signed off here is a demonstration's, and nobody real is told of anything."]
    said = _about_arrangements(row, on)
    if row.parts["wording"] != wording_fingerprint():
        said.append("What people read when something worrying was said is worded otherwise than what was signed off.")
    if row.parts["screen"] != screen_fingerprint():
        said.append("The screen that notices worrying words has learnt otherwise since it was signed off.")
    return said


def differences_of(session: Session, survey_of: Callable[[Wave], Survey], wave: Wave, today: date) -> list[str]:
    """What of a wave, as it runs today, is not as it was signed off. A simulated one needs no signature."""
    if wave.consultation.simulated:
        return []
    try:
        openings = survey_of(wave).every_opening
    except KeyError:
        return [f"Version {wave.survey_version} of the survey '{wave.survey}' isn't in the database any more."]
    return differences(sign_offs.newest(session), wave.consultation.contact, openings, today)


def uncovered(session: Session, survey_of: Callable[[Wave], Survey], today: date) -> dict[str, list[str]]:
    """The same for each wave that is open, by the short name of its consultation. Empty where all is as signed."""
    running = [each for each in consultations.waves(session) if each.is_open(today)]
    found = {each.consultation.slug: differences_of(session, survey_of, each, today) for each in running}
    return {slug: differs for slug, differs in found.items() if differs}


def _about_arrangements(row: SignOffRow, on: date) -> list[str]:
    try:
        arrangements = signed(row)
    except BadFile as why:
        return [f"This version of Sayso can't read the arrangements that were signed off ({why})."]
    said = []
    if row.parts["arrangements"] != fingerprint(arrangements.model_dump()):
        said.append("The arrangements mean something else to this version of Sayso than when they were signed off.")
    if old := unchecked(arrangements.help_lines, on):
        said.append(f"Nobody has checked these help lines for {LONGEST_UNCHECKED} days: {describe(old)}.")
    return said
