"""Plays a transcript through a door, holds it to what it promises, and to what the engine said directly."""

import re

from consultation.domain.ids import QuestionId
from consultation.domain.wording import PIPE, Words
from consultation.flow.state import Awaiting
from consultation.operations.messages import say
from tests.builders import Opened, orphans, stored_answers
from tests.transcripts.lead import sealed
from tests.transcripts.spoken import LOCALES, Player, Spoken, everything, like, tidy
from tests.transcripts.transcript import Transcript, Turn


async def play(transcript: Transcript, player: Player) -> list[list[Spoken]]:
    """What the bot said, turn by turn; fails at the first turn that does not show what it must."""
    talk: list[list[Spoken]] = []
    for number, turn in enumerate(transcript.turns, 1):
        spoken = await player.does(turn)
        _check(player, f"turn {number} ({turn.act}: {str(getattr(turn, turn.act))[:40]})", turn, spoken)
        talk.append(spoken)
    _check_stored(transcript, player)
    return talk


def _check(player: Player, where: str, turn: Turn, spoken: list[Spoken]) -> None:
    seen = everything(spoken)
    for words in turn.sees:
        assert tidy(words) in seen, f"{where}: does not see {words!r}, but: {seen}"
    for words in turn.never_sees:
        assert tidy(words) not in seen, f"{where}: sees {words!r}: {seen}"
    if turn.links is not None:
        assert [href for each in spoken for href in each.links] == [
            each for each in turn.links if player.can_link(each)
        ]
    if turn.asks == "nothing":
        assert not spoken[-1].asks, f"{where}: still asks {spoken[-1].text!r}"
    elif turn.asks:
        assert spoken, f"{where}: nothing was said"
        asked = any(re.fullmatch(each, spoken[-1].text) for each in _wordings(player.opened, turn.asks))
        assert asked, f"{where}: asks {spoken[-1].text!r}, not {turn.asks}"


def _wordings(opened: Opened, asked: str) -> set[str]:
    """Patterns of the texts, in every language, that ask for the thing that a transcript calls `asked`."""
    if asked in set(Awaiting) and asked != Awaiting.MORE:
        keys = [f"ask.{asked}"] + (["ask.after_immediate.adult"] if asked == Awaiting.AFTER_IMMEDIATE else [])
        return {re.escape(tidy(say(Words(key), locale, opened.wave))) for key in keys for locale in LOCALES}
    if asked == Awaiting.MORE:
        wordings = [each.follow_up for each in opened.survey.questions if each.follow_up]
    else:
        wordings = [opened.survey.question(QuestionId(asked)).prompt]
    texts = {tidy(say(each, locale, opened.wave)) for each in wordings for locale in LOCALES}
    filled = (".+".join(map(re.escape, PIPE.sub("\0", text).split("\0"))) for text in texts)
    return {f"{each}(?: (?:{like('ranking.so_far')}))?" for each in filled}


def _check_stored(transcript: Transcript, player: Player) -> None:
    wanted = [(each.kind, each.level, each.text, each.allegation) for each in transcript.sealed]
    assert sorted(sealed(*player.where())) == sorted(wanted), "what went to the safeguarding lead is something else"
    stored = stored_answers(*player.where())
    assert orphans(player.opened) == set(), "a response that was taken back is still there"
    if transcript.erased:
        assert stored is None, f"still stored: {stored}"
        return
    if not (transcript.recorded or transcript.all_recorded):
        stored = stored or {}
    assert stored is not None, "nothing is stored"
    for question, value in {**transcript.recorded, **transcript.all_recorded}.items():
        assert stored.get(question) == value, f"{question} is stored as {stored.get(question)!r}, not {value!r}"
    for question in transcript.not_recorded:
        assert question not in stored, f"{question} is stored: {stored[question]!r}"
    if transcript.all_recorded:
        assert set(stored) == set(transcript.all_recorded)
