"""Opens a reply handle for a chat that agreed to be written to, and finds it again with the consultation's key."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

from consultation.domain.consultation import Channel, Wave
from consultation.domain.ids import Pseudonym
from consultation.privacy.addresses import open_address, seal_address
from consultation.safeguarding.handles import BehindGlass, new_handle, seal_glass
from consultation.safeguarding.lead_keys import Holder, Keyring
from consultation.storage.tables import ReplyHandleRow


@dataclass(frozen=True)
class Behind:
    """What a handle leads to: a chat, and the private half that opens what was written to it."""

    chat: str
    private: str


def open_handle(
    key: bytes, wave: Wave, who: Pseudonym, channel: Channel, chat: str, keyring: Keyring, today: date, days: int
) -> ReplyHandleRow:
    """A new handle, for `days` with this one, at most to the wave's end. Its `handle` goes into a sealed message. The
    channel and the chat are sealed to a lead and a deputy together; where there is no deputy, to nobody.

    Not the chat of a page: nobody can be found by it, and as the person's receipt it opens all their answers."""
    made = new_handle()
    glass = BehindGlass(channel.value, chat if channel is Channel.TELEGRAM else "")
    sealed = json.dumps({"chat": chat, "private": made.private})
    return ReplyHandleRow(
        handle=made.public,
        wave_id=wave.id,
        channel=channel.value,
        pseudonym=who,
        address=seal_address(key, who, sealed),
        glass=seal_glass(glass, keyring.of(Holder.LEAD), keyring.of(Holder.DEPUTY)),
        last_day=min(today + timedelta(days=days - 1), wave.closes_on),
    )


def behind(key: bytes, row: ReplyHandleRow) -> Behind:
    """Raises `UnreadableAddress`."""
    return Behind(**json.loads(open_address(key, Pseudonym(row.pseudonym), row.address)))
