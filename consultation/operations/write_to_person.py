"""What the safeguarding lead writes to somebody who asked for it, sealed to that chat's handle. The worker makes a turn
of it (`relay`); nobody here learns whose chat it is."""

from datetime import datetime

from sqlmodel import col, select

from consultation.domain.due import day_in_london
from consultation.operations.refer_concern import Actor, note
from consultation.safeguarding.handles import seal_words
from consultation.storage.store import Store
from consultation.storage.tables import RelayRow, ReplyHandleRow

LONGEST = 2_000  # characters, so that it is one message on every channel


class NotWritten(Exception):
    """Nothing was sent. `str()` says why."""


def write_to_person(
    store: Store, reference: str, handle: str, words: str, by: Actor, now: datetime, new_id: str
) -> None:
    """Leave it for the worker. Raises `NotWritten`. `new_id` names it: the same one twice is written once."""
    said = words.replace("\0", "").strip()
    if not said:
        raise NotWritten("Write something first.")
    if len(said) > LONGEST:
        raise NotWritten(f"That is {len(said):,} characters, and one message holds {LONGEST:,}. Make it shorter.")
    with store.write() as session:
        open_still = (col(ReplyHandleRow.handle) == handle, col(ReplyHandleRow.last_day) >= day_in_london(now))
        if not handle or session.exec(select(ReplyHandleRow.handle).where(*open_still)).first() is None:
            raise NotWritten(
                "This chat can't be written to: nobody there asked for it, its days are over, or they want no more "
                "messages. Use what they left to be reached by, if they did."
            )
        if session.exec(select(RelayRow.id).where(col(RelayRow.id) == new_id)).first() is None:
            session.add(RelayRow(id=new_id, handle=handle, words=seal_words(said, handle)))
            note(session, "wrote to the person", reference, by, now)
