"""The Telegram door with all that it does, beside a bare aiogram echo, over one Bot API server on loopback."""

import http.client
import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

from bot.settings import Settings
from consultation.flow.events import Began, Commanded, Tapped
from consultation.operations.converse import Input, Typed
from tests.benchmarks.figures import Line, Speed, compared
from tests.benchmarks.places import Places
from tests.benchmarks.processes import Server, free_port, process, serving
from tests.benchmarks.talk import WORDS, talk
from tests.builders import survey

TOKENS = {name: f"{number}:{'A' * 35}" for number, name in enumerate(("ours", "no models", "bare"), 1)}
TAPS = 3  # in a row at the beginning of a talk, each answered by one message
TAPPING, TYPING = 1_500, 300  # chats in a round
RATE = "1000000"  # messages a second: what is measured is the door, and not how long it keeps to Telegram's limits
TARGET = 0.8
QUESTION = "Thinking of the people who work with you: what do they do well, and what would you change if you could?"
KEYS = {"inline_keyboard": [[{"text": f"Answer {each}", "callback_data": f"t:9:{each}"}] for each in range(5)]}


def measure(rounds: int) -> Iterator[Line]:
    with Places() as places, ExitStack() as stack:
        port = free_port()
        stack.enter_context(process(["-m", "tests.benchmarks.bot_api", str(port)], port))
        api = f"http://127.0.0.1:{port}"
        servers = {
            "ours": serving(places.fresh(), "respondent", **_settings("ours", api)),
            "no models": _without_models(places.fresh(), api),
            "bare": process(["-m", "tests.benchmarks.bare_bot", TOKENS["bare"], api], None),
        }
        bots = {name: Peer(port, TOKENS[name], stack.enter_context(each)) for name, each in servers.items()}
        yield from _taps(bots, rounds)
        yield from _texts(bots, rounds)


def _taps(bots: dict[str, "Peer"], rounds: int) -> Iterator[Line]:
    script = talk(survey())
    speeds = [[bots[name].play(script, 1, 1 + TAPS, TAPPING) for name in ("ours", "bare")] for _ in range(rounds)]
    pairs = [(ours, bare) for ours, bare in speeds]
    yield compared("b. Telegram, taps by polling: bare aiogram echo", pairs, "taps/s", TARGET)


def _texts(bots: dict[str, "Peer"], rounds: int) -> Iterator[Line]:
    script = talk(survey(), typing=True)
    first = next(at for at, each in enumerate(script) if isinstance(each, Typed) and each.text.reveal() == WORDS)
    speeds = [{name: peer.play(script, first, first + 1, TYPING) for name, peer in bots.items()} for _ in range(rounds)]
    for name, why in (("ours", "two models included"), ("no models", "without the models")):
        pairs = [(each[name], each["bare"]) for each in speeds]
        what = f"b. Telegram, typed texts by polling, {why}: the same echo"
        yield compared(what, pairs, "texts/s", None)


_numbers, _chats = count(1), count(1_000)


@dataclass(frozen=True)
class Peer:
    """The people who write to one bot, and the server between them."""

    port: int
    token: str
    bot: Server

    def play(self, script: Sequence[Input], first: int, end: int, chats: int) -> Speed:
        """So many new chats come as far as the `first` turn; returns how many of those up to `end` are taken a second,
        from when they lie ready to when the last message was sent for them."""
        people = [next(_chats) for _ in range(chats)]
        for turn in script[:first]:
            self._give([_update(person, turn) for person in people])
        turns = [_update(person, turn) for turn in script[first:end] for person in people]
        cpu = self.bot.computed()
        seconds = self._give(turns)
        return Speed(len(turns) / seconds, (self.bot.computed() - cpu) / len(turns) * 1e6)

    def _give(self, updates: list[dict[str, Any]]) -> float:
        """Seconds until all are taken: each makes the bot send one message, and each press is answered."""
        presses = sum("callback_query" in each for each in updates)
        self._ask("POST", f"/load/{self.token}", json.dumps(updates))
        return float(self._ask("GET", f"/wait/{self.token}/{len(updates)}/{presses}"))

    def _ask(self, method: str, path: str, body: str = "") -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, body)
        answer = connection.getresponse().read().decode()
        connection.close()
        return answer


def _update(person: int, what: Input) -> dict[str, Any]:
    """As Telegram would deliver it."""
    number = next(_numbers)
    sender = {"id": person, "is_bot": False, "first_name": "A", "language_code": "en"}
    chat = {"id": person, "type": "private", "first_name": "A"}
    message = {"message_id": number, "date": 1_795_430_000, "chat": chat}
    match what:
        case Began(audience):
            assert audience is not None
            return _message(number, message, sender, f"/start {audience.value.replace('_', '-')}")
        case Typed(text):
            return _message(number, message, sender, text.reveal())
        case Tapped(step, values):
            data = f"t:{step}:{values[0]}"
        case Commanded(command, step):
            data = f"c:{step}:{command.value}"
        case _:
            raise AssertionError(f"no update is made for {what}")
    under = {
        **message,
        "from": {"id": 1, "is_bot": True, "first_name": "Sayso"},
        "text": QUESTION,
        "reply_markup": KEYS,
    }
    query = {"id": str(number), "from": sender, "chat_instance": "1", "message": under, "data": data}
    return {"update_id": number, "callback_query": query}


def _message(number: int, message: dict[str, Any], sender: dict[str, Any], text: str) -> dict[str, Any]:
    command = [{"type": "bot_command", "offset": 0, "length": 6}] if text.startswith("/") else []
    return {"update_id": number, "message": {**message, "from": sender, "text": text, "entities": command}}


def _without_models(place: Settings, api: str) -> AbstractContextManager[Server]:
    port = free_port()
    where = {"SAYSO_DATA": str(place.data), "SAYSO_PORT": str(port), **_settings("no models", api)}
    return process(["-m", "tests.benchmarks.door"], port, where)


def _settings(name: str, api: str) -> dict[str, str]:
    return {"SAYSO_TELEGRAM_TOKEN": TOKENS[name], "SAYSO_TELEGRAM_API": api, "SAYSO_TELEGRAM_RATE": RATE}
