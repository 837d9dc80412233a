"""The safeguarding lead of a transcript's consultation: reads what was sealed of one chat, and writes to it."""

import json
import uuid
from typing import Any

import pyrage
from sqlmodel import select

from consultation.domain.concern import Kind, Level
from consultation.domain.consultation import Channel
from consultation.operations.refer_concern import Actor
from consultation.operations.relay import relay
from consultation.operations.write_to_person import write_to_person
from consultation.privacy.pseudonyms import conversation_thread
from consultation.storage.tables import ConcernRow
from tests.builders import Opened


def sealed(opened: Opened, channel: Channel, chat: str) -> list[tuple[Kind, Level, str, bool]]:
    """Kind, level, words, and whether it is an allegation, of all that was sealed of this chat."""
    return [
        (Kind(told["kind"]), Level(row.level), told["text"], row.queue == "allegations")
        for row, told in _letters(opened, channel, chat)
    ]


def lead_writes(opened: Opened, channel: Channel, chat: str, words: str) -> None:
    """To the newest handle there is, by the ways that the product has; and the worker makes a turn of it."""
    reference, handle = next(
        (row.reference, told["handle"]) for row, told in _letters(opened, channel, chat) if told["handle"]
    )
    desk = opened.sayso.desk
    write_to_person(desk.store, reference, handle, words, Actor("safeguarding lead"), desk.now(), uuid.uuid4().hex)
    assert relay(desk) == 1


def _letters(opened: Opened, channel: Channel, chat: str) -> list[tuple[ConcernRow, dict[str, Any]]]:
    desk = opened.sayso.desk
    thread = conversation_thread(desk.key_of(opened.wave.consultation.id), channel, chat)
    with desk.store.read() as session:
        rows = session.exec(select(ConcernRow)).all()
    told = [(row, json.loads(pyrage.decrypt(row.sealed, [opened.lead]))) for row in rows]
    return [(row, each) for row, each in told if each["thread"] == thread]
