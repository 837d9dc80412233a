"""Where a text cannot be made safe to keep, nothing of it is kept, and the person is told so, on every door."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from consultation.domain.concern import Concern
from consultation.domain.consultation import Audience
from consultation.domain.text import RawText, Span
from consultation.domain.wording import PLAIN, Words
from consultation.flow.events import Command
from consultation.locale import render
from consultation.operations.converse import NotStored, Typed
from consultation.privacy.detect import Detector
from consultation.safeguarding.seal import UnusableKey
from tests.builders import Broken, Opened, Person, Screen, stored_answers
from tests.transcripts.spoken import Player, tidy
from tests.transcripts.telegram import TelegramPlayer, telegram
from tests.transcripts.terminal import TerminalPlayer
from tests.transcripts.transcript import Turn
from tests.transcripts.web import WebPlayer

NOT_STORED = tidy(render(Words("turn.not_stored"), PLAIN))
MARK = "marmalade on the trampoline"
TYPED = f"We need more {MARK} at work."


@dataclass
class Parts:
    """The real detector and screen, until the test takes one away."""

    detects: Detector
    screens: Screen
    broken: str = ""

    def detect(self, text: str) -> tuple[Span, ...]:
        if self.broken == "detector":
            raise Broken("the name model is gone")
        return self.detects.detect(text)

    def screen(self, text: str) -> Concern:
        if self.broken == "screen":
            raise Broken("the head is gone")
        return self.screens(text)


@pytest.fixture
def parts(opened: Opened) -> Parts:
    return Parts(opened.sayso.desk.detector, opened.sayso.desk.screen)


@pytest.fixture
def fragile(opened: Opened, parts: Parts) -> Opened:
    """A consultation whose parts can be broken while it runs."""
    desk = replace(opened.sayso.desk, detector=parts, screen=parts.screen)
    return replace(opened, sayso=replace(opened.sayso, desk=desk))


EITHER = pytest.mark.parametrize("part", ["detector", "screen"])


async def to_a_text(player: Player) -> None:
    """A member of staff who is asked the first open question."""
    for turn in (Turn(start=Audience.STAFF), Turn(taps="Yes, I agree"), *[Turn(command=Command.SKIP)] * 4):
        said = await player.does(turn)
    assert said[-1].text.startswith("What do you need")


def found_in(folder: Path, words: str) -> list[str]:
    return [each.name for each in folder.rglob("*") if each.is_file() and words.encode() in each.read_bytes()]


@EITHER
def test_at_the_desk_the_whole_turn_is_refused(fragile: Opened, parts: Parts, part: str) -> None:
    person = Person(fragile, "c")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    before = person.stored()
    parts.broken = part
    given = Typed(RawText(TYPED))
    with pytest.raises(NotStored) as refused:
        person.does(given, "again")
    assert tidy(refused.value.message.text) == NOT_STORED
    assert MARK not in str(refused.value)
    assert person.stored() == before
    assert found_in(fragile.folder, MARK) == []
    parts.broken = ""
    person.does(given, "again")
    assert (person.stored() or {})["good_worker"] == TYPED, "the update that was refused counts as taken"


@EITHER
async def test_in_a_terminal(fragile: Opened, parts: Parts, part: str) -> None:
    player = TerminalPlayer(fragile, "c")
    await to_a_text(player)
    parts.broken = part
    said = await player.does(Turn(types=TYPED))
    await _check(player, [each.text for each in said])
    parts.broken = ""
    assert (await player.does(Turn(types=TYPED)))[-1].asks, "the talk did not go on"
    player.close()


@EITHER
async def test_on_the_web(fragile: Opened, parts: Parts, part: str) -> None:
    player = WebPlayer(fragile)
    await to_a_text(player)
    parts.broken = part
    said = await player.does(Turn(types=TYPED))
    assert player.browser.status == 503
    assert player.browser.form("reply").fields["text"] == TYPED, "what was typed is gone from the screen"
    await _check(player, [each.text for each in said])


@EITHER
async def test_on_telegram(fragile: Opened, parts: Parts, part: str) -> None:
    async with telegram(fragile) as api:
        player = TelegramPlayer(fragile, api, 9_001)
        await to_a_text(player)
        parts.broken = part
        said = await player.does(Turn(types=TYPED))
    await _check(player, [each.text for each in said])


async def _check(player: Player, said: list[str]) -> None:
    assert said[0] == NOT_STORED
    assert "need" not in (stored_answers(*player.where()) or {})
    assert found_in(player.opened.folder, MARK) == []


def test_a_concern_that_cannot_be_sealed_is_not_half_stored(opened: Opened) -> None:
    person = Person(opened, "c")
    person.begins(Audience.YOUNG_PERSON)
    person.answers_until("good_worker")
    nobody = replace(opened, sayso=replace(opened.sayso, desk=replace(opened.sayso.desk, leads=())))
    with pytest.raises(UnusableKey, match="No safeguarding lead has a key yet"):
        Person(nobody, "c", heard=person.heard, done=100).types("my dad hits me sometimes")
    assert "good_worker" not in (person.stored() or {})


@EITHER
async def test_buttons_and_help_still_work_without_the_models(fragile: Opened, parts: Parts, part: str) -> None:
    parts.broken = part
    player = WebPlayer(fragile)
    await to_a_text(player)
    said = await player.does(Turn(types="HELP"))
    assert any("0808 800 5000" in each.text for each in said)
