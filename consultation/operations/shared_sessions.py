"""Sessions in which many answer on one device: an officer makes a code for a worker, a device is told which session a
code is of. Knows no page and no cookie.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from consultation.domain.consultation import Audience, Wave
from consultation.domain.ids import OptionId
from consultation.domain.survey import Option
from consultation.domain.wording import PLAIN
from consultation.operations.converse import Desk, key_still
from consultation.privacy.worker_codes import code_mark, new_code
from consultation.storage import audit
from consultation.storage.tables import SharedSessionRow

NAMED = 8  # hex digits of the mark, by which staff name a session; they say nothing of its code
LONGEST = 31  # days


class NoSession(Exception):
    """The session can't be made, or there is none. `str()` says why."""


@dataclass(frozen=True)
class SharedSession:
    """`mark` names it among all; `place` is an option of the question that a link may answer."""

    mark: str
    audience: Audience | None
    place: str | None
    last_day: date

    @property
    def name(self) -> str:
        return self.mark[:NAMED]


def open_session(
    desk: Desk,
    wave: Wave,
    audience: Audience | None,
    place: str | None,
    days: int,
    by: str,
    below: Callable[[int], int] = secrets.randbelow,
) -> tuple[str, SharedSession]:
    """Make a session that begins today and its code, which can't be seen again. Raises `NoSession`."""
    today = desk.today()
    if not wave.is_open(today):
        raise NoSession(f"'{wave.consultation.slug}' isn't open, so nobody can answer it. Open it first.")
    known = {str(each.id) for each in places(desk, wave)}
    if place is not None and place not in known:
        those = ", ".join(sorted(known)) or "none"
        raise NoSession(f"The survey knows no place '{place}'. Those it knows: {those}. Name one of them, or none.")
    code = new_code(below)
    mark = code_mark(desk.key_of(wave.consultation.id), code)
    assert mark is not None  # what we made is a code
    made = SharedSession(mark, audience, place, min(today + timedelta(days=days - 1), wave.closes_on))
    with desk.store.write() as session:
        row = SharedSessionRow(
            mark=mark, wave_id=wave.id, audience=audience and audience.value, place=place, last_day=made.last_day
        )
        session.add(row)
        _note(session, desk, wave, "opened a session for shared devices", by, made)
    return code, made


def sessions(desk: Desk, wave: Wave) -> list[SharedSession]:
    """Those that are not over, the first to end at the top."""
    with desk.store.read() as session:
        rows = session.exec(_of(wave).where(col(SharedSessionRow.last_day) >= desk.today())).all()
    return sorted((_read(each) for each in rows), key=lambda each: (each.last_day, each.mark))


def end_session(desk: Desk, wave: Wave, name: str, by: str) -> None:
    """From now on its code begins no talk, on any device. Raises `NoSession`."""
    with desk.store.write() as session:
        rows = [each for each in session.exec(_of(wave)).all() if each.mark[:NAMED] == name]
        if not rows:
            raise NoSession(f"There is no session '{name}' of '{wave.consultation.slug}'. Look at those there are.")
        for row in rows:
            session.delete(row)
            _note(session, desk, wave, "ended a session for shared devices", by, _read(row))


def session_of_code(desk: Desk, wave: Wave, typed: str) -> SharedSession | None:
    """The session that this code begins today, if it begins any."""
    key = key_still(desk, wave)
    mark = code_mark(key, typed) if key else None
    return session_at(desk, wave, mark) if mark else None


def session_at(desk: Desk, wave: Wave, mark: str) -> SharedSession | None:
    """The session, unless it is over: by its last day, because somebody ended it, or with the consultation."""
    today = desk.today()
    with desk.store.read() as session:
        row = session.get(SharedSessionRow, mark)
    if row is None or row.wave_id != wave.id or row.last_day < today or not wave.is_open(today):
        return None
    return _read(row)


def places(desk: Desk, wave: Wave) -> tuple[Option, ...]:
    """Where a session may be: the options of the question that a link may answer, if the survey has one."""
    asked = desk.survey_of(wave).asked_by_link
    return asked.options if asked else ()


def place_name(desk: Desk, wave: Wave, place: str) -> str:
    """As staff read it; the place itself where the survey does not know it."""
    found = {each.id: each.label.in_(PLAIN) for each in places(desk, wave)}
    return found.get(OptionId(place), place)


def _of(wave: Wave):  # type: ignore[no-untyped-def]  # SQLModel's selects can't be named
    return select(SharedSessionRow).where(SharedSessionRow.wave_id == wave.id)


def _read(row: SharedSessionRow) -> SharedSession:
    return SharedSession(row.mark, Audience(row.audience) if row.audience else None, row.place, row.last_day)


def _note(session: Session, desk: Desk, wave: Wave, act: str, by: str, which: SharedSession) -> None:
    details = {"session": which.name, "place": which.place, "last_day": which.last_day.isoformat()}
    audit.append(session, at=desk.now(), actor=by, act=act, subject=wave.consultation.slug, details=details)
