"""From a chat to its pseudonym: a keyed hash that means nothing without the consultation's key.

A plain hash would not do: there are so few chat ids that trying them all takes hours.
"""

import base64
import hmac

from consultation.domain.consultation import Channel
from consultation.domain.ids import Pseudonym

KEY_BYTES = 32


def pseudonym(key: bytes, channel: Channel, chat: str) -> Pseudonym:
    """HMAC-SHA256 over channel and chat id, as 64 hex digits. `key` is 32 random bytes, one key a consultation."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a consultation key has {KEY_BYTES} bytes, not {len(key)}")
    return Pseudonym(_keyed(key, f"{channel.value}\0{chat}").hex())


def conversation_thread(key: bytes, channel: Channel, chat: str) -> str:
    """Eight hex digits by which a safeguarding lead sees that two sealed messages are of one chat, and no more."""
    return _keyed(key, f"thread\0{channel.value}\0{chat}").hex()[:8]


def update_mark(key: bytes, channel: Channel, chat: str, update_id: str, content: str) -> str:
    """What the inbox keeps of an update, 22 characters: equal for one that is delivered again, and meaningless to
    anybody else.

    The content is in it because channels restart their numbering: the same number with other words is another update.
    """
    mark = _keyed(key, f"update\0{channel.value}\0{chat}\0{update_id}\0{content}")[:16]
    return base64.urlsafe_b64encode(mark).decode().rstrip("=")


def content_mark(key: bytes, content: str) -> str:
    """By which words that were kept are known again: equal for the same ones under the same key."""
    return _keyed(key, f"content\0{content}").hex()


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), "sha256").digest()  # hmac.digest would hand the interpreter over each time
