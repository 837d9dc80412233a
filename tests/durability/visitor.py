"""Somebody who types with care just when it can't be kept: the page must hold their words until it can be."""

from random import Random
from typing import Any

import aiohttp
import lxml.html  # type: ignore[import-untyped]

from tests.builders import survey
from tests.durability.keeping import Kept
from tests.durability.people import Person
from tests.durability.talks import talk_to_a_text
from tests.durability.tally import Tally
from tests.durability.waiting import until
from tests.durability.web_line import PATH, WebLine

WORDS = "What I typed with care & “would <not> type again”.\nAnd a second line."


class Visitor:
    def __init__(self, door: Kept, http: aiohttp.ClientSession, chance: Random) -> None:
        self._http, self._address, self._chance = http, f"http://127.0.0.1:{door.port}", chance
        self.person = Person(talk_to_a_text(survey(), WORDS), WebLine(), [door], Tally(), chance)
        self._fields: list[tuple[str, str]] = []

    async def arrives(self) -> None:
        """At the question, with everything before it saved."""
        for move in self.person.talk.moves[:-1]:
            delivery = self.person.line.delivery(move, self.person.chat, self._chance)
            assert await self._post(delivery.path, delivery.body) == 303
            self.person.taken += 1

    async def is_refused(self) -> None:
        """What they type is not saved, the page says so, and it holds all that was in the form."""
        delivery = self.person.line.delivery(self.person.talk.moves[-1], self.person.chat, self._chance)
        body: Any = self._fields or delivery.body
        async with self._asking(f"{PATH}/talk", body) as answer:
            page = lxml.html.fromstring(await answer.text())
            assert answer.status == 503, f"{answer.status}: {page.text_content()[:300]}"
        form = next(each for each in page.xpath("//form") if each.get("action").endswith("/talk"))
        self._fields = [(name, value) for name, value in form.form_values()]
        assert dict(self._fields)["text"].replace("\r\n", "\n") == WORDS

    async def tries_again(self) -> None:
        """Send it once what was wrong is mended, from that page if there was one; and once more, as people do."""
        last = self.person.line.delivery(self.person.talk.moves[-1], self.person.chat, self._chance)
        for _ in range(2):
            assert await self._post(f"{PATH}/talk", self._fields or last.body) == 303
        self.person.taken += 1

    async def waits_for(self, path: str, status: int) -> None:
        """What machines are told of Sayso is kept for a second."""

        async def is_told() -> bool:
            return await self.status_of(path) == status

        await until(is_told)

    async def status_of(self, path: str) -> int:
        async with self._http.get(f"{self._address}{path}", allow_redirects=False) as answer:
            return answer.status

    async def begins(self) -> int:
        """The status where somebody else begins just now."""
        async with self._http.post(f"{self._address}{PATH}/begin", data={}, allow_redirects=False) as answer:
            return answer.status

    async def _post(self, path: str, body: Any) -> int:
        async with self._asking(path, body) as answer:
            return int(answer.status)

    def _asking(self, path: str, body: Any) -> Any:
        headers = {"cookie": f"talk_have-your-say={self.person.chat}"}
        if isinstance(body, bytes):
            headers["content-type"] = "application/x-www-form-urlencoded"
        return self._http.post(f"{self._address}{path}", data=body, headers=headers, allow_redirects=False)
