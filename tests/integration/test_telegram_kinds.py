"""Each kind of question on Telegram's own keyboard, with the real door: the shipped survey that has one of each."""

from pathlib import Path

from consultation.domain.wording import PLAIN, Words
from consultation.flow.events import Command
from consultation.locale import render
from consultation.operations.open_wave import open_wave
from consultation.surveys import template
from tests.builders import Opened, commission, lead_identity, make_sayso, signed_off, stored_answers
from tests.transcripts.bot_api import BotApi, Shown
from tests.transcripts.telegram import TelegramPlayer, read_label, said_by, telegram, until
from tests.transcripts.transcript import Turn

CHAT = 66_001_234


def opened_with_every_kind(folder: Path) -> Opened:
    sayso = signed_off(make_sayso(folder))
    wave = open_wave(sayso.desk, sayso.keys, commission("places", simulated=True), template("every-kind"))
    return Opened(sayso, wave, lead_identity())


async def asked(player: TelegramPlayer, api: BotApi, question: str) -> Shown:
    """Skip until the question is asked; the message that asks it. Of what can't be skipped the first is chosen."""
    prompt = player.opened.survey.question(question).prompt.in_(PLAIN)  # type: ignore[arg-type]
    for _ in range(30):
        shown = api.chats[CHAT][-1]
        if prompt in shown.text:
            return shown
        if any(data.endswith(":skip") for _, data in shown.buttons):
            await player.does(Turn(command=Command.SKIP))
        else:
            await said_by(api, api.press(CHAT, shown, shown.buttons[0][1]), CHAT)
    raise AssertionError(f"{question} is never asked")


async def test_no_more_than_the_most_can_be_ticked_and_the_engine_has_the_last_word(tmp_path: Path) -> None:
    opened = opened_with_every_kind(tmp_path)
    async with telegram(opened) as api:
        player = TelegramPlayer(opened, api, CHAT)
        await player.does(Turn(start="anyone"))
        shown = await asked(player, api, "been_to")
        boxes = [(text, data) for text, data in shown.buttons if data.startswith("x:")]
        assert boxes[0][0] == "🎱 Youth club"
        for _, data in boxes[:4]:
            assert await said_by(api, api.press(CHAT, shown, data), CHAT) == []
        await until(lambda: bool(api.toasts))
        too_many = render(Words("answer.too_many", {"most": 3}), PLAIN)
        assert api.toasts == [too_many]
        # four ticks all the same, as from a keyboard of another version
        forged = [[(f"✅ {text}", data)] for text, data in boxes[:4]]
        done = next(data for _, data in shown.buttons if data.startswith("d:"))
        said = await said_by(api, api.press(CHAT, shown, done, forged), CHAT)
        assert said[0].text == too_many
        await said_by(api, api.press(CHAT, shown, done), CHAT)
    stored = stored_answers(*player.where()) or {}
    assert stored["been_to"] == ["youth_club", "park", "sport"]


async def test_a_scale_in_numbers_stands_side_by_side_and_a_ranking_goes_tap_by_tap(tmp_path: Path) -> None:
    opened = opened_with_every_kind(tmp_path)
    async with telegram(opened) as api:
        player = TelegramPlayer(opened, api, CHAT)
        await player.does(Turn(start="anyone"))
        scale = await asked(player, api, "easy")
        assert [len(row) for row in scale.keyboard if row[0][1].startswith("t:")] == [6, 5]
        await player.does(Turn(taps="7"))
        await until(lambda: not scale.keyboard)
        assert scale.text.endswith("✓ 7")
        ranking = await asked(player, api, "matters")
        picked = [read_label(text) for text, data in ranking.buttons if data.startswith("t:")][1:4]
        for label in picked:
            await player.does(Turn(taps=label))
        await until(lambda: not ranking.keyboard)
        assert [read_label(ranking.text.rpartition("✓ ")[2])] == picked[:1]
    stored = stored_answers(*player.where()) or {}
    assert stored["easy"] == 7
    assert len(stored["matters"]) == 3
