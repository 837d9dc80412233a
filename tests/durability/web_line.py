"""The web chat as a browser posts to it: forms with the number of the prompt and a number of their own."""

from collections.abc import Mapping, Sequence
from random import Random
from urllib.parse import urlencode

from consultation.domain.consultation import Channel
from consultation.flow.events import Began, Commanded, Tapped
from consultation.operations.converse import Typed
from tests.durability.people import Delivery
from tests.durability.talks import Move, Talk

PATH = "/c/have-your-say"


class WebLine:
    channel = Channel.WEB

    async def opens(self) -> None:
        """As soon as there are pages."""

    def new_chat(self, chance: Random) -> str:
        return f"{chance.getrandbits(144):036x}"

    def delivery(self, move: Move, chat: str, chance: Random) -> Delivery:
        fields: dict[str, object] = {"nonce": f"{chance.getrandbits(96):024x}"}
        match move.given:
            case Began(audience):
                fields |= {"audience": audience.link} if audience else {}
            case Tapped(step, values):
                fields |= {"step": step, "value": values}
            case Commanded(command, step):
                fields |= {"step": step, "command": command.value}
            case Typed(text, step):
                fields |= {"step": step, "text": text.reveal()}
            case _:
                raise AssertionError(f"a page has no way to send {move.given}")
        headers = {"content-type": "application/x-www-form-urlencoded", "cookie": f"talk_have-your-say={chat}"}
        act = "begin" if isinstance(move.given, Began) else "talk"
        return Delivery(f"{PATH}/{act}", headers, urlencode(fields, doseq=True).encode())

    def is_acknowledged(self, status: int, headers: Mapping[str, str]) -> bool:
        """By a redirect to the talk, or by the page at once where a text was typed under an old prompt."""
        return status == 422 or (status, headers.get("location")) == (303, f"{PATH}/talk#now")

    def is_closed(self, status: int) -> bool:
        """The talk is shown, and with it what was typed."""
        return status == 200

    async def hear(self, talk: Talk, taken: int, chat: str) -> None:
        """A page is fetched when somebody looks at it."""

    def unsaid(self, talk: Talk, taken: int, chat: str) -> Sequence[object]:
        return ()
